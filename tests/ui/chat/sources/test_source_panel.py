from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import BusyChanged, ChatOpened, MessageEnded
from app.chats.ids import MessageId
from app.tools.records import PageRef
from app.tools.values import SourcePage
from app.words import Words
from tests.ui.chat.stage import ANSWER, CHAT, Clock, Stage, answer, user
from tests.ui.chat.tools.records import OPEN, PAGE, call
from ui.chat.answer import Answer
from ui.chat.link_question import LinkQuestion
from ui.chat.panel import ChatPanel
from ui.chat.tools.doors import ToolDoors
from ui.controls.side_panel import BESIDE_FROM, WIDTH
from ui.markdown.text_segment import TextSegment
from ui.theme.theme import Theme

LINES = tuple(f"Line {number} of the page." for number in range(200))
READ = call(OPEN, page=PAGE, result="L0: …")
MakeStage = Callable[[int], Stage]


class Pages:
    """Hands out pages later, as the storage thread does."""

    def __init__(self) -> None:
        self.asked: list[tuple[MessageId, int, Callable[[SourcePage | None], None]]] = []

    def load(
        self, message_id: MessageId, number: int, on_done: Callable[[SourcePage | None], None]
    ) -> None:
        self.asked.append((message_id, number, on_done))

    def answer(self, page: SourcePage | None) -> None:
        self.asked.pop(0)[2](page)


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def make_stage(qtbot: QtBot, theme: Theme, words: Words, pages: Pages) -> Iterator[MakeStage]:
    made: list[tuple[ChatPanel, QWidget]] = []

    def make(width: int) -> Stage:
        host = QWidget()
        host.resize(width, 700)
        qtbot.addWidget(host)
        opened: list[QUrl] = []
        doors = ToolDoors(load_page=pages.load)
        panel = ChatPanel(theme, words, host, now=Clock(), open_url=opened.append, doors=doors)
        panel.setGeometry(0, 0, width, 700)
        host.show()
        host.activateWindow()
        qtbot.waitUntil(host.isActiveWindow)
        made.append((panel, host))
        return Stage(panel, Clock(), [])

    yield make
    for panel, host in made:
        panel.close_threads()
        host.close()


def show(stage: Stage, text: str = "Heat spreads【3†L10-L12】.") -> Answer:
    message = answer(2, text, calls=(READ,))
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), message)))
    stage.panel.focus_composer()
    return stage.answer(2)


def press_citation(qtbot: QtBot, shown: Answer) -> None:
    """As the keyboard does: Tab to the link, Return."""
    (text,) = [part.text for part in shown.body.segments if isinstance(part, TextSegment)]
    text.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(text, Qt.Key.Key_Tab)
    qtbot.keyClick(text, Qt.Key.Key_Return)


def test_return_on_a_citation_shows_the_page_at_the_quoted_lines(
    make_stage: MakeStage, pages: Pages, qtbot: QtBot
) -> None:
    stage = make_stage(1300)
    shown = show(stage)
    press_citation(qtbot, shown)
    source = stage.panel.tools.source
    assert source.isVisible()
    assert [(one[0], one[1]) for one in pages.asked] == [(2, 0)]
    pages.answer(SourcePage(3, PAGE.url, PAGE.title, LINES))
    assert source.title.text() == "The heat equation"
    assert source.address.text() == PAGE.url
    assert source.note.text() == "The answer names lines 10 to 12."
    assert source.text.marked == range(10, 13)
    assert source.text.firstVisibleBlock().blockNumber() == 8
    assert source.text.hasFocus()


def test_escape_closes_it_and_the_focus_goes_back_even_while_an_answer_is_written(
    make_stage: MakeStage, qtbot: QtBot
) -> None:
    stage = make_stage(1300)
    stops: list[bool] = []
    stage.panel.stop_requested.connect(lambda: stops.append(True))
    shown = show(stage)
    stage.panel.apply(BusyChanged(is_busy=True, message_id=ANSWER))
    press_citation(qtbot, shown)
    before = stage.panel.tools.source._before
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, Qt.Key.Key_Escape)
    assert not stage.panel.tools.source.isVisible()
    assert stops == []
    assert QApplication.focusWidget() is before


@pytest.mark.parametrize(("width", "room"), [(BESIDE_FROM + 100, WIDTH), (900, 0), (420, 0)])
def test_it_stands_beside_the_chat_or_over_it(make_stage: MakeStage, width: int, room: int) -> None:
    stage = make_stage(width)
    shown = show(stage)
    shown.sources.buttons[0].click()
    QApplication.processEvents()
    source = stage.panel.tools.source
    assert source.geometry().right() == width - 1
    assert source.width() == (width if width == 420 else WIDTH)
    assert stage.panel.composer.geometry().right() < width - room
    source.leave()
    assert stage.panel._column.contentsMargins().right() == 0


def test_the_address_is_opened_only_after_a_question(make_stage: MakeStage) -> None:
    stage = make_stage(1300)
    show(stage).sources.buttons[0].click()
    stage.panel.tools.source.open_button.click()
    (question,) = stage.panel.window().findChildren(LinkQuestion)
    assert PAGE.url in question.address.text().replace("\u200b", "").replace("<b>", "").replace(
        "</b>", ""
    )
    question.reject()


def test_a_page_that_is_gone_and_lines_that_are_not_there_are_said(
    make_stage: MakeStage, pages: Pages
) -> None:
    stage = make_stage(1300)
    shown = show(stage, "x【3†L900】")
    shown._follow_citation("cite:3-900-900")
    source = stage.panel.tools.source
    pages.answer(SourcePage(3, PAGE.url, PAGE.title, LINES))
    assert source.note.text() == "The answer names lines that the page does not have."
    shown._follow_citation("cite:3-900-900")
    pages.answer(None)
    assert source.note.text() == "This page is no longer kept with the chat."


def test_a_page_that_comes_after_another_was_asked_for_is_not_shown(
    make_stage: MakeStage, pages: Pages
) -> None:
    stage = make_stage(1300)
    shown = show(stage)
    shown._follow_citation("cite:3-10-12")
    shown._follow_citation("cite:3-5-5")
    pages.answer(SourcePage(3, "", "late", ("late",)))
    assert "late" not in stage.panel.tools.source.text.toPlainText()
    pages.answer(SourcePage(3, PAGE.url, PAGE.title, LINES))
    assert stage.panel.tools.source.text.marked == range(5, 6)


def test_an_earlier_answers_page_can_be_cited(make_stage: MakeStage, pages: Pages) -> None:
    stage = make_stage(1300)
    messages = (user(1, "q"), answer(2, "Read.", calls=(READ,)), user(3, "q"))
    later = answer(4, "As said【3†L1】.")
    stage.panel.apply(ChatOpened(CHAT, (*messages, later)))
    stage.answer(4)._follow_citation("cite:3-1-1")
    assert [(one[0], one[1]) for one in pages.asked] == [(2, 0)]


def test_half_a_citation_is_held_back_while_it_streams(make_stage: MakeStage) -> None:
    stage = make_stage(900)
    shown = stage.begin_answer()
    shown.put_call(READ)
    seen = []
    for piece in ("Heat spreads【", "3†L1", "0】 far", "【x"):
        stage.say(piece)
        seen.append(shown.body.segments[0].text.toPlainText())  # type: ignore[attr-defined]  # text
    chip = "\u00a01\u00a0docs.example.org\u00a0"
    plain = [one.replace(chip, "¤").replace(chip.replace("\u00a0", " "), "¤") for one in seen]
    assert plain == ["Heat spreads", "Heat spreads", "Heat spreads ¤ far", "Heat spreads ¤ far【x"]
    text = "Heat spreads【3†L10】 far【x"
    stage.panel.apply(MessageEnded(answer(2, text, calls=(READ,))))
    assert [button.text() for button in shown.sources.buttons] == ["1  docs.example.org"]


def test_the_list_names_what_is_cited_then_what_was_only_read(make_stage: MakeStage) -> None:
    stage = make_stage(900)
    other = PageRef(4, "https://www.example.net/b", "B")
    again = PageRef(5, "https://www.example.net/b", "B")
    calls = (READ, call(OPEN, number=1, page=other), call(OPEN, number=2, page=again))
    message = answer(2, "x【3†L1】", calls=calls)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), message)))
    shown = stage.answer(2)
    assert [one.text() for one in shown.sources.buttons] == ["1  docs.example.org", "example.net"]
    assert shown.sources.buttons[0].accessibleName() == (
        "Source 1  docs.example.org: The heat equation"
    )
