"""Files that go with messages, through the real window, engine and encrypted history."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from app.attachments.framing import composed
from app.chats.values import Message, MessageRole
from engine.harmony.messages import Effort
from tests.app.attachments.documents import pdf, word
from tests.e2e.conftest import Driver, OpenWindow
from ui.chat.attachments.row import AttachmentRow
from ui.chat.attachments.summary_dialog import SummaryDialog
from ui.chat.user_bubble import UserBubble


def row(driver: Driver) -> AttachmentRow:
    return driver.session.window.panel.composer.files


def attach(driver: Driver, *paths: Path) -> None:
    """What the file dialog does with files that were chosen in it."""
    attach = driver.session.window.attach
    attach.ask_files = lambda _parent: [str(path) for path in paths]
    button = driver.session.window.panel.composer.attach_button
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    driver.wait(lambda: len(row(driver).files) == len(row(driver).keys))


def branch(driver: Driver) -> tuple[Message, ...]:
    return driver.session.service._open.branch


def test_a_file_is_read_costs_what_was_told_and_comes_back(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    report, letter = tmp_path / "report.pdf", tmp_path / "letter.docx"
    report.write_bytes(pdf(["Oaks are old " * 5] * 4))
    letter.write_bytes(word())
    driver = open_window()
    driver.wait_until_ready()
    first = driver.say("Hello").usage
    attach(driver, report, letter)
    told = row(driver).tokens
    asked = "What do these files say?"
    usage = driver.say(asked).usage
    vocabulary = driver.session._vocabulary()
    question = branch(driver)[2]
    assert [one.name for one in question.files] == ["report.pdf", "letter.docx"]
    whole = len(vocabulary.encode(composed(asked, question.files)))
    assert told + len(vocabulary.encode(asked)) == whole
    # Besides: the frames of the question and of the answer before it, and the opening.
    assert whole <= usage.read_tokens + usage.reused_tokens - first.read_tokens <= whole + 120
    (bubble,) = [one for one in driver.shown(UserBubble) if one.files is not None]
    assert bubble.files is not None
    assert [card.text() for card in bubble.files.cards] == ["report.pdf", "letter.docx"]

    chat = driver.session.window.chat_id
    driver.session.close()
    again = open_window()
    assert chat is not None
    again.session.service.open_chat(chat)
    again.wait(lambda: bool(again.shown(UserBubble)))
    assert branch(again)[2] == question


def test_files_of_an_edited_message_go_with_the_new_one(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("Oaks are old.\n")
    driver = open_window()
    driver.wait_until_ready()
    attach(driver, notes)
    driver.say("What is this?")
    before = branch(driver)[0]
    ended = len(driver.ended)
    driver.session.service.tree.edit(before.id, "And now?", Effort.LOW)
    driver.wait(lambda: len(driver.ended) > ended and not driver.is_busy)
    after = branch(driver)[0]
    assert (after.text, after.role) == ("And now?", MessageRole.USER)
    assert after.id != before.id
    assert after.files == before.files != ()


def test_files_that_wait_survive_a_restart_with_all_their_parts(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(pdf(["Oaks", "Elms", "Firs"]))
    driver = open_window()
    driver.wait_until_ready()
    attach(driver, report)
    kept = row(driver).files
    driver.session.close()
    report.unlink()
    again = open_window()
    again.wait(lambda: row(again).has_files)
    assert row(again).files == kept


def test_a_summary_is_made_by_the_model_beside_the_chat(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# Oaks\n\nOaks are old.\n\n# Elms\n\nElms are few.\n")
    driver = open_window()
    driver.wait_until_ready()
    attach(driver, notes)
    door = driver.session.window.attach
    door.show_file(row(driver).keys[0])
    parts = door.dialogs.dialog
    assert parts is not None
    assert not isinstance(parts, SummaryDialog)
    parts.summary_button.click()  # type: ignore[union-attr]  # of the parts
    summary = door.dialogs.dialog
    assert isinstance(summary, SummaryDialog)
    driver.wait(lambda: not summary.box.isReadOnly())
    if not summary.box.toPlainText():  # the practice model may have nothing to say
        summary.box.setPlainText("Of oaks and elms.")
    said = summary.box.toPlainText().strip()
    summary.attach_button.click()
    driver.wait(lambda: row(driver).files[0].attached.is_summary)
    driver.say_and_wait_for_words("Hello")
    driver.session.service.stop()  # it has never seen a file and may go on for long
    driver.wait(lambda: not driver.is_busy)
    (file,) = branch(driver)[0].files
    assert (file.is_summary, file.text.strip()) == (True, said)
