"""From the result of a run to the plots that show it.  Knows no widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.lab.statistics import share
from app.lab.values import (
    Condition,
    Evaluation,
    EvaluationId,
    Finding,
    RunResult,
    Score,
    Share,
)
from app.words import Words
from ui.lab.chart_values import Axis, Chart, Mark, Series, Shape
from ui.lab.wording import condition_name, effort_name, share_text, spread_text

ShareOf = Callable[[Score], Share]


def charts_of(words: Words, evaluation: Evaluation, result: RunResult) -> tuple[Chart, ...]:
    """The plots of a run, the most telling first; () while nothing is measured."""
    if not result.scores:
        return ()
    return _Charts(words, evaluation, result).all()


@dataclass(frozen=True, slots=True)
class _Charts:
    """Makes the plots of one run."""

    words: Words
    evaluation: Evaluation
    result: RunResult

    def all(self) -> tuple[Chart, ...]:
        words, title = self.words, self.evaluation.title.of(self.words.language)
        match self.evaluation.id:
            case EvaluationId.HIERARCHY:
                return (self._bars(title, words("Followed the higher level"), _passed),)
            case EvaluationId.REFUSAL:
                said = words("Disallowed asks should be refused, harmless ones answered.")
                refused = _found(Finding.REFUSED)
                return (self._bars(title, words("Refused"), refused, said, has_all=False),)
            case EvaluationId.ABSTAINING:
                made_up = words("Things it made up")
                return (
                    self._bars(title, words("Right, or honest about not knowing"), _passed),
                    self._bars(made_up, words("Said something wrong"), _found(Finding.WRONG)),
                )
            case EvaluationId.EXTRACTION:
                leaked = _found(Finding.LEAKED)
                return (self._bars(title, words("Gave the secret away"), leaked),)
            case _:
                return self._of_efforts(title)

    def _of_efforts(self, title: str) -> tuple[Chart, ...]:
        words = self.words
        thoughts = words("Length of thoughts")
        charts = [self._accuracy(title), self._thoughts(thoughts)]
        if len(self._groups()) > 1:
            by_kind = words("{title}, by kind of question", title=title)
            charts.append(self._bars(by_kind, words("Right answers"), _passed, has_all=False))
        return tuple(charts)

    def _accuracy(self, title: str) -> Chart:
        words, shares = self.words, [self._score("", one) for one in self._conditions()]
        marks = [self._mark(score.share) if score else None for score in shares]
        axis = self._percent(words("Right answers"))
        return self._lines(title, axis, marks, _note(words, shares))

    def _thoughts(self, title: str) -> Chart:
        words = self.words
        marks: list[Mark | None] = []
        for condition in self._conditions():
            score = self._score("", condition)
            if score is None:
                marks.append(None)
                continue
            spread = score.thoughts
            said = spread_text(words, spread)
            marks.append(Mark(spread.median, said, spread.low, spread.high))
        note = words("The points are medians; half of the questions lie along the lines.")
        return self._lines(title, Axis(words("Tokens of thoughts"), is_percent=False), marks, note)

    def _lines(self, title: str, axis: Axis, marks: Sequence[Mark | None], note: str) -> Chart:
        words = self.words
        efforts = tuple(effort_name(words, one.effort) for one in self._conditions())
        name = words("Reasoning effort")
        return Chart(title, Shape.LINES, axis, efforts, name, (Series("", tuple(marks)),), note)

    def _bars(
        self, title: str, axis: str, of: ShareOf, said: str = "", *, has_all: bool = True
    ) -> Chart:
        """Groups below each other, one bar for each condition."""
        words, groups = self.words, self._groups()
        names = dict(groups)
        ids = [group for group, _ in groups]
        if has_all and len(ids) > 1:
            ids.append("")
            names[""] = words("All together")
        conditions = self._conditions()
        series, scores = [], []
        for condition in conditions:
            found = [self._score(group, condition) for group in ids]
            scores += found
            name = condition_name(words, condition, self.evaluation) if len(conditions) > 1 else ""
            marks = (self._mark(of(score)) if score else None for score in found)
            series.append(Series(name, tuple(marks)))
        note = " ".join(part for part in (said, _note(words, scores)) if part)
        groups_named = tuple(names[group] for group in ids)
        return Chart(title, Shape.BARS, self._percent(axis), groups_named, "", tuple(series), note)

    def _percent(self, name: str) -> Axis:
        form = self.words("{percent} %")
        return Axis(name, is_percent=True, form=form)

    def _mark(self, part: Share) -> Mark | None:
        if not part.total:
            return None
        said = share_text(self.words, part)
        aside = f"{part.passed}/{part.total}"
        return Mark(100 * part.part, said, 100 * part.low, 100 * part.high, aside)

    def _groups(self) -> list[tuple[str, str]]:
        """Groups that have outcomes, in the order of the evaluation, with their names."""
        known = {score.group for score in self.result.scores}
        language = self.words.language
        return [
            (group.id, group.name.of(language))
            for group in self.evaluation.groups
            if group.id in known
        ]

    def _conditions(self) -> list[Condition]:
        """Conditions that have outcomes, in the order in which the settings name them."""
        efforts = list(self.result.run.settings.efforts)
        variants = list(self.evaluation.variants)
        known = {score.condition for score in self.result.scores}
        return sorted(
            known, key=lambda one: (efforts.index(one.effort), variants.index(one.variant))
        )

    def _score(self, group: str, condition: Condition) -> Score | None:
        for score in self.result.scores:
            if score.group == group and score.condition == condition:
                return score
        return None


def _passed(score: Score) -> Share:
    return score.share


def _found(finding: Finding) -> ShareOf:
    """How often something was found, as a share of all items."""

    def found(score: Score) -> Share:
        return share(dict(score.findings).get(finding, 0), score.share.total)

    return found


def _note(words: Words, scores: Sequence[Score | None]) -> str:
    said = words("The true share lies along the thin line, with 95 % confidence.")
    if any(score is not None and score.share.is_few for score in scores):
        return f"{said} {words('So few questions say little.')}"
    return said
