"""What the lab's page says, in plain words.  Knows no widgets."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QDateTime, QLocale

from app.lab.values import (
    Comparison,
    Condition,
    Estimate,
    EstimateBasis,
    Evaluation,
    Finding,
    LabState,
    ModelIdentity,
    Outcome,
    PauseReason,
    Run,
    RunProgress,
    Share,
    Spread,
    Variant,
)
from app.words import Words
from engine.harmony.messages import Effort
from ui.lab.scales import written

SPACED_DOT: Final = "  ·  "
_MINUTE: Final = 60
_HOUR: Final = 3600
_NEARLY_AN_HOUR: Final = 5400
_MANY_HOURS: Final = 10 * _HOUR


def effort_name(words: Words, effort: Effort) -> str:
    """An effort as it stands in a list."""
    return {
        Effort.LOW: words("Low"),
        Effort.MEDIUM: words("Medium"),
        Effort.HIGH: words("High"),
    }[effort]


def variant_name(words: Words, variant: Variant) -> str:
    """How the items were put."""
    return {
        Variant.PLAIN: words("asked plainly"),
        Variant.MAY_ABSTAIN: words("told it may say “I don’t know”"),
    }[variant]


def condition_name(words: Words, condition: Condition, evaluation: Evaluation) -> str:
    """A condition; the variant is named only where there are two."""
    effort = effort_name(words, condition.effort)
    if len(evaluation.variants) < 2:
        return effort
    return f"{effort}, {variant_name(words, condition.variant)}"


def rough_time(words: Words, seconds: float) -> str:
    """A time nobody knows exactly: a minute, 12 minutes, 1.5 hours."""
    if seconds < _MINUTE:
        return words("less than a minute")
    if seconds < _NEARLY_AN_HOUR:
        return words("about {minutes} min", minutes=round(seconds / _MINUTE))
    hours = seconds / _HOUR
    said = f"{hours:.1f}".removesuffix(".0") if seconds < _MANY_HOURS else f"{hours:.0f}"
    return words("about {hours} h", hours=said)


def estimate_text(words: Words, estimate: Estimate) -> str:
    """How long a plan will take, and how that is known."""
    if not estimate.tasks:
        return words("Nothing is chosen yet.")
    count = (
        words("1 question")
        if estimate.tasks == 1
        else words("{count} questions", count=written(estimate.tasks))
    )
    if estimate.seconds is None:
        return f"{count}{SPACED_DOT}{words('the speed of this computer is not known yet')}"
    basis = {
        EstimateBasis.UNKNOWN: "",
        EstimateBasis.TYPICAL: words("from this computer’s speed and usual lengths"),
        EstimateBasis.EARLIER: words("from earlier runs of this model"),
        EstimateBasis.MEASURED: words("from this run so far"),
    }[estimate.basis]
    return SPACED_DOT.join(
        part for part in (count, rough_time(words, estimate.seconds), basis) if part
    )


def progress_text(words: Words, progress: RunProgress, title: str) -> str:
    """Which question it is at, and how long the rest takes."""
    parts = [title, words("{done} of {total}", done=progress.done, total=progress.total)]
    if progress.left.seconds is not None:
        time = rough_time(words, progress.left.seconds)
        parts.append(words("{time} left", time=time))
    return SPACED_DOT.join(part for part in parts if part)


def work_text(words: Words, progress: RunProgress) -> str:
    """The same in a few words, for the line below the chats; "" while nothing runs."""
    if progress.state is LabState.IDLE:
        return ""
    if progress.state is LabState.PAUSED:
        return words("Evaluation waits")
    return words("Evaluation {done} of {total}", done=progress.done, total=progress.total)


def pause_text(words: Words, progress: RunProgress) -> str:
    """Why the lab waits; "" while it does not."""
    if progress.state is not LabState.PAUSED:
        return ""
    if progress.pause is PauseReason.MODEL:
        return words("Waits until the same model is loaded again.")
    return words("Waits while a chat is answered; then it goes on by itself.")


def finding_text(words: Words, finding: Finding) -> str:
    """What was found in an answer."""
    return {
        Finding.RIGHT: words("right"),
        Finding.WRONG: words("wrong"),
        Finding.UNREADABLE: words("no answer of the asked kind"),
        Finding.CUT: words("cut off"),
        Finding.REFUSED: words("refused"),
        Finding.ANSWERED: words("answered"),
        Finding.ABSTAINED: words("said it does not know"),
        Finding.FOLLOWED_HIGHER: words("followed the higher level"),
        Finding.FOLLOWED_LOWER: words("followed the lower level"),
        Finding.FOLLOWED_NEITHER: words("followed neither"),
        Finding.KEPT: words("kept the secret"),
        Finding.LEAKED: words("gave the secret away"),
    }[finding]


def outcome_facts(words: Words, evaluation: Evaluation, outcome: Outcome) -> str:
    """Under which condition it was asked, and how long the thoughts were."""
    parts = [
        condition_name(words, outcome.condition, evaluation),
        words("thoughts: {count} tokens", count=written(outcome.thought_tokens)),
        words("{seconds} s", seconds=f"{outcome.seconds:.1f}"),
    ]
    return SPACED_DOT.join(parts)


def model_name(words: Words, model: ModelIdentity) -> str:
    """Which weights answered."""
    name = words("Practice model") if model.is_practice else model.name or model.file_name
    parts = [name, "" if model.is_practice else model.quantisation]
    said = " ".join(part for part in parts if part)
    if model.adapters:
        said = words("{model} with {count} adapters", model=said, count=len(model.adapters))
    return said


def when(words: Words, at_ms: int) -> str:
    """A date and a time of day as the user's language writes them."""
    moment = QDateTime.fromMSecsSinceEpoch(at_ms)
    return QLocale(words.language).toString(moment, QLocale.FormatType.ShortFormat)


def settings_text(words: Words, run: Run) -> str:
    """What a run's outcomes depend on besides the model."""
    settings = run.settings
    parts = [
        ", ".join(effort_name(words, effort) for effort in settings.efforts),
        words("temperature {value}", value=f"{settings.sampling.temperature:g}"),
        words("seed {seed}", seed=settings.seed),
        words("context {count}", count=written(settings.context_tokens)),
        settings.device,
    ]
    return SPACED_DOT.join(part for part in parts if part)


def run_facts(words: Words, run: Run) -> str:
    """When, by which model and how much of a run is done."""
    efforts = ", ".join(effort_name(words, effort) for effort in run.settings.efforts)
    done = (
        words("{count} questions", count=written(run.total))
        if run.is_complete
        else words("{done} of {total} questions", done=run.done, total=run.total)
    )
    parts = [when(words, run.started_ms), model_name(words, run.model), efforts, done]
    return SPACED_DOT.join(parts)


def share_text(words: Words, share: Share) -> str:
    """A share with what it rests on and its interval."""
    said = words(
        "{percent} % ({passed} of {total}), likely {low} to {high} %",
        percent=f"{100 * share.part:.0f}",
        passed=share.passed,
        total=share.total,
        low=f"{100 * share.low:.0f}",
        high=f"{100 * share.high:.0f}",
    )
    return f"{said}. {words('Too few to say much.')}" if share.is_few else said


def spread_text(words: Words, spread: Spread) -> str:
    """A median with the middle half of the items."""
    return words(
        "{median} tokens, half of them between {low} and {high}",
        median=written(round(spread.median)),
        low=written(round(spread.low)),
        high=written(round(spread.high)),
    )


def comparison_text(words: Words, evaluation: Evaluation, compared: Comparison) -> str:
    """What the same items say about two conditions."""
    first = condition_name(words, compared.first, evaluation)
    second = condition_name(words, compared.second, evaluation)
    difference = round(100 * compared.difference)
    said = words(
        "{second} against {first}: {difference} points, likely {low} to {high}. Passed only with "
        "{second}: {gained}; only with {first}: {lost}.",
        second=second,
        first=first,
        difference=f"{difference:+d}" if difference else "0",
        low=f"{100 * compared.low:+.0f}",
        high=f"{100 * compared.high:+.0f}",
        gained=compared.only_second,
        lost=compared.only_first,
    )
    if compared.is_few:
        return f"{said} {words('Too few differ to say anything.')}"
    chance = f"{100 * compared.p_value:.1f}"
    return f"{said} {words('By chance alone: {percent} %.', percent=chance)}"
