from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.attachments.parts import FileNote
from app.side_desk import SideDesk
from app.words import Words
from engine.events import SideEnded, SideOutcome
from engine.requests import SideJobId, SideRequest
from tests.app.attachments.documents import pdf
from tests.ui.chat.attachments.conftest import Desk
from ui.chat.attachments.parts_dialog import PartsDialog
from ui.chat.attachments.summary_dialog import SummaryDialog
from ui.chat.attachments.view_dialog import ViewDialog

PAGES = [f"Tree {number}" for number in range(1, 13)]


@dataclass
class Model:
    """Takes side jobs and answers them when a test says so."""

    asked: list[SideRequest] = field(default_factory=list)
    cancelled: list[SideJobId] = field(default_factory=list)

    def side(self, request: SideRequest) -> None:
        self.asked.append(request)

    def cancel_side(self, job_id: SideJobId) -> None:
        self.cancelled.append(job_id)


@dataclass
class Summing:
    """A model behind the door's desk of side jobs."""

    desk: Desk
    model: Model = field(default_factory=Model)

    def __post_init__(self) -> None:
        self.sides = SideDesk(self.model)
        self.desk.door.sides = self.sides

    def answer(self, text: str, outcome: SideOutcome = SideOutcome.DONE) -> None:
        self.sides.handle(SideEnded(self.model.asked[-1].job_id, outcome, text))


@pytest.fixture
def summing(desk: Desk) -> Summing:
    return Summing(desk)


def open_parts(desk: Desk, pages: list[str] = PAGES) -> PartsDialog:
    desk.attach(desk.file("r.pdf", pdf(pages)))
    desk.row.card(desk.row.keys[0]).click()
    dialog = desk.door.dialogs.dialog
    assert isinstance(dialog, PartsDialog)
    return dialog


def open_summary(desk: Desk) -> SummaryDialog:
    open_parts(desk).summary_button.click()
    dialog = desk.door.dialogs.dialog
    assert isinstance(dialog, SummaryDialog)
    return dialog


def test_parts_are_ticked_by_number_and_only_they_go(desk: Desk, qtbot: QtBot) -> None:
    dialog = open_parts(desk)
    assert dialog.numbers.text() == "1-12"
    dialog.numbers.setFocus()
    dialog.numbers.selectAll()
    qtbot.keyClicks(dialog.numbers, "2-3, 7")
    assert dialog.parts.chosen == {1, 2, 6}
    assert "3 of 12 parts (12 pages)" in dialog.cost.text()
    dialog.attach_button.click()
    qtbot.waitUntil(lambda: bool(desk.row.files[0].attached.ranges), timeout=5_000)
    attached = desk.row.files[0].attached
    assert attached.ranges == ((2, 3), (7, 7))
    assert "Tree 3" in attached.text
    assert "Tree 4" not in attached.text
    assert desk.row.card(desk.row.keys[0]).details.startswith("pages 2–3, 7 of 12 · about ")
    assert desk.told[-1][1] == desk.row.files


def test_parts_are_ticked_by_keyboard_and_the_sum_follows(desk: Desk, qtbot: QtBot) -> None:
    dialog = open_parts(desk)
    before = dialog.tokens
    qtbot.keyClick(dialog.parts, Qt.Key.Key_Space)
    assert dialog.parts.chosen == frozenset(range(1, 12))
    assert dialog.numbers.text() == "2-12"
    assert dialog.tokens < before
    qtbot.keyClick(dialog.parts, Qt.Key.Key_Down)
    assert "Tree 2" in dialog.preview.toPlainText()
    dialog.none_button.click()
    assert not dialog.attach_button.isEnabled()
    dialog.all_button.click()
    assert dialog.attach_button.isEnabled()


def test_numbers_that_make_no_sense_are_marked_and_change_nothing(desk: Desk, qtbot: QtBot) -> None:
    dialog = open_parts(desk)
    dialog.numbers.setFocus()
    dialog.numbers.selectAll()
    qtbot.keyClicks(dialog.numbers, "x")
    assert dialog.numbers.property("state") == "wrong"
    assert len(dialog.parts.chosen) == 12


def test_more_than_the_model_can_read_cannot_be_attached(desk: Desk) -> None:
    desk.attach(desk.file("long.txt", "words and more words\n" * 20_000))
    dialog = desk.door.dialogs.dialog
    assert isinstance(dialog, PartsDialog)
    assert not dialog.attach_button.isEnabled()
    dialog.parts.choose({0, 1})
    assert dialog.attach_button.isEnabled()
    dialog.attach_button.click()
    desk.bot.waitUntil(lambda: not desk.row.why_not, timeout=5_000)
    assert desk.row.files[0].attached.text.count("\n") < 2_000


def test_a_summary_is_made_edited_and_attached(summing: Summing, qtbot: QtBot) -> None:
    desk = summing.desk
    dialog = open_summary(desk)
    assert dialog.box.isReadOnly()
    assert not dialog.attach_button.isEnabled()
    assert "part 1 of 1" in dialog.said.text()
    summing.answer("Of twelve trees.")
    assert dialog.box.toPlainText() == "Of twelve trees."
    dialog.box.setPlainText("Of 12 trees.")
    dialog.attach_button.click()
    qtbot.waitUntil(lambda: desk.row.files[0].attached.is_summary, timeout=5_000)
    attached = desk.row.files[0].attached
    assert attached.text == "Of 12 trees.\n"
    assert desk.row.card(desk.row.keys[0]).details.startswith("summary of 12 pages")
    desk.row.card(desk.row.keys[0]).click()  # again: to be edited, not made anew
    again = desk.door.dialogs.dialog
    assert isinstance(again, SummaryDialog)
    assert again.box.toPlainText() == "Of 12 trees.\n"
    assert len(summing.model.asked) == 1


def test_a_summary_that_fails_says_so_and_goes_on(summing: Summing) -> None:
    dialog = open_summary(summing.desk)
    summing.answer("", SideOutcome.FAILED)
    summing.answer("", SideOutcome.FAILED)
    assert "could not finish" in dialog.said.text()
    assert dialog.retry_button.isVisible()
    dialog.retry_button.click()
    summing.answer("Trees.")
    assert dialog.box.toPlainText() == "Trees."
    assert dialog.attach_button.isEnabled()


def test_a_closed_dialog_ends_the_summary(summing: Summing) -> None:
    open_summary(summing.desk).reject()
    assert len(summing.model.cancelled) == 1


def test_without_a_model_nothing_offers_a_summary(desk: Desk) -> None:
    assert not open_parts(desk).summary_button.isVisible()


def test_what_is_left_of_a_file_can_be_read(desk: Desk) -> None:
    desk.attach(desk.file("a.txt"))
    (draft,) = desk.row.files
    desk.row.replace_all([type(draft)(draft.attached)])
    desk.row.card(desk.row.keys[0]).click()
    dialog = desk.door.dialogs.dialog
    assert isinstance(dialog, ViewDialog)
    assert dialog.box.toPlainText() == "One\ntwo\nthree\n"
    assert dialog.box.isReadOnly()


def test_what_must_be_known_of_a_file_is_told(desk: Desk) -> None:
    dialog = open_parts(desk, ["Tree", ""])
    (draft,) = desk.row.files
    assert draft.choice is not None
    assert draft.choice.file.note is FileNote.NO_TEXT_PAGES
    card = desk.row.card(desk.row.keys[0])
    assert "only images" in card.toolTip()
    dialog.reject()


@pytest.mark.parametrize("width", [360, 900])
def test_dialogs_fit_the_window(make_desk: Callable[..., Desk], words: Words, width: int) -> None:
    desk = make_desk(width, 640, words)
    Summing(desk)
    dialog = open_parts(desk)
    for child in (dialog.numbers, dialog.parts, dialog.cost, dialog.attach_button):
        right = child.mapTo(dialog, child.rect().bottomRight()).x()
        assert right <= dialog.width()
    assert dialog.width() <= max(width, 360)
