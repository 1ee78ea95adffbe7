from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.card.comparison import Verdict
from app.card.reading import read_card
from tests.ui.settings.conftest import Room
from tools.random_model.header import GPT_OSS_20B, write_header
from ui.card.bars import Bars
from ui.card.page import CardPage
from ui.card.rows import FactRow, FigureRow, StatementRow
from ui.card.section import ReadSection
from ui.settings.screen import SettingsScreen


def row_of(page: CardPage, name: str) -> FactRow:
    (found,) = [row for row in page.findChildren(FactRow) if row.name.text() == name]
    return found


def test_every_fact_statement_and_figure_of_the_card_is_on_the_page(page: CardPage) -> None:
    card = read_card()
    facts = [fact for group in card.groups for fact in group.facts]
    said = [one for section in card.sections for one in section.statements]
    figures = [one for section in card.sections for one in section.figures]
    assert len(page.findChildren(FactRow)) == len(facts)
    assert len(page.findChildren(StatementRow)) == len(said)
    assert len(page.findChildren(FigureRow)) == len(figures)
    assert len(page.sections) == len(card.groups) + len(card.sections)
    assert all("measured" in row.whose.text() for row in page.findChildren(FigureRow))
    texts = [row.said.text() for row in page.findChildren(StatementRow)]
    assert all(text.endswith("]") for text in texts)


def test_a_fact_stands_beside_that_of_the_practice_model(page: CardPage) -> None:
    layers = row_of(page, "Layers")
    assert (layers.card.text(), layers.file.text()) == ("24", "4")
    assert layers.verdict.text() == "differs"
    assert row_of(page, "Vocabulary").verdict.text() == "agrees"
    assert row_of(page, "Knows the world until").verdict.text() == "not in the file"
    assert "practice model" in page.summary.text()
    assert layers.accessibleName() == "Layers: Card 24, This file 4, differs"


def test_only_of_another_model_each_difference_is_explained(
    page: CardPage, room: Room, tmp_path: Path
) -> None:
    assert "GGUF" not in row_of(page, "Size of the file").meaning.text()
    room.model_file = tmp_path / "full.gguf"
    write_header(room.model_file, GPT_OSS_20B, None)
    page.refresh()
    size = next(row for row in page.sections[2].findChildren(FactRow) if "Size" in row.name.text())
    assert "A GGUF file keeps" in size.meaning.text()
    differing = [
        row
        for section in page.sections
        for row in section.findChildren(FactRow)
        if row.verdict.text() == "differs"
    ]
    assert differing == [size]
    assert page.file.text() == "gpt-oss-20b random"
    assert "practice" not in page.summary.text()


def test_what_cannot_be_read_is_told_and_nothing_is_compared(page: CardPage, room: Room) -> None:
    room.model_file = Path("/nowhere/model.gguf")
    page.refresh()
    assert page.summary.text() == (
        "The model file is not there any more. Choose another file, or put it back."
    )
    assert page.sections == ()
    assert not page.copy.isEnabled()


def test_the_whole_card_can_be_copied(page: CardPage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert "Layers: card 24, file 4: differs" in text
    assert "Open weights cannot be called back" in text


def test_tab_goes_through_the_sections_and_shows_each_from_its_heading(
    page: CardPage, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: page.verticalScrollBar().maximum() > 2000)
    page.copy.setFocus(Qt.FocusReason.TabFocusReason)
    at: QWidget = page.copy
    for section in page.sections[:-1]:
        qtbot.keyClick(at, Qt.Key.Key_Tab)
        assert section.hasFocus()
        at = section
        top = section.mapTo(page.viewport(), section.rect().topLeft()).y()
        assert 0 <= top < page.viewport().height() // 2
    before = page.verticalScrollBar().value()
    qtbot.keyClick(at, Qt.Key.Key_PageUp)
    assert page.verticalScrollBar().value() < before


def test_the_page_opens_no_window_of_its_own(page: CardPage, screen: SettingsScreen) -> None:
    page.refresh()
    assert [one for one in QApplication.topLevelWidgets() if one.isVisible()] == [screen]
    assert screen.isActiveWindow()


def test_a_screen_reader_hears_sections_and_numbers(page: CardPage) -> None:
    sections = [one for one in page.sections if isinstance(one, ReadSection)]
    assert [one.accessibleName() for one in sections][:2] == [
        "How it is built",
        "How it looks back over a text",
    ]
    assert all(len(one.accessibleDescription()) > 100 for one in sections)
    bars = [one for one in page.findChildren(Bars) if "PaperBench" in one.accessibleName()]
    assert bars[0].accessibleDescription() == "gpt-oss-20b 7 %, gpt-oss-120b 11 %, o4-mini 25 %"


@pytest.mark.parametrize("width", [420, 760, 1280])
def test_nothing_is_cut_at_any_width(
    screen: SettingsScreen, page: CardPage, qtbot: QtBot, width: int
) -> None:
    screen.resize(width, 800)
    page.settle()
    inner = page._inner
    qtbot.waitUntil(lambda: inner.width() == page.viewport().width())
    qtbot.waitUntil(lambda: not [label for label in page.findChildren(QLabel) if is_cut(label)])
    for label in page.findChildren(QLabel):
        if label.isVisible():
            right = label.mapTo(inner, label.rect().topRight()).x()
            assert right <= inner.width(), label.text()


def is_cut(label: QLabel) -> bool:
    """Whether some lines of a wrapped text have no room."""
    if not label.isVisible() or not label.wordWrap():
        return False
    return label.height() < label.heightForWidth(label.width())


def test_in_korean_it_is_all_korean(korean_page: CardPage) -> None:
    texts = [row.said.text() for row in korean_page.findChildren(StatementRow)]
    texts += [row.name.text() for row in korean_page.findChildren(FactRow)]
    texts += [row.meaning.text() for row in korean_page.findChildren(FactRow)]
    texts.append(korean_page.summary.text())
    assert [text for text in texts if not any("가" <= sign <= "힣" for sign in text)] == []
    verdicts = {row.verdict.text() for row in korean_page.findChildren(FactRow)}
    assert verdicts == {"같음", "다름", "파일에 없음"}
    assert len(verdicts) == len(Verdict)
