from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from app.secrets import DatabaseKey, KeyVault, PassphraseCost, SecretsError, VaultState
from app.words import Words
from engine.errors import UserFacingError
from ui.controls.button import TextButton
from ui.theme.theme import Theme
from ui.unlock.dialogs import FirstStartDialog, PassphraseDialog, PlainDialog, ProblemDialog
from ui.unlock.unlock import unlock

CHEAP = PassphraseCost(memory_kib=64, iterations=1, lanes=1)
GOOD = "correct horse battery staple"


@dataclass
class Keyring:
    """A keyring in memory; without a name there is none, and a broken one keeps nothing."""

    label: str | None = None
    is_broken: bool = False
    kept: dict[str, str] = field(default_factory=dict)

    def name(self) -> str | None:
        return self.label

    def get(self, user: str) -> str | None:
        return self.kept.get(user)

    def set(self, user: str, text: str) -> None:
        if self.is_broken:
            raise OSError("locked")
        self.kept[user] = text

    def delete(self, user: str) -> None:
        del self.kept[user]


def vault(folder: Path, environ: dict[str, str] | None = None, **keyring: object) -> KeyVault:
    return KeyVault(folder, environ or {}, keyring=Keyring(**keyring), cost=CHEAP)  # type: ignore[arg-type] # fields of Keyring


Answer = Callable[[QDialog], None]


@pytest.fixture
def answers(qapp: QApplication) -> Iterator[list[Answer]]:
    """What a person does with each dialog that comes up, in order; all must be used."""
    todo: list[Answer] = []
    met: list[QDialog] = []

    def look() -> None:
        dialog = qapp.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog not in met:
            met.append(dialog)
            assert todo, f"unexpected question: {dialog.accessibleName()}"
            todo.pop(0)(dialog)

    timer = QTimer(interval=5)
    timer.timeout.connect(look)
    timer.start()
    yield todo
    timer.stop()
    assert todo == []


def choose(passphrase: str) -> Answer:
    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, FirstStartDialog)
        dialog.passphrase.field.setText(passphrase)
        dialog.again.field.setText(passphrase)
        dialog.create_button.click()

    return answer


def type_in(passphrase: str) -> Answer:
    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, PassphraseDialog)
        dialog.passphrase.field.setText(passphrase)
        dialog.unlock_button.click()

    return answer


def go_plain(dialog: QDialog) -> None:
    assert isinstance(dialog, FirstStartDialog)
    dialog.plain_button.click()


def agree(dialog: QDialog) -> None:
    assert isinstance(dialog, PlainDialog)
    dialog.plain_button.click()


def go_back(dialog: QDialog) -> None:
    assert isinstance(dialog, PlainDialog)
    dialog.back_button.click()


def leave(dialog: QDialog) -> None:
    dialog.reject()


# ---- the way to the key


def test_a_keyring_asks_nothing(
    tmp_path: Path, theme: Theme, words: Words, answers: list[Answer]
) -> None:
    keyring = Keyring("SecretService")
    first = unlock(KeyVault(tmp_path, {}, keyring=keyring, cost=CHEAP), theme, words)
    second = unlock(KeyVault(tmp_path, {}, keyring=keyring, cost=CHEAP), theme, words)
    assert first == second
    assert first is not None
    assert first.raw is not None
    assert answers == []


def test_a_passphrase_is_chosen_once_and_typed_later(
    tmp_path: Path, theme: Theme, words: Words, answers: list[Answer]
) -> None:
    answers += [choose(GOOD)]
    first = unlock(vault(tmp_path), theme, words)
    answers += [type_in(GOOD)]
    second = unlock(vault(tmp_path), theme, words)
    assert first is not None
    assert first.raw is not None
    assert first == second


def test_a_keyring_that_keeps_nothing_leads_to_a_passphrase(
    tmp_path: Path, theme: Theme, words: Words, answers: list[Answer]
) -> None:
    answers += [choose(GOOD)]
    assert unlock(vault(tmp_path, label="Broken", is_broken=True), theme, words) is not None
    assert vault(tmp_path).state() is VaultState.PASSPHRASE


def test_no_encryption_is_a_plain_choice_that_can_be_taken_back(
    tmp_path: Path, theme: Theme, words: Words, answers: list[Answer]
) -> None:
    answers += [go_plain, go_back, go_plain, agree]
    assert unlock(vault(tmp_path), theme, words) == DatabaseKey(None)
    assert unlock(vault(tmp_path), theme, words) == DatabaseKey(None)


@pytest.mark.parametrize("has_passphrase", [False, True])
def test_a_user_who_leaves_gets_no_key_and_changes_nothing(
    tmp_path: Path, theme: Theme, words: Words, answers: list[Answer], has_passphrase: bool
) -> None:
    if has_passphrase:
        vault(tmp_path).create_with_passphrase(GOOD)
    before = vault(tmp_path).state()
    answers += [leave]
    assert unlock(vault(tmp_path), theme, words) is None
    assert vault(tmp_path).state() is before


def test_the_environment_answers_for_scripts(
    tmp_path: Path, theme: Theme, words: Words, answers: list[Answer]
) -> None:
    environ = {"SOTTO_PASSPHRASE": GOOD}
    first = unlock(vault(tmp_path, environ), theme, words)
    assert unlock(vault(tmp_path, environ), theme, words) == first
    answers += [type_in(GOOD)]
    assert unlock(vault(tmp_path, {"SOTTO_PASSPHRASE": "outdated"}), theme, words) == first


def test_a_damaged_key_file_is_explained_before_it_is_reported(
    tmp_path: Path, theme: Theme, words: Words, answers: list[Answer]
) -> None:
    seen: list[str] = []

    def read(dialog: QDialog) -> None:
        assert isinstance(dialog, ProblemDialog)
        seen.append(dialog.accessibleName())
        dialog.quit_button.click()

    (tmp_path / "key.json").write_text("{")
    answers += [read]
    with pytest.raises(SecretsError) as error:
        unlock(vault(tmp_path), theme, words)
    assert seen == [error.value.title.format(**error.value.fields)]


# ---- the dialogs


def never(passphrase: str) -> DatabaseKey:
    raise AssertionError(f"nothing may be made of {passphrase!r}")


@pytest.fixture
def first_start(theme: Theme, words: Words, qtbot: QtBot) -> FirstStartDialog:
    made = FirstStartDialog(theme, words, never)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("passphrase", "again", "why"),
    [
        ("", "", "At least 8 characters"),
        ("short", "short", "At least 8 characters"),
        (GOOD, "", "The two are not the same yet."),
        (GOOD, GOOD[:5], "The two are not the same yet."),
        (GOOD, GOOD + "!", "The two are not the same yet."),
        (GOOD, GOOD, ""),
    ],
)
def test_a_passphrase_can_be_set_when_it_is_long_enough_and_typed_twice(
    first_start: FirstStartDialog, passphrase: str, again: str, why: str
) -> None:
    first_start.passphrase.field.setText(passphrase)
    first_start.again.field.setText(again)
    assert first_start.create_button.isEnabled() is (not why)
    assert first_start.create_button.toolTip() == why


def test_a_second_passphrase_is_called_wrong_only_when_it_cannot_become_right(
    first_start: FirstStartDialog, qtbot: QtBot
) -> None:
    first_start.passphrase.field.setText(GOOD)
    qtbot.keyClicks(first_start.again.field, GOOD[:4])
    assert not first_start.message.isVisible()
    qtbot.keyClicks(first_start.again.field, "!")
    assert first_start.message.text() == "The two are not the same."


def test_it_is_said_before_the_choice_that_a_lost_passphrase_is_lost(
    first_start: FirstStartDialog,
) -> None:
    said = [label.text() for label in first_start.findChildren(type(first_start.message))]
    assert any("nobody can bring your chats back" in text for text in said)


def test_the_strength_is_said_in_words(first_start: FirstStartDialog) -> None:
    first_start.passphrase.field.setText("password1")
    assert first_start.strength.text() == "Easy to guess. Try more words."
    first_start.passphrase.field.setText(GOOD)
    assert first_start.strength.text() == "Hard to guess"


def test_what_is_typed_is_hidden_until_asked_for(
    first_start: FirstStartDialog, qtbot: QtBot
) -> None:
    field = first_start.passphrase.field
    button = first_start.passphrase.show_button
    assert field.echoMode() is QLineEdit.EchoMode.Password
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert field.echoMode() is QLineEdit.EchoMode.Normal
    assert button.accessibleName() == "Hide what I type"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert field.echoMode() is QLineEdit.EchoMode.Password


def test_a_wrong_passphrase_is_told_kindly_and_may_be_tried_again(
    tmp_path: Path, theme: Theme, words: Words, qtbot: QtBot
) -> None:
    key = vault(tmp_path).create_with_passphrase(GOOD)
    dialog = PassphraseDialog(theme, words, vault(tmp_path).open_with_passphrase)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.unlock_button.isEnabled()
    qtbot.keyClicks(dialog.passphrase.field, "wrong one")
    qtbot.keyClick(dialog.passphrase.field, Qt.Key.Key_Return)
    assert dialog.is_working
    qtbot.waitUntil(lambda: not dialog.is_working)
    assert dialog.message.text() == (
        "This passphrase does not fit. Check upper and lower case and try again."
    )
    assert dialog.passphrase.field.selectedText() != ""
    with qtbot.waitSignal(dialog.accepted):
        dialog.passphrase.field.setText(GOOD)
        qtbot.keyClick(dialog.passphrase.field, Qt.Key.Key_Return)
    assert dialog.key == key


def test_a_dialog_cannot_be_left_while_the_key_is_being_made(
    theme: Theme, words: Words, qtbot: QtBot
) -> None:
    may_end = threading.Event()

    def slow(_: str) -> DatabaseKey:
        may_end.wait(5)
        return DatabaseKey(b"k" * 32)

    dialog = PassphraseDialog(theme, words, slow)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.passphrase.field.setText("x")
    dialog.unlock_button.click()
    assert dialog.unlock_button.text() == "Unlocking…"
    assert not dialog.unlock_button.isEnabled()
    dialog.reject()
    dialog.close()
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.accepted):
        may_end.set()
    assert dialog.key == DatabaseKey(b"k" * 32)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("language", ["words", "korean"])
def test_no_question_is_cut(
    request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot, scale: float, language: str
) -> None:
    words: Words = request.getfixturevalue(language)
    theme.set_text_scale(scale)
    problem = UserFacingError("The key file is damaged.", "Put it back from a backup.")
    for dialog in (
        FirstStartDialog(theme, words, never),
        PassphraseDialog(theme, words, never),
        PlainDialog(theme, words),
        ProblemDialog(theme, words, problem),
    ):
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.say("Something was wrong with the last try, and it takes some words to say so.")
        for label in dialog.findChildren(type(dialog.message)):
            if label.isVisible():
                assert label.height() >= label.heightForWidth(label.width())
        for button in dialog.findChildren(TextButton):
            assert button.width() >= button.sizeHint().width()
            assert dialog.rect().contains(button.geometry())
        dialog.hide()
