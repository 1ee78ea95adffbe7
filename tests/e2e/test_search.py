"""Searching in the real window: all chats, then the open one, also after a restart."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.chats.ids import MessageId
from tests.e2e.conftest import Driver, OpenWindow
from ui.chat.find.bar import FindBar
from ui.chat.find.shown_texts import text_views
from ui.search.results import ResultsList
from ui.search.results_model import ResultRole, RowKind


def press(driver: Driver, key: Qt.Key, *, control: bool = False) -> None:
    """A key for whatever has the focus."""
    modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(QApplication.focusWidget() or driver.window, key, modifier)


def search(driver: Driver, text: str) -> ResultsList:
    """Press Ctrl+K, type, and wait for what is found."""
    press(driver, Qt.Key.Key_K, control=True)
    driver.qtbot.keyClicks(QApplication.focusWidget(), text)
    driver.wait(lambda: bool(driver.shown(ResultsList)))
    (results,) = driver.shown(ResultsList)
    return results


def found(results: ResultsList) -> list[str]:
    """The messages."""
    rows = (results.model().index(number, 0) for number in range(results.model().rowCount()))
    whole = [row.data(ResultRole.ROW) for row in rows]
    return [row.text for row in whole if row.kind is RowKind.MESSAGE]


def pointed_out(driver: Driver, message_id: MessageId) -> list[str]:
    widget = driver.session.window.panel.view.widget_of(message_id)
    assert widget is not None
    selections = [one for view in text_views(widget) for one in view.extraSelections()]
    return [one.cursor.selectedText() for one in selections]


def is_in_view(driver: Driver, widget: QWidget | None) -> bool:
    viewport = driver.session.window.panel.view.viewport()
    top = widget.mapTo(viewport, QPoint(0, 0)).y() if widget is not None else -1
    return 0 <= top < viewport.height()


def test_what_was_said_is_found_and_gone_to(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.wait_until_ready()
    driver.say("My name is Sam.")
    (question,) = [
        one for one in driver.session.service._open.branch if one.text == "My name is Sam."
    ]
    for number in range(4):
        driver.say(f"What is 3 + {number}?")
    press(driver, Qt.Key.Key_N, control=True)
    driver.say("Hello")

    results = search(driver, "sam.")
    assert "My name is Sam." in found(results)
    press(driver, Qt.Key.Key_Down)
    while results.currentIndex().data(ResultRole.ROW).message_id != question.id:
        press(driver, Qt.Key.Key_Down)  # past the chat of the same title
    press(driver, Qt.Key.Key_Return)
    view = driver.session.window.panel.view
    driver.wait(lambda: view.widget_of(question.id) is not None)
    driver.wait(lambda: is_in_view(driver, view.widget_of(question.id)))
    assert pointed_out(driver, question.id) == ["Sam"]

    press(driver, Qt.Key.Key_F, control=True)
    (bar,) = driver.shown(FindBar)
    driver.qtbot.keyClicks(QApplication.focusWidget(), "what is")
    driver.wait(lambda: bar.count.text().endswith(" of 4"))
    press(driver, Qt.Key.Key_Escape)
    assert not driver.shown(FindBar)
    driver.session.close()

    again = open_window()
    again.wait_until_ready()
    assert "My name is Sam." in found(search(again, "sam"))
