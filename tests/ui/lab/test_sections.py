from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.lab import sets
from app.lab.values import (
    Estimate,
    EstimateBasis,
    EvaluationId,
    LabState,
    PauseReason,
    Run,
    RunId,
    RunPlan,
    RunProgress,
    Task,
)
from app.words import Words
from engine.harmony.messages import Effort
from engine.requests import Sampling
from tests.ui.conftest import ShowTogether
from tests.ui.lab.plots import EFFORTS, LEAKS
from tests.ui.lab.results import better_with_effort, result_of, right
from ui.lab.chart_card import ChartCard
from ui.lab.choosing import ChoosingSection
from ui.lab.item_row import LONGEST, ItemRow
from ui.lab.items_section import PAGE_ITEMS, ItemsSection
from ui.lab.progress_card import ProgressCard
from ui.lab.result_section import ResultSection
from ui.lab.runs_section import PAGE_RUNS, RunsSection
from ui.lab.wording import rough_time
from ui.theme.theme import Theme

LEFT = Qt.MouseButton.LeftButton
EVALUATIONS = {one.id: one for one in sets.evaluations()}


@pytest.fixture
def choosing(theme: Theme, words: Words, show_together: ShowTogether) -> ChoosingSection:
    made = ChoosingSection(theme, words, sets.evaluations(), Sampling(temperature=0.5))
    show_together(made)
    return made


def test_a_plan_is_what_was_chosen(choosing: ChoosingSection, qtbot: QtBot) -> None:
    assert choosing.plan == RunPlan(
        (EvaluationId.ARITHMETIC,),
        (Effort.LOW, Effort.MEDIUM),
        items=10,
        sampling=Sampling(temperature=0.5),
    )
    with qtbot.waitSignal(choosing.changed) as told:
        qtbot.mouseClick(choosing.switches[EvaluationId.REFUSAL], LEFT)
        qtbot.mouseClick(choosing.efforts[Effort.LOW], LEFT)
        qtbot.mouseClick(choosing.items.segments[-1], LEFT)
        choosing.seed.setFocus()
        choosing.seed.clear()
        qtbot.keyClicks(choosing.seed, "42")
        qtbot.keyClick(choosing.seed, Qt.Key.Key_Return)
    expected = RunPlan(
        (EvaluationId.ARITHMETIC, EvaluationId.REFUSAL),
        (Effort.MEDIUM,),
        items=0,
        seed=42,
        sampling=Sampling(temperature=0.5),
    )
    assert told.args == [expected]
    with qtbot.waitSignal(choosing.start_wanted) as told:
        qtbot.mouseClick(choosing.start, LEFT)
    assert told.args == [expected]


def test_each_evaluation_says_what_it_asks_and_why(choosing: ChoosingSection) -> None:
    told = [row.hint.text() for row in choosing.section.card.children() if hasattr(row, "hint")]
    assert len(told) == len(EVALUATIONS)
    for evaluation, text in zip(EVALUATIONS.values(), told, strict=True):
        assert evaluation.asks.en in text
        assert evaluation.why.en in text


def test_without_evaluation_or_effort_nothing_can_start(
    choosing: ChoosingSection, qtbot: QtBot
) -> None:
    qtbot.mouseClick(choosing.switches[EvaluationId.ARITHMETIC], LEFT)
    assert not choosing.start.isEnabled()
    assert choosing.start.toolTip() == "Choose at least one evaluation and one effort."
    qtbot.mouseClick(choosing.switches[EvaluationId.REASONING], LEFT)
    assert choosing.start.isEnabled()


def test_the_time_is_told_with_what_it_rests_on(choosing: ChoosingSection) -> None:
    choosing.show_estimate(Estimate(1200, 900.0, EstimateBasis.TYPICAL))
    assert choosing.estimate.text() == (
        "1,200 questions  ·  about 15 min  ·  from this computer’s speed and usual lengths"
    )
    choosing.show_estimate(Estimate(1))
    assert choosing.estimate.text() == (
        "1 question  ·  the speed of this computer is not known yet"
    )


def test_why_nothing_can_start_is_said_in_place_of_the_time(choosing: ChoosingSection) -> None:
    choosing.forbid("This needs a loaded model.")
    choosing.show_estimate(Estimate(10, 60.0, EstimateBasis.EARLIER))
    assert choosing.estimate.text() == "This needs a loaded model."
    assert not choosing.start.isEnabled()
    choosing.forbid("")
    assert choosing.start.isEnabled()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(20, "less than a minute"), (61, "about 1 min"), (5300, "about 88 min"),
     (5400, "about 1.5 h"), (7200, "about 2 h"), (90_000, "about 25 h")],
)  # fmt: skip
def test_times_are_as_rough_as_they_are_known(words: Words, seconds: float, said: str) -> None:
    assert rough_time(words, seconds) == said


def progress_of(state: LabState, pause: PauseReason = PauseReason.NONE) -> RunProgress:
    run = result_of(EvaluationId.REASONING, right, items=4, done=1).run
    item = sets.items(EvaluationId.REASONING)[0]
    task = Task(item, sets.tasks(EvaluationId.REASONING, run.settings)[0].condition)
    left = Estimate(11, 130.0, EstimateBasis.MEASURED)
    return RunProgress(state, pause, run, task, 1, 12, left)


def test_progress_says_question_rest_and_why_it_waits(
    theme: Theme, words: Words, show_together: ShowTogether, qtbot: QtBot
) -> None:
    card = ProgressCard(theme, words, EVALUATIONS)
    show_together(card)
    card.show_progress(progress_of(LabState.RUNNING))
    title = EVALUATIONS[EvaluationId.REASONING].title.en
    assert card.said.text() == f"{title}  ·  1 of 12  ·  about 2 min left"
    assert card.question.text().startswith("A gardener plants 7 rows")
    assert not card.waiting.isVisible()
    card.show_progress(progress_of(LabState.PAUSED, PauseReason.CHAT))
    assert card.waiting.text() == "Waits while a chat is answered; then it goes on by itself."
    assert card.waiting.isVisible()
    with qtbot.waitSignal(card.stop_wanted):
        qtbot.mouseClick(card.stop, LEFT)


def runs(count: int) -> list[Run]:
    made = result_of(EvaluationId.REASONING, right, items=2, efforts=(Effort.LOW,)).run
    return [replace(made, id=RunId(at)) for at in range(count, 0, -1)]


@pytest.fixture
def section(theme: Theme, words: Words, show_together: ShowTogether) -> RunsSection:
    made = RunsSection(theme, words, EVALUATIONS)
    show_together(made)
    return made


def test_without_runs_there_is_nothing_to_export(section: RunsSection) -> None:
    assert section.nothing.isVisible()
    assert not section.export.isVisible()
    section.show_runs(runs(1))
    assert not section.nothing.isVisible()
    assert section.export.isVisible()


def test_older_runs_come_on_demand_and_rows_that_stay_are_the_same(
    section: RunsSection, qtbot: QtBot
) -> None:
    listed = runs(PAGE_RUNS + 2)
    section.show_runs(listed)
    kept = section.rows[0]
    assert len(section.rows) == PAGE_RUNS
    section.show_runs([replace(listed[0], done=1), *listed[1:]])
    assert section.rows[0] is kept
    qtbot.waitUntil(kept.resume.isVisible)
    qtbot.mouseClick(section.more, LEFT)
    assert len(section.rows) == PAGE_RUNS + 2
    assert not section.more.isVisible()


def test_only_a_run_that_is_not_complete_can_go_on(section: RunsSection, qtbot: QtBot) -> None:
    whole = runs(2)
    section.show_runs([replace(whole[0], done=1), whole[1]])
    cut, complete = section.rows
    qtbot.waitUntil(complete.isVisible)
    assert cut.resume.isVisible()
    assert not complete.resume.isVisible()
    assert "1 of 2 questions" in cut.row.hint.text()
    with qtbot.waitSignal(section.resume_wanted) as told:
        qtbot.mouseClick(cut.resume, LEFT)
    assert told.args == [cut.run]
    section.show_at_work(cut.run)
    assert not cut.resume.isEnabled()
    assert complete.delete.toolTip() == "Another run is at work."


def test_results_are_deleted_only_after_a_second_press(section: RunsSection, qtbot: QtBot) -> None:
    section.show_runs(runs(1))
    (row,) = section.rows
    qtbot.waitUntil(row.isVisible)
    wanted: list[Run] = []
    section.delete_wanted.connect(wanted.append)
    qtbot.mouseClick(row.delete, LEFT)
    assert row.keep.hasFocus()
    qtbot.mouseClick(row.keep, LEFT)
    assert row.delete.isVisible()
    qtbot.mouseClick(row.delete, LEFT)
    assert wanted == []
    qtbot.mouseClick(row.delete_now, LEFT)
    assert wanted == [row.run]


@pytest.fixture
def items(theme: Theme, words: Words, show_together: ShowTogether) -> ItemsSection:
    made = ItemsSection(theme, words)
    show_together(made)
    return made


def questions(rows: Sequence[ItemRow]) -> list[tuple[str, Effort]]:
    return [(row.outcome.item_id, row.outcome.condition.effort) for row in rows]


def test_wrong_answers_can_be_read_alone(items: ItemsSection, qtbot: QtBot) -> None:
    result = result_of(EvaluationId.REASONING, better_with_effort, items=20)
    items.show_result(EVALUATIONS[EvaluationId.REASONING], result)
    assert len(items.rows) == PAGE_ITEMS
    assert items.counted.text() == "20 of 60 shown"
    qtbot.mouseClick(items.filter.segments[1], LEFT)
    wrong = [one for one in result.outcomes if not one.is_passed]
    assert 20 < len(wrong) < 40
    assert {row.verdict.text() for row in items.rows} <= {"wrong", "no answer of the asked kind"}
    while items.more.isVisible():
        qtbot.mouseClick(items.more, LEFT)
    assert questions(items.rows) == [(one.item_id, one.condition.effort) for one in wrong]


def test_a_row_says_question_expectation_answer_verdict_and_length_of_thoughts(
    items: ItemsSection,
) -> None:
    result = result_of(EvaluationId.REASONING, right, items=1)
    items.show_result(EVALUATIONS[EvaluationId.REASONING], result)
    row, outcome = items.rows[0], result.outcomes[0]
    assert row.question.text() == outcome.question
    assert row.expected.text() == f"Expected: {outcome.expected}"
    assert row.answer.text() == f"Answered: {outcome.answer}"
    assert row.verdict.text() == "right"
    assert row.facts.text() == "Low  ·  thoughts: 40 tokens  ·  1.2 s"


def test_a_run_that_goes_on_only_adds_rows(items: ItemsSection) -> None:
    evaluation = EVALUATIONS[EvaluationId.REASONING]
    items.show_result(evaluation, result_of(EvaluationId.REASONING, right, items=4, done=2))
    before = list(items.rows)
    items.show_result(evaluation, result_of(EvaluationId.REASONING, right, items=4, done=5))
    assert items.rows[:2] == before
    assert len(items.rows) == 5


def test_long_answers_are_cut_until_they_are_wanted(items: ItemsSection, qtbot: QtBot) -> None:
    result = result_of(EvaluationId.REASONING, lambda _: "word " * 200, items=1)
    items.show_result(EVALUATIONS[EvaluationId.REASONING], result)
    row = items.rows[0]
    assert len(row.answer.text()) < LONGEST + 20
    qtbot.mouseClick(row.all, LEFT)
    assert row.answer.text().count("word") == 200
    assert not row.all.isVisible()


def test_a_result_shows_plots_comparisons_and_questions(
    theme: Theme, words: Words, show_together: ShowTogether
) -> None:
    section = ResultSection(theme, words)
    show_together(section)
    result = result_of(EvaluationId.ARITHMETIC, better_with_effort)
    section.show_result(EVALUATIONS[EvaluationId.ARITHMETIC], result)
    assert len(section.cards) == 3
    assert "gpt-oss-20b MXFP4  ·  gpt-oss-20b-mxfp4.gguf  ·  digest ab12cd34ef56" in (
        section.facts.text()
    )
    assert "temperature 0.5  ·  seed 7  ·  context 8,192  ·  CPU" in section.facts.text()
    assert not section.practice.isVisible()
    assert section.comparisons is not None
    assert "High against Low: +100 points" in section.comparisons.accessibleDescription()
    cards = list(section.cards)
    section.show_result(
        EVALUATIONS[EvaluationId.ARITHMETIC], result_of(EvaluationId.ARITHMETIC, right)
    )
    assert section.cards == cards
    assert cards[0].view.chart.mark(0, 0) is not None


def test_scores_of_the_practice_model_are_never_shown_without_saying_so(
    theme: Theme, words: Words, show_together: ShowTogether
) -> None:
    section = ResultSection(theme, words)
    show_together(section)
    result = result_of(EvaluationId.REFUSAL, lambda _: "Hello.", items=4)
    model = replace(result.run.model, is_practice=True)
    practised = replace(result, run=replace(result.run, model=model))
    section.show_result(EVALUATIONS[EvaluationId.REFUSAL], practised)
    assert section.practice.isVisible()
    assert any("say nothing about gpt-oss-20b" in line for line in section.lines)


def test_a_plot_can_be_read_as_text_and_its_line_never_moves_others(
    theme: Theme, words: Words, show_together: ShowTogether, qtbot: QtBot
) -> None:
    card = ChartCard(theme, words, EFFORTS)
    show_together(card)
    assert not card.table.isVisible()
    qtbot.mouseClick(card.show_table, LEFT)
    assert card.table.isVisible()
    assert "Arithmetic: Low 40 %; Medium 70 %" in card.table.toPlainText()
    before = card.view.y()
    card.view.chosen.emit("Arithmetic, Low: 40 %")
    assert card.said.text() == "Arithmetic, Low: 40 %"
    assert card.view.y() == before
    card.show_chart(LEAKS)
    assert card.heading.text() == "Leaks"
    assert "Told a story 50 % (5/10)" in card.table.toPlainText()
