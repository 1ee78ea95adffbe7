"""While the system's keyring asks in a window of its own, Sotto asks nothing and says why."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog

from app.secrets import DatabaseKey, KeyVault, PassphraseCost, VaultState
from app.words import Words
from engine.errors import UserFacingError
from tests.ui.unlock.test_unlock import GOOD, Answer, Keyring, choose
from tests.x_screen import x_screen
from ui.theme.theme import Theme
from ui.unlock.dialogs import FirstStartDialog, ProblemDialog
from ui.unlock.unlock import unlock
from ui.unlock.waiting import KeyringDialog, WaitTimes

ROOT = Path(__file__).resolve().parents[3]
CHEAP = PassphraseCost(memory_kib=64, iterations=1, lanes=1)
AT_ONCE = WaitTimes(quiet=0.0, patience=600.0)
PATIENCE = 60.0


@dataclass
class Prompting(Keyring):
    """A keyring whose prompt stands until somebody answers it; a no is an error."""

    label: str | None = "SecretService"
    answered: threading.Event = field(default_factory=threading.Event)
    says_no: bool = False
    asked: threading.Event = field(default_factory=threading.Event)

    def get(self, user: str) -> str | None:
        self.asked.set()
        self.answered.wait(PATIENCE)
        if self.says_no:
            raise OSError("dismissed")
        return super().get(user)


@pytest.fixture
def ring() -> Iterator[Prompting]:
    made = Prompting()
    yield made
    made.answered.set()


@pytest.fixture
def met(qapp: QApplication) -> Iterator[list[QDialog]]:
    """The dialogs that came up, the last of them not handled yet."""
    found: list[QDialog] = []

    def look() -> None:
        dialog = qapp.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog not in found:
            found.append(dialog)

    timer = QTimer(interval=5)
    timer.timeout.connect(look)
    timer.start()
    yield found
    timer.stop()


class Person:
    """Answers each dialog, in order, as it comes up."""

    def __init__(self, met: list[QDialog], *answers: Answer) -> None:
        self._met, self._answers, self._done = met, list(answers), 0
        self._timer = QTimer(interval=5)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        if self._done == len(self._met):
            return
        dialog = self._met[self._done]
        self._done += 1
        # A machine that is busy may take its time with a question that nobody holds up.
        if self._answers or not isinstance(dialog, KeyringDialog):
            self._answers.pop(0)(dialog)

    def is_done(self) -> bool:
        self._timer.stop()
        return not self._answers


def open_with(
    ring: Keyring, folder: Path, theme: Theme, words: Words, times: WaitTimes = AT_ONCE
) -> DatabaseKey | None:
    vault = KeyVault(folder, {}, keyring=ring, cost=CHEAP, keyring_seconds=None)
    return unlock(vault, theme, words, times)


def test_nothing_is_asked_while_the_keyring_asks_and_its_yes_opens(
    ring: Prompting, tmp_path: Path, theme: Theme, words: Words, met: list[QDialog]
) -> None:
    def answer_there(dialog: QDialog) -> None:
        assert isinstance(dialog, KeyringDialog)
        assert "cancel there" in dialog.accessibleDescription()
        assert not dialog.passphrase_button.isVisible()
        ring.answered.set()

    person = Person(met, answer_there)
    key = open_with(ring, tmp_path, theme, words)
    assert key is not None
    assert person.is_done()
    assert open_with(ring, tmp_path, theme, words, WaitTimes(quiet=PATIENCE)) == key


def test_a_no_to_the_keyring_leads_to_a_passphrase_and_only_then(
    ring: Prompting, tmp_path: Path, theme: Theme, words: Words, met: list[QDialog]
) -> None:
    def cancel_there(dialog: QDialog) -> None:
        assert isinstance(dialog, KeyringDialog)
        ring.says_no = True
        ring.answered.set()

    person = Person(met, cancel_there, choose(GOOD))
    assert open_with(ring, tmp_path, theme, words) is not None
    assert person.is_done()
    assert [type(one) for one in met] == [KeyringDialog, FirstStartDialog]


def test_who_quits_meanwhile_gets_no_key_and_changes_nothing(
    ring: Prompting, tmp_path: Path, theme: Theme, words: Words, met: list[QDialog]
) -> None:
    def quit_(dialog: QDialog) -> None:
        assert isinstance(dialog, KeyringDialog)
        dialog.quit_button.click()

    person = Person(met, quit_)
    assert open_with(ring, tmp_path, theme, words) is None
    assert person.is_done()
    assert list(tmp_path.iterdir()) == []


def test_a_keyring_that_never_answers_can_be_done_without(
    ring: Prompting, tmp_path: Path, theme: Theme, words: Words, met: list[QDialog]
) -> None:
    def do_without(dialog: QDialog) -> None:
        assert isinstance(dialog, KeyringDialog)
        dialog.passphrase_button.click()

    person = Person(met, do_without, choose(GOOD))
    times = WaitTimes(quiet=0.0, patience=0.0)
    assert open_with(ring, tmp_path, theme, words, times) is not None
    assert person.is_done()
    assert KeyVault(tmp_path, {}, keyring=Keyring()).state() is VaultState.PASSPHRASE


def test_chats_whose_key_is_in_a_keyring_are_waited_for_and_may_be_tried_again(
    ring: Prompting, tmp_path: Path, theme: Theme, words: Words, met: list[QDialog]
) -> None:
    ring.answered.set()
    key = open_with(ring, tmp_path, theme, words, WaitTimes(quiet=PATIENCE))
    ring.answered.clear()

    def cancel_there(dialog: QDialog) -> None:
        assert isinstance(dialog, KeyringDialog)
        assert "Sotto opens" in dialog.accessibleDescription()
        ring.says_no = True
        ring.answered.set()

    def try_again(dialog: QDialog) -> None:
        assert isinstance(dialog, ProblemDialog)
        ring.says_no = False
        dialog.retry_button.click()

    person = Person(met, cancel_there, try_again)
    times = WaitTimes(quiet=0.2, patience=0.0)
    assert open_with(ring, tmp_path, theme, words, times) == key
    assert person.is_done()


def test_a_problem_that_stays_is_reported(
    ring: Prompting, tmp_path: Path, theme: Theme, words: Words, met: list[QDialog]
) -> None:
    (tmp_path / "key.json").write_text("{")

    def try_again(dialog: QDialog) -> None:
        assert isinstance(dialog, ProblemDialog)
        dialog.retry_button.click()

    def give_up(dialog: QDialog) -> None:
        assert isinstance(dialog, ProblemDialog)
        dialog.quit_button.click()

    person = Person(met, try_again, give_up)
    with pytest.raises(UserFacingError):
        open_with(ring, tmp_path, theme, words, WaitTimes(quiet=PATIENCE))
    assert person.is_done()


@pytest.mark.serial
def test_a_real_keyring_that_asks_for_a_password_is_waited_for(tmp_path: Path) -> None:
    """gnome-keyring without a keyring yet: its prompter comes up, and is then sent away."""
    script = (
        "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1;"
        ' exec "$0" -m tests.ui.unlock.at_keyring "$1"'
    )
    with ExitStack() as stack:
        display = stack.enter_context(x_screen())
        session = subprocess.Popen(
            [
                *("env", "-u", "PYTHON_KEYRING_BACKEND", f"DISPLAY={display}"),
                *(f"XDG_RUNTIME_DIR={tmp_path}", "NO_AT_BRIDGE=1"),
                *(
                    "dbus-run-session",
                    "--",
                    "sh",
                    "-c",
                    script,
                    sys.executable,
                    str(tmp_path / "sotto"),
                ),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        stack.enter_context(session)
        stack.callback(end_all, display)
        assert session.stdout is not None
        assert session.stdout.readline() == "The keyring of this computer asks you\n"
        prompter(display).kill()
        assert session.stdout.readline() == "Choose a passphrase for your chats\n"
        assert session.stdout.readline() == "False\n"


def prompter(display: str) -> psutil.Process:
    """The program that shows the keyring's window, once it is there."""
    deadline = time.monotonic() + PATIENCE
    while True:
        assert time.monotonic() < deadline
        for one in on(display):
            if one.name() == "gcr-prompter":
                return one


def on(display: str) -> list[psutil.Process]:
    """The programs of this screen; some of them have left their parents."""
    everybody = psutil.process_iter(["environ"])
    return [one for one in everybody if (one.info["environ"] or {}).get("DISPLAY") == display]


def end_all(display: str) -> None:
    for one in on(display):
        with suppress(psutil.Error):
            one.kill()
