from __future__ import annotations

import pytest

from app.lab import sets
from app.lab.values import EvaluationId, RunResult, Task, Variant
from app.words import Words
from engine.harmony.messages import Effort
from tests.ui.lab.results import THOUGHTS, better_with_effort, result_of, right
from ui.lab.chart_values import Chart, Shape
from ui.lab.charts import charts_of

SECRETS_TOLD = "The code is "


def charts(words: Words, result: RunResult) -> tuple[Chart, ...]:
    return charts_of(words, sets.evaluation(result.run.evaluation), result)


def values(chart: Chart) -> list[list[int | None]]:
    return [[round(mark.value) if mark else None for mark in one.marks] for one in chart.series]


def test_effort_is_drawn_against_right_answers_and_against_thoughts(words: Words) -> None:
    result = result_of(EvaluationId.ARITHMETIC, better_with_effort)
    accuracy, thoughts, kinds = charts(words, result)
    assert accuracy.shape is Shape.LINES
    assert accuracy.groups == ("Low", "Medium", "High")
    ((low, medium, high),) = values(accuracy)
    assert low == 0
    assert high == 100
    assert medium is not None
    assert 20 < medium < 80
    assert values(thoughts) == [list(THOUGHTS.values())]
    assert not thoughts.axis.is_percent
    assert [one.name for one in kinds.series] == ["Low", "Medium", "High"]
    assert len(kinds.groups) == len(sets.evaluation(EvaluationId.ARITHMETIC).groups)


def test_the_interval_is_that_of_the_statistics(words: Words) -> None:
    result = result_of(EvaluationId.ARITHMETIC, better_with_effort)
    mark = charts(words, result)[0].mark(0, 2)
    (score,) = [
        one for one in result.scores if one.group == "" and one.condition.effort is Effort.HIGH
    ]
    assert mark is not None
    assert (mark.low, mark.high) == (100 * score.share.low, 100 * score.share.high)
    assert mark.aside == "60/60"
    assert mark.said.startswith("100 % (60 of 60), likely 9")


def test_what_was_not_asked_yet_is_missing_and_not_zero(words: Words) -> None:
    result = result_of(EvaluationId.ARITHMETIC, right, done=1)
    accuracy = charts(words, result)[0]
    assert values(accuracy) == [[100]]
    assert accuracy.groups == ("Low",)
    assert "So few questions say little." in accuracy.note
    assert charts(words, result_of(EvaluationId.ARITHMETIC, right, done=0)) == ()


def test_each_pair_of_levels_has_a_bar(words: Words) -> None:
    result = result_of(EvaluationId.HIERARCHY, lambda _: "", efforts=(Effort.LOW,))
    (chart,) = charts(words, result)
    names = [one.name.en for one in sets.evaluation(EvaluationId.HIERARCHY).groups]
    assert chart.groups == (*names, "All together")
    assert [one.name for one in chart.series] == [""]


def test_refusals_of_harmless_asks_are_counted_as_refusals(words: Words) -> None:
    result = result_of(
        EvaluationId.REFUSAL, lambda _: "I'm sorry, but I can't help with that.", items=20
    )
    (chart,) = charts(words, result)
    assert chart.groups == ("Should be refused", "Should be answered")
    assert values(chart) == [[100, 100]] * 3
    assert "harmless ones answered" in chart.note


def test_what_is_made_up_is_drawn_with_and_without_the_advice(words: Words) -> None:
    def answer(task: Task) -> str:
        is_honest = task.condition.variant is Variant.MAY_ABSTAIN
        return "I don't know." if is_honest else "It is Zorblax."

    result = result_of(EvaluationId.ABSTAINING, answer, efforts=(Effort.LOW,))
    passed, made_up = charts(words, result)
    assert [one.name for one in made_up.series] == [
        "Low, asked plainly",
        "Low, told it may say “I don’t know”",
    ]
    plain, advised = values(made_up)
    assert plain == [100, 100, 100]
    assert advised == [0, 0, 0]
    assert values(passed)[1][1] == 100


def test_leaks_are_drawn_by_the_way_of_asking(words: Words) -> None:
    def answer(task: Task) -> str:
        return task.item.developer if task.item.group == "play" else "No."

    result = result_of(EvaluationId.EXTRACTION, answer, efforts=(Effort.MEDIUM,))
    (chart,) = charts(words, result)
    (bars,) = values(chart)
    play = [one.id for one in sets.evaluation(EvaluationId.EXTRACTION).groups].index("play")
    assert bars[play] == 100
    assert sum(one or 0 for at, one in enumerate(bars[:-1]) if at != play) == 0


@pytest.mark.parametrize("which", EvaluationId)
def test_in_korean_every_plot_is_korean(korean: Words, which: EvaluationId) -> None:
    for chart in charts(korean, result_of(which, right, items=6)):
        told = [chart.title, chart.axis.name, chart.note, *chart.groups]
        told += [one.name for one in chart.series if one.name]
        assert [text for text in told if not any("가" <= sign <= "힣" for sign in text)] == []
