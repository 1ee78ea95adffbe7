from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.markdown.blocks import TableBlock
from ui.markdown.code_segment import FOLD_ABOVE, CodeSegment
from ui.markdown.column import MarkdownColumn
from ui.markdown.context import MarkdownContext
from ui.markdown.formula_segment import FormulaSegment
from ui.markdown.parser import MarkdownParser
from ui.markdown.rich_text import RichText
from ui.markdown.table_segment import TableSegment, table_html
from ui.markdown.text_segment import TextSegment
from ui.theme.theme import Theme
from ui.theme.tokens import LIGHT

WIDTH = 600
Show = Callable[[str], MarkdownColumn]


@pytest.fixture
def column(
    qtbot: QtBot, context: MarkdownContext, parser: MarkdownParser
) -> Iterator[MarkdownColumn]:
    host = QWidget()
    host.resize(WIDTH + 40, 2000)
    qtbot.addWidget(host)
    made = MarkdownColumn(context, parser, parent=host)
    host.show()
    yield made
    host.close()  # keeps a reference to it until here


@pytest.fixture
def show(column: MarkdownColumn) -> Show:
    """Show a finished text and lay it out."""

    def shown(text: str) -> MarkdownColumn:
        column.set_markdown(text)
        column.setGeometry(20, 20, WIDTH, column.fit(WIDTH))
        return column

    return shown


def grow(column: MarkdownColumn, text: str) -> None:
    column.add(text)
    column.flush()
    column.setGeometry(20, 20, WIDTH, column.fit(WIDTH))


def texts(column: MarkdownColumn) -> list[RichText]:
    return [part.text for part in column.segments if isinstance(part, TextSegment)]


def pixel(widget: QWidget, x: int, y: int) -> str:
    image: QImage = widget.grab().toImage()
    return image.pixelColor(x, y).name().upper()


def test_each_block_has_its_own_widget(show: Show) -> None:
    column = show("a\n\n```py\nx\n```\n\n$$y$$\n\n|a|\n|-|\n|b|\n\nz")
    assert [type(part) for part in column.segments] == [
        TextSegment,
        CodeSegment,
        FormulaSegment,
        TableSegment,
        TextSegment,
    ]


def test_only_what_changed_is_replaced_while_text_grows(column: MarkdownColumn) -> None:
    grow(column, "one\n\n```py\nx = 1\n```\n\ntwo")
    before = list(column.segments)
    grow(column, " three")
    assert column.segments == before
    column.finish("one\n\n```py\nx = 1\n```\n\ntwo three")
    assert column.segments == before


def test_a_paragraph_that_turns_into_a_table_changes_its_widget(column: MarkdownColumn) -> None:
    grow(column, "| a | b |\n")
    assert isinstance(column.segments[0], TextSegment)
    grow(column, "|---|---|\n| 1 | 2 |")
    assert isinstance(column.segments[0], TableSegment)


def test_segments_stand_below_each_other_and_inside_the_width(show: Show) -> None:
    column = show("a\n\n- b\n  ```py\n  x\n  ```\n\n# c\n\n> d\n\n---\n\n|e|\n|-|\n|f|")
    bottom = 0
    for segment in column.segments:
        assert segment.y() >= bottom
        assert segment.height() > 0
        assert segment.x() + segment.width() <= WIDTH
        bottom = segment.y() + segment.height()
    assert bottom == column.height()


@pytest.mark.parametrize("width", [300, 388, 736])
def test_no_line_of_text_is_cut_off(show: Show, width: int) -> None:
    long_word = "x" * 300
    column = show(f"Some words that wrap over lines. {long_word}\n\n- item {long_word}\n\n> quote")
    column.fit(width)
    for text in texts(column):
        assert text.document().size().width() <= width + 1
        assert text.document().size().height() <= text.height()


def test_images_are_not_loaded(show: Show) -> None:
    column = show("![secret](https://tracker.example/p.png) ![x](file:///etc/hostname)")
    text = texts(column)[0]
    assert "Image: secret" in text.toPlainText()
    assert "\ufffc" not in text.toPlainText()
    assert text.loadResource(2, "https://tracker.example/p.png") is None


def test_html_is_shown_as_it_was_written(show: Show) -> None:
    column = show('<img src="https://a.example/x.png"> <b>not bold</b> &amp; <script>x</script>')
    shown = texts(column)[0].toPlainText()
    assert '<img src="https://a.example/x.png"> <b>not bold</b> &' in shown
    assert "<script>x</script>" in shown


def test_a_click_on_a_link_only_asks(show: Show, qtbot: QtBot, followed: list[str]) -> None:
    column = show("[the docs](https://docs.example/page)")
    text = texts(column)[0]
    cursor = QTextCursor(text.document())
    cursor.setPosition(4)
    at = text.cursorRect(cursor).center()
    assert text.anchorAt(at) == "https://docs.example/page"
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert followed == ["https://docs.example/page"]
    assert text.toPlainText() == "the docs"


def test_the_keyboard_reaches_links_and_skips_plain_text(
    show: Show, qtbot: QtBot, followed: list[str]
) -> None:
    column = show("plain words")
    assert texts(column)[0].focusPolicy() == Qt.FocusPolicy.ClickFocus
    column = show("[the docs](https://docs.example/page)")
    text = texts(column)[0]
    assert text.focusPolicy() == Qt.FocusPolicy.StrongFocus
    text.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(text, Qt.Key.Key_Tab)
    qtbot.keyClick(text, Qt.Key.Key_Return)
    assert followed == ["https://docs.example/page"]


def test_right_to_left_text_stands_at_the_right(show: Show) -> None:
    column = show("مرحبا بالعالم\n\nleft")
    text = texts(column)[0]
    first = text.document().firstBlock()
    assert first.textDirection() == Qt.LayoutDirection.RightToLeft
    cursor = QTextCursor(first)
    assert text.cursorRect(cursor).x() > WIDTH / 2
    assert text.document().lastBlock().textDirection() == Qt.LayoutDirection.LeftToRight


def test_code_stays_left_to_right(show: Show) -> None:
    column = show("```\nשלום = 1\n```")  # noqa: RUF001 - Hebrew
    code = column.segments[0]
    assert isinstance(code, CodeSegment)
    block = code.text.document().firstBlock()
    assert code.text.cursorRect(QTextCursor(block)).x() < WIDTH / 2


def test_growing_code_keeps_what_is_there_and_gets_its_colours(column: MarkdownColumn) -> None:
    source = "def f(a):\n    return 'text' + str(1)\n\n\nclass A:\n    pass\n"
    whole = f"```python\n{source * 20}```"
    start = 0
    steps = random.Random(3)
    while start < len(whole):
        size = steps.randint(1, 40)
        grow(column, whole[start : start + size])
        start += size
    code = column.segments[0]
    assert isinstance(code, CodeSegment)
    assert code.text.toPlainText() == (source * 20).removesuffix("\n")
    fresh = MarkdownColumn(column._context, MarkdownParser(), parent=column)
    fresh.set_markdown(whole)
    complete = fresh.segments[0]
    assert isinstance(complete, CodeSegment)
    assert code.text.colored_lines == complete.text.colored_lines
    formats = code.text.document().firstBlock().layout().formats()
    assert [form.start for form in formats][:2] == [0, 4]


def test_a_string_that_began_long_ago_has_its_colour_when_the_code_ends(
    column: MarkdownColumn,
) -> None:
    body = '"""\n' + "words in a string\n" * 100
    grow(column, f"```python\n{body}")
    grow(column, '"""\n```')
    code = column.segments[0]
    assert isinstance(code, CodeSegment)
    roles = {span.role for line in code.text.colored_lines for span in line}
    assert roles == {"code_string"}
    layout = code.text.document().findBlockByNumber(50).layout()
    assert layout.formats()


def test_long_code_begins_folded_but_never_while_it_grows(
    show: Show, column: MarkdownColumn, qtbot: QtBot
) -> None:
    source = "```py\n" + "x = 1\n" * (FOLD_ABOVE + 10)
    grow(column, source)
    code = column.segments[0]
    assert isinstance(code, CodeSegment)
    assert code.fold_button.isHidden()
    column.set_markdown("")
    show(source + "```")
    code = column.segments[0]
    assert isinstance(code, CodeSegment)
    assert code.fold_button.text() == f"Show all {FOLD_ABOVE + 10} lines"
    folded = column.fit(WIDTH)
    with qtbot.waitSignal(column.height_changed):
        qtbot.mouseClick(code.fold_button, Qt.MouseButton.LeftButton)
    assert column.fit(WIDTH) > folded


def test_copying_code_gives_exactly_the_code(show: Show, qtbot: QtBot, copied: list[str]) -> None:
    column = show("```py\n\tx = '한글 😀'\n\n```")
    code = column.segments[0]
    assert isinstance(code, CodeSegment)
    qtbot.mouseClick(code.copy_button, Qt.MouseButton.LeftButton)
    assert copied == ["\tx = '한글 😀'\n"]
    assert code.copy_button.accessibleName() == "Copied"


def test_long_code_lines_scroll_sideways(show: Show) -> None:
    column = show("```\n" + "long " * 100 + "\n```")
    code = column.segments[0]
    assert isinstance(code, CodeSegment)
    assert code.text.horizontalScrollBar().maximum() > 0
    assert code.text.document().blockCount() == 1


def test_formulas_take_the_place_of_their_source(
    column: MarkdownColumn, show: Show, qtbot: QtBot
) -> None:
    show("Let $x_1$ be.\n\n$$\\frac{a}{b}$$")
    block = column.segments[1]
    assert isinstance(block, FormulaSegment)
    assert "x_1" in texts(column)[0].toPlainText()
    assert not block.is_drawn

    def both_are_drawn() -> None:
        column.fit(WIDTH)
        assert texts(column)[0].toPlainText() == "Let \ufffc be."
        assert block.is_drawn

    qtbot.waitUntil(both_are_drawn, timeout=20_000)


def test_a_copied_selection_holds_the_formula_as_latex(show: Show, qtbot: QtBot) -> None:
    column = show("Let $x_1$ and $y$ be `code`.")
    text = texts(column)[0]
    qtbot.waitUntil(lambda: text.toPlainText().count("\ufffc") == 2, timeout=20_000)
    text.selectAll()
    text.copy()
    assert QApplication.clipboard().text() == "Let $x_1$ and $y$ be code."


def test_a_formula_that_cannot_be_drawn_keeps_its_source(show: Show, qtbot: QtBot) -> None:
    column = show("$$\\frac{$$\n\n$$x$$")
    broken, good = column.segments
    assert isinstance(broken, FormulaSegment)
    assert isinstance(good, FormulaSegment)

    def good_is_drawn() -> None:
        column.fit(WIDTH)
        assert good.is_drawn

    qtbot.waitUntil(good_is_drawn, timeout=20_000)
    assert not broken.is_drawn
    assert broken.source.toPlainText() == "\\frac{"


def test_numbers_stand_right_and_the_first_column_left(parser: MarkdownParser) -> None:
    block = parser.blocks("|n|time|what|\n|-|-|-|\n|1|0.5 ms|x|\n|2|1,200|7|\n")[0]
    assert isinstance(block, TableBlock)
    html = table_html(block, "#000000")
    assert '<td align="left" style="padding:6px 13px;border-top:1px solid #000000">1</td>' in html
    assert 'align="right" style="padding:6px 13px;border-top:1px solid #000000">1,200' in html
    assert 'align="left" style="padding:6px 13px;border-top:1px solid #000000">7</td>' in html


def test_a_wide_table_scrolls_instead_of_being_cut(show: Show) -> None:
    head = "|" + "|".join(f"LongColumnName{n}" for n in range(14)) + "|\n"
    column = show(head + "|-" * 14 + "|\n" + "|x" * 14 + "|\n")
    table = column.segments[0]
    assert isinstance(table, TableSegment)
    assert table.cells.horizontalScrollBar().maximum() > 0


def test_everything_takes_the_colours_of_a_new_theme(show: Show, theme: Theme) -> None:
    column = show("text\n\n```\ncode\n```")
    theme.set_mode("dark")
    QApplication.processEvents()
    column.setGeometry(20, 20, WIDTH, column.fit(WIDTH))
    code = column.segments[1]
    assert pixel(code, WIDTH - 60, code.height() // 2) == theme.colors.surface
    palette = texts(column)[0].palette()
    assert palette.text().color().name().upper() == theme.colors.text
    theme.set_mode("light")
    column.setGeometry(20, 20, WIDTH, column.fit(WIDTH))
    assert pixel(code, WIDTH - 60, code.height() // 2) == theme.colors.surface


def test_lines_of_a_table_take_the_colour_of_a_new_theme(show: Show, theme: Theme) -> None:
    (table,) = show("| a | b |\n|---|---|\n| 1 | 2 |").findChildren(TableSegment)
    theme.set_mode("dark")
    html = table.cells.document().toHtml().upper()
    assert theme.colors.border.upper() in html
    assert LIGHT.border.upper() not in html
    theme.set_mode("light")
    assert LIGHT.border.upper() in table.cells.document().toHtml().upper()


def test_text_grows_with_the_users_text_size(show: Show, theme: Theme) -> None:
    column = show("A paragraph that is long enough to wrap. " * 4 + "\n\n```\ncode\n```")
    before = column.height()
    theme.set_text_scale(2.0)
    QApplication.processEvents()
    assert column.fit(WIDTH) > 1.5 * before


def test_the_mouse_wheel_is_left_to_the_conversation(show: Show) -> None:
    column = show("text\n\n```\n" + "long " * 100 + "\n```\n\n|a|\n|-|\n|b|")
    code, table = column.segments[1], column.segments[2]
    assert isinstance(code, CodeSegment)
    assert isinstance(table, TableSegment)
    for widget in (texts(column)[0], code.text, table.cells):
        event = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(0, 0),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        widget.wheelEvent(event)
        assert not event.isAccepted()
