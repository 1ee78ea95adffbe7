from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.attachments.values import AttachedFile, FileKind, PartUnit
from app.chats.changes import ChatOpened
from app.chats.ids import MessageId
from tests.ui.chat.stage import CHAT, Stage, user
from ui.chat.attachments.message_files import MessageFiles
from ui.chat.attachments.view_dialog import ViewDialog
from ui.chat.user_bubble import UserBubble

PAGES = AttachedFile("r.pdf", FileKind.PDF, "Oaks", PartUnit.PAGE, 12, ((1, 3),), tokens=9_200)
PASTED = AttachedFile("", FileKind.PASTED, "words", PartUnit.LINE, 40, tokens=30)


def bubble(stage: Stage, text: str) -> UserBubble:
    message = replace(user(1, text), files=(PAGES, PASTED))
    stage.panel.apply(ChatOpened(CHAT, (message,)))
    found = stage.panel.findChild(UserBubble)
    assert isinstance(found, UserBubble)
    assert found.files is not None
    return found


def files(shown: UserBubble) -> MessageFiles:
    assert shown.files is not None
    return shown.files


def test_files_stand_above_the_words_and_say_what_went(stage: Stage) -> None:
    shown = bubble(stage, "What is this?")
    cards = files(shown).cards
    assert [card.text() for card in cards] == ["r.pdf", "Pasted text"]
    assert cards[0].details == "pages 1–3 of 12 · about 9,200 tokens"
    assert all(card.remove_button is None for card in cards)
    assert files(shown).geometry().bottom() < shown.text.y()
    assert files(shown).width() - cards[-1].geometry().right() == 1


def test_a_card_shows_what_the_model_read(stage: Stage) -> None:
    shown = bubble(stage, "What is this?")
    files(shown).cards[0].click()
    dialog = files(shown).dialog
    assert isinstance(dialog, ViewDialog)
    assert dialog.box.toPlainText() == "Oaks"
    assert dialog.box.isReadOnly()


def test_files_alone_have_no_empty_bubble(stage: Stage) -> None:
    shown = bubble(stage, "")
    assert not shown.text.isVisible()
    below = shown.actions_row.geometry()
    assert shown.fit(600) == below.bottom() + 1
    assert below.top() - files(shown).geometry().bottom() < 5


@pytest.mark.parametrize("width", [360, 900])
def test_cards_stay_inside_the_message(make_panel: Callable[..., Stage], width: int) -> None:
    shown = bubble(make_panel(width), "What is this?")
    assert all(card.x() >= 0 for card in files(shown).cards)


def test_files_are_found_by_the_message_they_went_with(stage: Stage) -> None:
    shown = bubble(stage, "Hi")
    stage.panel.apply(ChatOpened(CHAT, (user(MessageId(3), "Without"),)))
    other = [one for one in stage.panel.findChildren(UserBubble) if one is not shown]
    assert all(one.files is None for one in other)
