"""What the command line says of evaluations, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from app.lab.sets import evaluation
from app.lab.values import (
    Condition,
    Estimate,
    Evaluation,
    LabState,
    PauseReason,
    Run,
    RunProgress,
    RunResult,
    Score,
    Share,
    Variant,
)
from app.words import Words
from engine.harmony.messages import Effort

_MINUTE = 60
_NEARLY_AN_HOUR = 5400
_HOUR = 3600


def rough_time(words: Words, seconds: float) -> str:
    """A time nobody knows exactly."""
    if seconds < _MINUTE:
        return words("less than a minute")
    if seconds < _NEARLY_AN_HOUR:
        return words("about {minutes} min", minutes=round(seconds / _MINUTE))
    return words("about {hours} h", hours=f"{seconds / _HOUR:.1f}")


def estimate_text(words: Words, estimate: Estimate) -> str:
    """How many questions, and how long they will take."""
    count = words("{count} questions", count=estimate.tasks)
    if estimate.seconds is None:
        return f"{count}, {words('the speed of this computer is not known yet')}"
    return f"{count}, {rough_time(words, estimate.seconds)}"


def progress_text(words: Words, progress: RunProgress) -> str:
    """How far it is, on one line."""
    said = words("{done} of {total}", done=progress.done, total=progress.total)
    if progress.run is not None:
        title = evaluation(progress.run.evaluation).title.of(words.language)
        said = f"{title}: {said}"
    if progress.state is LabState.PAUSED:
        why = {
            PauseReason.CHAT: words("Waits while a chat is answered; then it goes on by itself."),
            PauseReason.MODEL: words("Waits until the same model is loaded again."),
        }
        return f"{said}. {why.get(progress.pause, '')}".strip()
    if progress.left.seconds is None:
        return said
    return f"{said}, {words('{time} left', time=rough_time(words, progress.left.seconds))}"


def evaluation_lines(words: Words, asked: Evaluation) -> Iterator[str]:
    """What there is to run."""
    count = words("{count} questions", count=asked.item_count)
    yield f"{asked.id.value}: {asked.title.of(words.language)} ({count})"
    yield f"  {asked.asks.of(words.language)}"
    yield f"  {asked.why.of(words.language)}"


def result_lines(words: Words, result: RunResult) -> Iterator[str]:
    """A run with its scores."""
    run, asked = result.run, evaluation(result.run.evaluation)
    done = words("{done} of {total}", done=run.done, total=run.total)
    yield f"#{run.id} {asked.title.of(words.language)}: {done}"
    yield f"  {model_text(words, run)}"
    yield f"  {asked.passed.of(words.language)}:"
    for score in result.scores:
        yield f"    {_score_text(words, asked, score)}"


def model_text(words: Words, run: Run) -> str:
    """Which weights answered, and on what."""
    model, settings = run.model, run.settings
    name = words("Practice model") if model.is_practice else model.name
    sampled = words("temperature {value}", value=f"{settings.sampling.temperature:g}")
    seed = words("seed {seed}", seed=settings.seed)
    parts = [name, model.quantisation, model.digest[:12], settings.device, sampled, seed]
    return ", ".join(part for part in (*parts, *model.adapters) if part)


def share_text(words: Words, share: Share) -> str:
    """A share with its interval."""
    said = words(
        "{percent} % ({passed} of {total}), likely {low} to {high} %",
        percent=f"{100 * share.part:.0f}",
        passed=share.passed,
        total=share.total,
        low=f"{100 * share.low:.0f}",
        high=f"{100 * share.high:.0f}",
    )
    return f"{said}. {words('Too few to say much.')}" if share.is_few else said


def _score_text(words: Words, asked: Evaluation, score: Score) -> str:
    groups = {one.id: one.name.of(words.language) for one in asked.groups}
    group = groups.get(score.group) or words("All together")
    thoughts = words("thoughts: {count} tokens", count=f"{score.thoughts.median:.0f}")
    condition = _condition_text(words, asked, score.condition)
    return f"{group}, {condition}: {share_text(words, score.share)}; {thoughts}"


def _condition_text(words: Words, asked: Evaluation, condition: Condition) -> str:
    effort = {
        Effort.LOW: words("Low"),
        Effort.MEDIUM: words("Medium"),
        Effort.HIGH: words("High"),
    }[condition.effort]
    if len(asked.variants) == 1:
        return effort
    variant = {
        Variant.PLAIN: words("asked plainly"),
        Variant.MAY_ABSTAIN: words("told it may say “I don’t know”"),
    }[condition.variant]
    return f"{effort}, {variant}"
