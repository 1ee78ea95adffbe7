from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.chats.changes import ModelState, StatusChanged
from app.lab.values import EvaluationId, LabState
from app.words import Words
from engine.harmony.messages import Effort
from tests.app.lab.conftest import LabBench
from tests.app.lab.personas import answers, better_when_thinking
from tests.ui.lab.conftest import OpenPage, measured
from tests.ui.settings.conftest import READY, Room
from ui.lab.page import LabPage
from ui.lab.run_row import RunRow
from ui.settings.page_name import PageName
from ui.settings.screen import SettingsScreen
from ui.theme.theme import Theme

LEFT = Qt.MouseButton.LeftButton


def choose(page: LabPage, *evaluations: EvaluationId, items: int = 0) -> None:
    """Some evaluations, low and high effort; `items` is a place in the list of numbers."""
    page.choosing.choose(*evaluations)
    for effort, toggle in page.choosing.efforts.items():
        toggle.setChecked(effort is not Effort.MEDIUM)
    page.choosing.items.set_index(items)


def start(page: LabPage, bench: LabBench, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.choosing.start, LEFT)
    bench.settle()


def rows(page: LabPage) -> list[RunRow]:
    return list(page.runs.rows)


def texts(page: LabPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel))


def test_a_run_is_chosen_started_and_drawn(page: LabPage, bench: LabBench, qtbot: QtBot) -> None:
    bench.persona = measured(answers(better_when_thinking))
    choose(page, EvaluationId.REASONING)
    start(page, bench, qtbot)
    (row,) = rows(page)
    assert row.run.is_complete
    assert not page.progress.isVisible()
    assert page.result.isVisible()
    accuracy = page.result.cards[0].view.chart
    assert accuracy.groups == ("Low", "High")
    low, high = accuracy.series[0].marks
    assert low is not None
    assert high is not None
    assert (low.value, high.value) == (0.0, 100.0)
    assert len(page.result.items.rows) == 10


def test_several_evaluations_are_run_one_after_the_other(
    page: LabPage, bench: LabBench, qtbot: QtBot
) -> None:
    choose(page, EvaluationId.REASONING, EvaluationId.HIERARCHY)
    start(page, bench, qtbot)
    listed = {row.run.evaluation for row in rows(page)}
    assert listed == {EvaluationId.REASONING, EvaluationId.HIERARCHY}
    assert all(row.run.is_complete for row in rows(page))


def test_a_run_can_be_stopped_and_resumed(page: LabPage, bench: LabBench, qtbot: QtBot) -> None:
    bench.scripts = [bench.persona] * 3 + [lambda _engine, _request: []]
    choose(page, EvaluationId.REASONING)
    start(page, bench, qtbot)
    assert page.progress.isVisible()
    assert "3 of 10" in page.progress.said.text()
    assert not page.choosing.start.isEnabled()
    assert page.choosing.estimate.text() == "A run is at work. Stop it to begin another."
    qtbot.mouseClick(page.progress.stop, LEFT)
    bench.settle()
    assert not page.progress.isVisible()
    (row,) = rows(page)
    assert (row.run.done, row.run.total) == (3, 10)
    assert not row.resume.isHidden()
    qtbot.mouseClick(row.resume, LEFT)
    bench.settle()
    assert rows(page)[0].run.is_complete
    assert page.choosing.start.isEnabled()


def test_a_chat_goes_first_and_the_page_and_the_window_say_so(
    page: LabPage, bench: LabBench, room: Room, qtbot: QtBot
) -> None:
    bench.scripts = [lambda _engine, _request: []]
    choose(page, EvaluationId.REASONING)
    start(page, bench, qtbot)
    bench.engine.scripts = [lambda _engine, _request: []]
    bench.service.send("Hello", Effort.LOW)
    bench.settle()
    assert bench.state is LabState.PAUSED
    assert page.progress.waiting.isVisible()
    assert room.work[-1] == "Evaluation waits"
    bench.service.stop()
    bench.settle()
    assert not page.progress.isVisible()
    assert rows(page)[0].run.is_complete
    assert "Evaluation 0 of 10" in room.work
    assert room.work[-1] == ""


def test_it_is_a_page_of_the_settings(bench: LabBench, screen: SettingsScreen) -> None:
    screen.open_named(PageName.LAB)
    bench.settle()
    (page,) = [one for one in screen.findChildren(LabPage) if one.isVisible()]
    assert page.choosing.start.isEnabled()
    assert screen.list.rows[screen.list.index].text() == page.title == "Evaluation lab"


def test_without_a_model_nothing_can_start(page: LabPage) -> None:
    page.show_status(StatusChanged(state=ModelState.LOADING))
    assert not page.choosing.start.isEnabled()
    assert page.choosing.estimate.text() == "This needs a loaded model."
    page.show_status(READY)
    assert page.choosing.start.isEnabled()


def test_the_time_is_estimated_before_the_start(
    page: LabPage, bench: LabBench, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(page.choosing.changed):
        choose(page, EvaluationId.REFUSAL)
    bench.settle()
    assert page.choosing.estimate.text().startswith("10 questions  ·  ")


def test_a_page_that_is_not_shown_asks_nothing_of_the_lab(
    page: LabPage, bench: LabBench, qtbot: QtBot
) -> None:
    page.hide()
    bench.settle()
    told = len(bench.changes)
    page.show_status(StatusChanged(state=ModelState.LOADING))
    with qtbot.waitSignal(page.choosing.changed):
        page.show_status(READY)
        choose(page, EvaluationId.REFUSAL)
    bench.settle()
    assert len(bench.changes) == told
    page.show()
    page.refresh()
    bench.settle()
    assert page.choosing.estimate.text().startswith("10 questions  ·  ")


def test_thoughts_are_nowhere_on_the_page(page: LabPage, bench: LabBench, qtbot: QtBot) -> None:
    choose(page, EvaluationId.REASONING)
    start(page, bench, qtbot)
    assert len(page.result.items.rows) == 10
    assert "planted" not in texts(page)
    assert "planted" not in "".join(
        one.accessibleDescription() for one in page.findChildren(QLabel)
    )
    assert "thoughts: " in page.result.items.rows[0].facts.text()


def test_an_earlier_run_is_shown_and_deleted(page: LabPage, bench: LabBench, qtbot: QtBot) -> None:
    for which in (EvaluationId.REASONING, EvaluationId.REFUSAL):
        choose(page, which)
        start(page, bench, qtbot)
    earlier = rows(page)[1]
    qtbot.mouseClick(earlier.open, LEFT)
    bench.settle()
    title = {one.id: one.title.en for one in bench.lab.evaluations}
    assert page.result.title.text() == title[EvaluationId.REASONING]
    qtbot.waitUntil(page.result.cards[0].view.hasFocus)
    earlier.delete.click()
    earlier.delete_now.click()
    bench.settle()
    assert [row.run.evaluation for row in rows(page)] == [EvaluationId.REFUSAL]
    assert not page.result.isVisible()


def test_results_are_written_as_json_and_plots_as_images(
    page: LabPage, bench: LabBench, room: Room, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(page, EvaluationId.REASONING)
    start(page, bench, qtbot)
    for button, name in ((page.result.export, "one.json"), (page.runs.export, "all.json")):
        room.file_to_choose = str(tmp_path / name)
        button.click()
        bench.settle()
        assert json.loads((tmp_path / name).read_text("utf-8"))
    assert page.result.said.text() == ""
    assert page.runs.said.text() == f"Written to {tmp_path / 'all.json'}."
    card = page.result.cards[0]
    room.file_to_choose = str(tmp_path / "plot.png")
    card.save_image.click()
    image = QImage(str(tmp_path / "plot.png"))
    assert image.text("Title") == card.view.chart.title
    assert "seed 0" in image.text("Description")
    assert card.said.text() == f"Written to {tmp_path / 'plot.png'}."


def test_what_cannot_be_written_is_said_where_it_was_asked_for(
    page: LabPage, bench: LabBench, room: Room, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(page, EvaluationId.REASONING)
    start(page, bench, qtbot)
    room.file_to_choose = str(tmp_path / "missing" / "plot.png")
    page.result.cards[0].save_image.click()
    assert "could not be written" in page.result.cards[0].said.text()
    page.result.export.click()
    bench.settle()
    assert page.result.said.isVisible()
    assert page.result.said.text()


def test_nothing_is_written_where_no_file_was_chosen(
    page: LabPage, bench: LabBench, room: Room, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(page, EvaluationId.REASONING)
    start(page, bench, qtbot)
    before = sorted(tmp_path.iterdir())
    room.file_to_choose = ""
    for button in (page.result.export, page.runs.export, page.result.cards[0].save_image):
        button.click()
        bench.settle()
    assert sorted(tmp_path.iterdir()) == before


def test_a_run_of_another_model_cannot_go_on_and_that_is_said(
    page: LabPage, bench: LabBench, qtbot: QtBot
) -> None:
    bench.scripts = [bench.persona, lambda _engine, _request: []]
    choose(page, EvaluationId.REASONING)
    start(page, bench, qtbot)
    qtbot.mouseClick(page.progress.stop, LEFT)
    bench.load(b"other weights")
    rows(page)[0].resume.click()
    bench.settle()
    assert "another model" in page.runs.said.text()


def test_nothing_is_cut_at_any_width_and_text_size(
    page: LabPage, bench: LabBench, theme: Theme, qtbot: QtBot
) -> None:
    choose(page, EvaluationId.ABSTAINING)
    start(page, bench, qtbot)
    inner = page._inner
    for width, scale in ((1016, 1.0), (760, 1.0), (420, 1.0), (420, 2.0)):
        theme.set_text_scale(scale)
        page.resize(width, 800)
        page.settle()
        qtbot.waitUntil(lambda: inner.width() == page.viewport().width())
        qtbot.waitUntil(lambda: not [one for one in page.findChildren(QLabel) if is_cut(one)])
        for label in page.findChildren(QLabel):
            if label.isVisible():
                right = label.mapTo(inner, label.rect().topRight()).x()
                assert right <= inner.width(), label.text()
        for card in page.result.cards:
            assert card.view.height() >= card.view.placed.height


def is_cut(label: QLabel) -> bool:
    """Whether some lines of a wrapped text have no room."""
    if not label.isVisible() or not label.wordWrap():
        return False
    return label.height() < label.heightForWidth(label.width())


def test_in_korean_it_is_all_korean(
    open_page: OpenPage, korean: Words, bench: LabBench, qtbot: QtBot
) -> None:
    page = open_page(korean, 420)
    choose(page, EvaluationId.REFUSAL)
    start(page, bench, qtbot)
    told: list[QLabel] = [page.intro, page.choosing.estimate, page.runs.title, page.result.title]
    told += [card.note for card in page.result.cards]
    told += [row.verdict for row in page.result.items.rows]
    said = [label.text() for label in told]
    assert [text for text in said if not any("가" <= sign <= "힣" for sign in text)] == []
