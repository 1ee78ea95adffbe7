from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
)
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.attachments.values import FileKind
from app.chats.changes import ChatOpened, SendRefused
from app.chats.ids import ChatId
from app.chats.values import Chat, Problem
from engine.harmony.messages import Effort
from tests.app.attachments.documents import pdf
from tests.ui.chat.attachments.conftest import READY, SLOW, Desk
from tests.ui.chat.stage import CHAT, Stage
from ui.chat.attachments.clipboard import LONG_CHARACTERS
from ui.chat.attachments.parts_dialog import PartsDialog

OTHER = Chat(ChatId(8), "Other", 0, 0)


def send(desk: Desk) -> None:
    desk.bot.keyClick(desk.stage.panel.composer.edit, Qt.Key.Key_Return)


def files_of(paths: list[Path]) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def paste(desk: Desk, mime: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(mime)
    desk.stage.panel.composer.edit.paste()


def test_files_that_the_button_asks_for_go_with_the_message(desk: Desk, qtbot: QtBot) -> None:
    paths = [desk.file("notes.txt"), desk.file("r.pdf", pdf(["Oaks", "Elms"]))]
    desk.door.ask_files = lambda _parent: [str(path) for path in paths]
    qtbot.mouseClick(desk.stage.panel.composer.attach_button, Qt.MouseButton.LeftButton)
    desk.settled()
    qtbot.keyClicks(desk.stage.panel.composer.edit, "What do they say?")
    send(desk)
    ((text, effort, files),) = desk.service.sent
    assert (text, effort) == ("What do they say?", Effort.MEDIUM)
    assert [(one.name, one.kind) for one in files] == [
        ("notes.txt", FileKind.TEXT),
        ("r.pdf", FileKind.PDF),
    ]
    assert files[0].text == "One\ntwo\nthree\n"
    assert all(one.tokens > 5 for one in files)
    assert not desk.row.has_files
    assert desk.told[-1] == (None, ())


def test_a_card_says_what_a_file_is_and_what_it_costs(desk: Desk) -> None:
    desk.attach(desk.file("r.pdf", pdf(["Oaks are old " * 90] * 30)))
    (key,) = desk.row.keys
    card = desk.row.card(key)
    assert card.details.startswith("30 pages · about ")
    assert not card.details.endswith(" s")
    assert "of 28," in desk.row.cost.text()
    desk.door.apply(replace(READY, usage=SLOW, context_tokens=20_000))
    assert card.details.endswith(" s")
    assert "of 8," in desk.row.cost.text()
    assert card.accessibleName() == f"r.pdf, {card.details}"


def test_a_message_can_be_files_alone(desk: Desk) -> None:
    assert not desk.stage.panel.composer.send_button.isEnabled()
    desk.attach(desk.file("notes.txt"))
    assert desk.stage.panel.composer.send_button.isEnabled()
    send(desk)
    assert [text for text, _, _ in desk.service.sent] == [""]


def test_nothing_is_sent_while_a_file_is_being_read(desk: Desk, qtbot: QtBot) -> None:
    desk.door.attach([desk.file("notes.txt")])
    qtbot.keyClicks(desk.stage.panel.composer.edit, "Hi")
    send(desk)
    assert desk.service.sent == []
    assert "notes.txt is still being read" in desk.stage.panel.composer.hint.text()
    desk.settled()
    send(desk)
    assert len(desk.service.sent) == 1


def test_files_that_do_not_fit_the_model_are_not_sent_and_nothing_is_cut(desk: Desk) -> None:
    desk.attach(desk.file("long.txt", "words and more words\n" * 20_000))
    assert isinstance(desk.door.dialogs.dialog, PartsDialog)
    desk.door.dialogs.dialog.reject()
    assert "the model reads at most" in desk.row.cost.text()
    send(desk)
    assert desk.service.sent == []
    assert desk.row.files[0].attached.text.count("\n") == 20_000


def test_a_picture_is_refused_in_one_sentence_and_nothing_waits(desk: Desk) -> None:
    desk.door.attach([desk.file("p.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40)])
    desk.bot.waitUntil(lambda: not desk.row.has_files, timeout=10_000)
    assert "p.png is an image, and the model reads only text." in desk.row.said.text()
    assert desk.row.isVisible()
    desk.row.close_button.click()
    assert not desk.row.isVisible()


def test_a_pasted_picture_is_refused_too(desk: Desk) -> None:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(0)
    mime = QMimeData()
    mime.setImageData(image)
    paste(desk, mime)
    assert "pictures cannot be attached" in desk.row.said.text()


def test_pasted_files_are_attached_and_their_names_are_not_typed(desk: Desk) -> None:
    paste(desk, files_of([desk.file("notes.txt")]))
    desk.settled()
    assert desk.row.files[0].attached.name == "notes.txt"
    assert desk.stage.panel.composer.text == ""


def test_a_long_paste_becomes_a_file_and_can_be_put_into_the_message(desk: Desk) -> None:
    mime = QMimeData()
    mime.setText("word " * LONG_CHARACTERS)
    paste(desk, mime)
    desk.settled()
    assert desk.row.files[0].attached.kind is FileKind.PASTED
    assert desk.stage.panel.composer.text == ""
    desk.row.action.click()
    assert not desk.row.has_files
    assert desk.stage.panel.composer.text == "word " * LONG_CHARACTERS


def test_a_short_paste_is_typed(desk: Desk) -> None:
    mime = QMimeData()
    mime.setText("short")
    paste(desk, mime)
    assert desk.stage.panel.composer.text == "short"
    assert not desk.row.has_files


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_a_file_is_taken_away_by_keyboard_and_comes_back(
    desk: Desk, qtbot: QtBot, key: Qt.Key
) -> None:
    desk.attach(desk.file("a.txt"), desk.file("b.txt"))
    first, second = desk.row.keys
    desk.row.card(second).setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(desk.row.card(second), key)
    assert desk.row.keys == (first,)
    assert desk.row.card(first).hasFocus()
    assert desk.told[-1][1] == desk.row.files
    desk.row.action.click()
    assert [one.attached.name for one in desk.row.files] == ["a.txt", "b.txt"]


def test_a_file_that_is_being_read_can_be_taken_away(desk: Desk) -> None:
    desk.door.attach([desk.file("r.pdf", pdf(["Oaks"]))])
    (key,) = desk.row.keys
    remove = desk.row.card(key).remove_button
    assert remove is not None
    remove.click()
    assert not desk.row.has_files
    desk.attach(desk.file("a.txt"))  # what was read of the other one has come by now
    assert [one.attached.name for one in desk.row.files] == ["a.txt"]


def test_files_wait_in_their_chat(desk: Desk) -> None:
    desk.attach(desk.file("a.txt"))
    desk.stage.panel.apply(ChatOpened(OTHER, ()))
    assert not desk.row.has_files
    desk.attach(desk.file("b.txt"))
    assert desk.told[-1][0] == OTHER.id
    desk.stage.panel.apply(ChatOpened(None, ()))
    assert [one.attached.name for one in desk.row.files] == ["a.txt"]
    desk.stage.panel.apply(ChatOpened(OTHER, ()))
    assert [one.attached.name for one in desk.row.files] == ["b.txt"]


def test_a_file_that_is_read_while_another_chat_is_shown_waits_in_its_own(desk: Desk) -> None:
    desk.door.attach([desk.file("r.pdf", pdf(["Oaks"])), desk.file("a.txt")])
    desk.stage.panel.apply(ChatOpened(OTHER, ()))
    assert not desk.row.has_files
    desk.bot.waitUntil(lambda: len(desk.told) == 2, timeout=30_000)
    assert [chat for chat, _ in desk.told] == [None, None]
    assert not desk.row.has_files
    desk.stage.panel.apply(ChatOpened(None, ()))
    assert {one.attached.name for one in desk.row.files} == {"r.pdf", "a.txt"}


def test_files_of_the_last_time_are_back_where_they_were(desk: Desk) -> None:
    desk.attach(desk.file("a.txt"))
    kept = desk.row.files
    desk.row.replace_all(())
    desk.door.put_back({None: kept, CHAT.id: kept})
    assert desk.row.files == kept
    desk.stage.panel.apply(ChatOpened(CHAT, ()))
    assert desk.row.files == kept


def test_what_could_not_be_sent_waits_again(desk: Desk, qtbot: QtBot) -> None:
    desk.attach(desk.file("a.txt"))
    before = desk.row.files
    qtbot.keyClicks(desk.stage.panel.composer.edit, "Hi")
    send(desk)
    files = desk.service.sent[0][2]
    refused = SendRefused("Hi", Problem("The disk is full."), files)
    desk.stage.panel.apply(refused)
    desk.door.apply(refused)
    assert desk.row.files == before
    assert desk.row.files[0].choice is not None
    assert desk.stage.panel.composer.text == "Hi"


def test_files_are_dropped_anywhere_on_the_chat(desk: Desk) -> None:
    panel, place = desk.stage.panel, desk.stage.panel.drop_place
    mime = files_of([desk.file("a.txt")])
    spot, none = QPoint(100, 100), Qt.MouseButton.NoButton
    keys, copy = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    entered = QDragEnterEvent(spot, copy, mime, none, keys)
    QApplication.sendEvent(panel, entered)
    assert entered.isAccepted()
    assert place.isVisible()
    assert place.geometry() == panel.rect()
    QApplication.sendEvent(panel, QDragLeaveEvent())
    assert not place.isVisible()
    QApplication.sendEvent(panel, entered)
    QApplication.sendEvent(panel, QDropEvent(spot, copy, mime, none, keys))
    assert not place.isVisible()
    desk.settled()
    assert [one.attached.name for one in desk.row.files] == ["a.txt"]


def test_dragged_text_still_goes_into_the_field(desk: Desk) -> None:
    mime = QMimeData()
    mime.setText("words")
    args = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    event = QDragEnterEvent(QPoint(5, 5), *args, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(desk.stage.panel, event)
    assert not desk.stage.panel.drop_place.isVisible()


def test_only_so_many_files_go_with_one_message(desk: Desk) -> None:
    desk.attach(*(desk.file(f"{number}.txt") for number in range(21)))
    assert len(desk.row.keys) == 20
    assert "at most 20 files" in desk.row.said.text()


@pytest.mark.parametrize("width", [360, 900])
def test_cards_stay_inside_the_composer(make_desk: Callable[..., Desk], width: int) -> None:
    desk = make_desk(width)
    desk.attach(*(desk.file(f"{'long name ' * 8}{number}.txt") for number in range(5)))
    composer = desk.stage.panel.composer
    assert desk.row.width() <= composer.width()
    for key in desk.row.keys:
        card = desk.row.card(key)
        assert card.x() >= 0
        assert card.geometry().right() <= desk.row.width()


def test_a_panel_without_a_door_offers_no_place_for_files(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    args = (Qt.DropAction.CopyAction, files_of([path]), Qt.MouseButton.NoButton)
    event = QDragEnterEvent(QPoint(9, 9), *args, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(stage.panel, event)
    assert not stage.panel.drop_place.isVisible()


def test_screen_readers_hear_what_was_attached_and_what_is_too_large(
    desk: Desk,
) -> None:
    said: list[str] = []
    desk.row.announce = lambda _, text: said.append(text)
    desk.attach(desk.file("a.txt"))
    assert said[-1].startswith("a.txt, 3 lines · about ")
    desk.attach(desk.file("long.txt", "words and more words\n" * 20_000))
    assert any("the model reads at most" in one for one in said)
    desk.door.dialogs.dialog.reject()  # type: ignore[union-attr]  # it was opened by itself
