from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor, QTextCursor
from PySide6.QtWidgets import QApplication, QScrollArea, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.theme.test_tokens import contrast
from ui.markdown.code_segment import CodeSegment
from ui.markdown.column import MarkdownColumn
from ui.markdown.context import MarkdownContext
from ui.markdown.formula_segment import FormulaSegment
from ui.markdown.parser import MarkdownParser
from ui.markdown.selected_ground import selected_ground
from ui.markdown.selection import SCOPE
from ui.markdown.table_segment import TableSegment
from ui.markdown.text_segment import TextSegment
from ui.theme.theme import Theme

WIDTH = 600
LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
TEXT = "First *words*.\n\n```py\nx = 1\ny = 2\n```\n\nLast **words**."
Show = Callable[[str], MarkdownColumn]


@pytest.fixture
def show(qtbot: QtBot, context: MarkdownContext, parser: MarkdownParser) -> Iterator[Show]:
    """Show a text as a message of its own, with the focus in the window."""
    host = QWidget()
    host.setProperty(SCOPE, True)
    host.resize(WIDTH + 40, 900)
    qtbot.addWidget(host)
    column = MarkdownColumn(context, parser, parent=host)
    host.show()
    host.activateWindow()

    def shown(text: str) -> MarkdownColumn:
        column.set_markdown(text)
        column.setGeometry(20, 20, WIDTH, column.fit(WIDTH))
        return column

    yield shown
    host.close()


def views(column: MarkdownColumn) -> list[QTextEdit]:
    found: list[QTextEdit] = []
    for part in column.segments:
        if isinstance(part, TextSegment | CodeSegment):
            found.append(part.text)
        elif isinstance(part, TableSegment):
            found.append(part.cells)
    return found


def place(view: QTextEdit, position: int) -> QPoint:
    """Where a letter begins, in the view's viewport."""
    cursor = QTextCursor(view.document())
    cursor.setPosition(position)
    return view.cursorRect(cursor).center()


def drag(qtbot: QtBot, start: tuple[QTextEdit, int], end: tuple[QTextEdit, int]) -> None:
    view = start[0]
    goal = view.viewport().mapFromGlobal(end[0].viewport().mapToGlobal(place(*end)))
    qtbot.mousePress(view.viewport(), LEFT, pos=place(*start))
    qtbot.mouseMove(view.viewport(), pos=goal)
    qtbot.mouseRelease(view.viewport(), LEFT, pos=goal)


def copied(qtbot: QtBot, view: QTextEdit) -> str:
    """What Ctrl+C gives."""
    QApplication.clipboard().clear()
    qtbot.keyClick(view, Qt.Key.Key_C, CONTROL)
    return QApplication.clipboard().text()


def selected(view: QTextEdit) -> str:
    return view.textCursor().selectedText()


def test_the_mouse_selects_from_a_paragraph_through_code_to_another(
    show: Show, qtbot: QtBot
) -> None:
    first, code, last = views(show(TEXT))
    drag(qtbot, (first, 6), (last, 4))
    assert [selected(first), selected(last)] == ["words.", "Last"]
    assert copied(qtbot, first) == "words.\n\nx = 1\ny = 2\n\nLast"
    assert code.textCursor().hasSelection()


def test_the_mouse_selects_upwards_too(show: Show, qtbot: QtBot) -> None:
    first, _, last = views(show(TEXT))
    drag(qtbot, (last, 4), (first, 6))
    assert copied(qtbot, last) == "words.\n\nx = 1\ny = 2\n\nLast"


def test_a_selection_that_comes_back_leaves_nothing_behind(show: Show, qtbot: QtBot) -> None:
    first, code, last = views(show(TEXT))
    view = first.viewport()
    beyond = view.mapFromGlobal(last.viewport().mapToGlobal(place(last, 4)))
    qtbot.mousePress(view, LEFT, pos=place(first, 0))
    qtbot.mouseMove(view, pos=beyond)
    assert selected(last) == "Last"
    qtbot.mouseMove(view, pos=place(first, 5))
    qtbot.mouseRelease(view, LEFT, pos=place(first, 5))
    assert not selected(code)
    assert not selected(last)
    assert copied(qtbot, first) == "First"


def test_a_click_takes_the_selection_away(show: Show, qtbot: QtBot) -> None:
    first, code, last = views(show(TEXT))
    drag(qtbot, (first, 0), (last, 4))
    qtbot.mouseClick(code.viewport(), LEFT, pos=place(code, 2))
    assert [selected(one) for one in (first, code, last)] == ["", "", ""]


def test_shift_and_a_click_select_up_to_there(show: Show, qtbot: QtBot) -> None:
    first, _, last = views(show(TEXT))
    qtbot.mouseClick(first.viewport(), LEFT, pos=place(first, 6))
    qtbot.mouseClick(last.viewport(), LEFT, SHIFT, place(last, 4))
    assert copied(qtbot, first) == "words.\n\nx = 1\ny = 2\n\nLast"


def test_control_a_selects_the_whole_message(show: Show, qtbot: QtBot) -> None:
    _, code, _ = views(show(TEXT))
    code.setFocus()
    qtbot.keyClick(code, Qt.Key.Key_A, CONTROL)
    assert copied(qtbot, code) == "First words.\n\nx = 1\ny = 2\n\nLast words."


def test_shift_and_arrows_go_on_in_the_next_text_and_back(show: Show, qtbot: QtBot) -> None:
    first, code, _ = views(show(TEXT))
    first.setFocus()
    first.moveCursor(QTextCursor.MoveOperation.End)
    for _ in range(3):
        qtbot.keyClick(first, Qt.Key.Key_Right, SHIFT)
    assert selected(code) == "x "
    assert copied(qtbot, first) == "x "
    for _ in range(5):
        qtbot.keyClick(first, Qt.Key.Key_Left, SHIFT)
    assert not selected(code)
    assert copied(qtbot, first) == "s."


def test_shift_and_down_reach_the_end_of_the_message(show: Show, qtbot: QtBot) -> None:
    first, _, last = views(show(TEXT))
    first.setFocus()
    first.moveCursor(QTextCursor.MoveOperation.Start)
    for _ in range(5):
        qtbot.keyClick(first, Qt.Key.Key_Down, SHIFT)
    assert selected(last) == "Last words."
    assert copied(qtbot, first).startswith("First words.\n\nx = 1")
    qtbot.keyClick(first, Qt.Key.Key_Home, SHIFT | CONTROL)
    assert not selected(last)


def test_the_caret_walks_through_all_texts(show: Show, qtbot: QtBot) -> None:
    first, code, last = views(show(TEXT))
    first.setFocus()
    first.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(first, Qt.Key.Key_Down)
    assert code.hasFocus()
    qtbot.keyClick(code, Qt.Key.Key_Down)
    qtbot.keyClick(code, Qt.Key.Key_Down)
    assert last.hasFocus()
    last.moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.keyClick(last, Qt.Key.Key_Left)
    assert code.hasFocus()
    assert code.textCursor().atEnd()


def test_an_arrow_ends_a_selection_where_it_got_to(show: Show, qtbot: QtBot) -> None:
    first, _, last = views(show(TEXT))
    drag(qtbot, (first, 0), (last, 4))
    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert last.hasFocus()
    assert last.textCursor().position() == 4
    assert not selected(first)


def test_a_drawn_formula_between_texts_is_copied_as_latex(show: Show, qtbot: QtBot) -> None:
    column = show("Above $y$.\n\n$$x^2$$\n\nBelow.")
    formula = column.segments[1]
    assert isinstance(formula, FormulaSegment)

    def is_drawn() -> bool:
        column.setGeometry(20, 20, WIDTH, column.fit(WIDTH))
        return formula.is_drawn

    qtbot.waitUntil(is_drawn, timeout=20_000)
    first, last = views(column)
    before = formula.grab().toImage()
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_A, CONTROL)
    assert copied(qtbot, first) == "Above $y$.\n\n$$x^2$$\n\nBelow."
    assert formula.grab().toImage() != before
    qtbot.mouseClick(last.viewport(), LEFT, pos=place(last, 1))
    assert formula.grab().toImage() == before


def test_a_table_is_copied_by_rows_and_tabs(show: Show, qtbot: QtBot) -> None:
    column = show("Above.\n\n|a|b|\n|-|-|\n|1|**2**|\n\nBelow.")
    first, cells, _ = views(column)
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_A, CONTROL)
    assert copied(qtbot, first) == "Above.\n\na\tb\n1\t2\n\nBelow."
    assert "<table><tr><td>a</td><td>b</td></tr>" in QApplication.clipboard().mimeData().html()
    cursor = QTextCursor(cells.document())
    cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
    cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor)
    qtbot.mouseClick(cells.viewport(), LEFT, pos=place(cells, 1))
    cells.setTextCursor(cursor)
    assert copied(qtbot, cells) == "a"


def test_what_is_pasted_elsewhere_has_structure_and_no_colours(show: Show, qtbot: QtBot) -> None:
    column = show(
        "Some **bold** and `code` [link](https://example.org).\n\n- one\n- two\n\n> said\n\n"
        "```py\na < b\n```"
    )
    first = views(column)[0]
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_A, CONTROL)
    plain = copied(qtbot, first)
    html = QApplication.clipboard().mimeData().html()
    assert plain == "Some bold and code link.\n\n• one\n• two\n\nsaid\n\na < b"
    assert '<p>Some <b>bold</b> and <code>code</code> <a href="https://example.org">' in html
    assert "<ul><li>one</li><li>two</li></ul><blockquote><p>said</p></blockquote>" in html
    assert "<pre><code>a &lt; b</code></pre>" in html
    assert "color" not in html
    assert "font" not in html


@pytest.mark.parametrize(
    ("text", "letters"),
    [("가나다라마", "나다"), ("a👩‍👩‍👧b", "👩‍👩‍👧"), ("xe\u0301z", "e\u0301")],
    ids=["Korean", "a family of one letter", "a combining mark"],
)
def test_letters_of_several_parts_are_selected_whole(
    show: Show, qtbot: QtBot, text: str, letters: str
) -> None:
    (view,) = views(show(text))
    view.setFocus()
    view.moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    for _ in range(2 if letters == "나다" else 1):
        qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
    assert copied(qtbot, view) == letters


def test_text_from_right_to_left_stands_right_and_left_leads_on(show: Show, qtbot: QtBot) -> None:
    first, second = views(show("שלום\n\n```\nx\n```"))
    first.setFocus()
    first.moveCursor(QTextCursor.MoveOperation.Start)
    assert place(first, 0).x() > place(first, 3).x() > WIDTH // 2
    first.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(first, Qt.Key.Key_Left)
    assert second.hasFocus()


def test_a_long_code_line_stays_where_it_was_scrolled_to(show: Show, qtbot: QtBot) -> None:
    first, code, _ = views(show("Above.\n\n```\n" + "long " * 100 + "\n```\n\nBelow."))
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_A, CONTROL)
    assert code.horizontalScrollBar().maximum() > 0
    assert code.horizontalScrollBar().value() == 0


def test_a_pointer_below_the_view_scrolls_on_and_selects(
    qtbot: QtBot, context: MarkdownContext, parser: MarkdownParser
) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    canvas = QWidget()
    canvas.setProperty(SCOPE, True)
    column = MarkdownColumn(context, parser, parent=canvas)
    column.set_markdown("\n\n".join(f"Paragraph {n}.\n\n```\ncode {n}\n```" for n in range(20)))
    column.setGeometry(0, 0, 400, column.fit(400))
    canvas.resize(column.size())
    area.setWidget(canvas)
    area.resize(420, 200)
    area.show()
    first = views(column)[0]
    below = area.viewport().mapToGlobal(QPoint(40, area.viewport().height() + 60))
    qtbot.mousePress(first.viewport(), LEFT, pos=place(first, 0))
    QCursor.setPos(below)  # the timer asks where the pointer is
    inside = first.viewport().mapFromGlobal(below)
    qtbot.mouseMove(first.viewport(), pos=inside)
    qtbot.waitUntil(lambda: area.verticalScrollBar().value() > 200, timeout=5000)
    qtbot.mouseRelease(first.viewport(), LEFT, pos=inside)
    stopped = area.verticalScrollBar().value()
    assert copied(qtbot, first).count("Paragraph") > 1
    assert area.verticalScrollBar().value() == stopped
    area.close()


@pytest.mark.parametrize("look", ["light", "dark", "high_contrast"])
def test_what_is_selected_stays_readable(theme: Theme, look: str) -> None:
    theme.set_mode(look)
    ground, ink = selected_ground(theme), theme.color("text")
    assert contrast(ground.name(), ink.name()) >= 4.5
    assert ground.name() != theme.color("bg").name()
    theme.set_mode("light")
