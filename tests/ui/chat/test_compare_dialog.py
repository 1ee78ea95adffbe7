from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatOpened
from app.chats.ids import MessageId
from app.words import Words
from engine.harmony.messages import Effort
from tests.ui.chat.stage import CHAT, Stage, answer, user
from ui.chat.compare_dialog import CompareDialog
from ui.theme.theme import Theme

LEFT = Qt.MouseButton.LeftButton
VERSIONS = (
    answer(4, "The **first** one.", effort=Effort.LOW),
    answer(7, "The second one.", effort=Effort.HIGH),
    answer(9, "The third one.\n\n" + "Words and words. " * 400),
)
Compare = Callable[..., CompareDialog]


@pytest.fixture
def compare(make_panel: Callable[..., Stage], theme: Theme, qtbot: QtBot) -> Compare:
    """Compare the versions of an answer, of which one is in the chat."""

    def opened(shown: int, width: int, words: Words) -> CompareDialog:
        stage = make_panel(width, 700, words)
        stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), VERSIONS[0])))
        dialog = CompareDialog(
            theme, words, VERSIONS, MessageId(shown), stage.panel.view.reach.make_loose, stage.panel
        )
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return opened


def said(dialog: CompareDialog) -> list[str]:
    texts = []
    for side in dialog.sides:
        assert side.sheet.answer is not None
        texts.append(side.sheet.answer.markdown.split("\n")[0])
    return texts


def test_the_shown_version_stands_beside_another_in_their_order(
    compare: Compare, words: Words
) -> None:
    dialog = compare(7, 1200, words)
    assert said(dialog) == ["The **first** one.", "The second one."]
    first, second = dialog.sides
    assert first.facts.text().startswith("low effort, ")
    assert second.facts.text().endswith("thought for 12 s  ·  wrote for 10 s  ·  412 tokens")
    assert second.accessibleName() == "Version 2 of 3"


def test_any_version_can_be_put_beside_any_other(
    compare: Compare, words: Words, qtbot: QtBot
) -> None:
    dialog = compare(4, 1200, words)
    first, second = dialog.sides
    qtbot.mouseClick(second.forth, LEFT)
    assert said(dialog)[1] == "The third one."
    assert not second.forth.isEnabled()
    assert second.sheet.verticalScrollBar().maximum() > 0
    assert second.sheet.verticalScrollBar().value() == 0
    assert not first.back.isEnabled()


def test_the_kept_version_is_told_and_the_dialog_closes(
    compare: Compare, words: Words, qtbot: QtBot
) -> None:
    dialog = compare(4, 1200, words)
    with qtbot.waitSignal(dialog.kept) as kept:
        qtbot.mouseClick(dialog.sides[1].keep, LEFT)
    assert kept.args == [7]
    assert not dialog.isVisible()


def test_either_version_is_copied_and_nothing_else_is_offered(
    compare: Compare, words: Words, qtbot: QtBot
) -> None:
    dialog = compare(4, 1200, words)
    shown = dialog.sides[0].sheet.answer
    assert shown is not None
    qtbot.mouseClick(shown.foot.copy_button, LEFT)
    assert QApplication.clipboard().text() == "The **first** one."
    assert not shown.foot.again_button.isVisible()
    assert not shown.foot.menu_button.isVisible()
    assert not shown.thoughts.is_open


@pytest.mark.parametrize(("width", "is_beside"), [(380, False), (1200, True), (2400, True)])
def test_both_fit_into_every_window(
    compare: Compare, korean: Words, width: int, is_beside: bool
) -> None:
    dialog = compare(4, width, korean)
    QApplication.processEvents()
    first, second = (side.geometry() for side in dialog.sides)
    assert dialog.width() <= width
    assert (first.top() == second.top()) is is_beside
    assert first.width() == second.width()
    assert not first.intersects(second)
    for side in dialog.sides:
        assert dialog.rect().contains(side.geometry())
        assert side.rect().contains(side.keep.geometry())
        assert side.sheet.height() > 80
        answer_shown = side.sheet.answer
        assert answer_shown is not None
        assert answer_shown.geometry().right() < side.sheet.viewport().width()
        assert answer_shown.rect().contains(answer_shown.flow.geometry())
