"""What Sotto shows while the system's keyring thinks, or asks the user in a window of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from typing_extensions import override

from app.words import Words
from ui.bridge.dispatcher import Dispatcher
from ui.controls.button import ButtonKind, TextButton
from ui.theme.theme import Theme
from ui.theme.tokens import Space
from ui.unlock.card import CardDialog

_T = TypeVar("_T")

QUIET_SECONDS: Final = 0.7
"""A keyring that is open answers at once, and then nothing is shown."""

PATIENCE_SECONDS: Final = 30.0
"""After so long it may be that nothing will ever answer."""


class LeftError(Exception):
    """The user did not wait.

    Attributes:
        wants_passphrase: instead of the keyring; else to quit.
    """

    def __init__(self, *, wants_passphrase: bool) -> None:
        super().__init__()
        self.wants_passphrase = wants_passphrase


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is said meanwhile.

    Attributes:
        text: what the keyring is asked for, and what to do.
        offers_passphrase: there is another way, which is told of when it takes very long.
    """

    text: str
    offers_passphrase: bool = False


@dataclass(frozen=True, slots=True)
class WaitTimes:
    """How long, in seconds.

    Attributes:
        quiet: nothing is shown.
        patience: the other way is not offered yet.
    """

    quiet: float = QUIET_SECONDS
    patience: float = PATIENCE_SECONDS


def ask_keyring(
    question: Callable[[], _T], theme: Theme, words: Words, waiting: Waiting, times: WaitTimes
) -> _T:
    """What a question gives that may have to wait for the keyring's own window.

    The question runs on a thread of its own.  Where the user leaves, its answer is dropped.

    Raises:
        LeftError: the user did not wait.
        Exception: as the question.
    """
    asked = _Asked(question)
    asked.wait(times.quiet)
    if not asked.is_over:
        dialog = KeyringDialog(theme, words, waiting, asked, times.patience)
        if dialog.exec() != KeyringDialog.DialogCode.Accepted:
            raise LeftError(wants_passphrase=dialog.wants_passphrase)
    return asked.answer()


class _Asked(Generic[_T]):
    """A question on its way.

    Its thread does not keep the program alive: a keyring may never answer.
    """

    def __init__(self, question: Callable[[], _T]) -> None:
        self._question = question
        self._answers: list[_T] = []
        self._failures: list[Exception] = []
        self._over = threading.Event()
        self._heard: Callable[[], None] | None = None
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="unlocking", daemon=True).start()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def wait(self, seconds: float) -> None:
        self._over.wait(seconds)

    def tell(self, heard: Callable[[], None] | None) -> None:
        """Call this on the question's thread when it is over, at once if it is; None for nobody."""
        with self._lock:
            self._heard = heard
            if heard is not None and self.is_over:
                heard()

    def answer(self) -> _T:
        if self._failures:
            raise self._failures[0]
        return self._answers[0]

    def _run(self) -> None:
        try:
            self._answers.append(self._question())
        except Exception as error:  # noqa: BLE001 - raised again for who asked
            self._failures.append(error)
        finally:
            with self._lock:
                self._over.set()
                if self._heard is not None:
                    self._heard()


class KeyringDialog(CardDialog):
    """Says what is being waited for.  Accepted: the keyring has answered.

    Attributes:
        wants_passphrase: the user left for a passphrase.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        waiting: Waiting,
        asked: _Asked[_T],
        patience_seconds: float,
    ) -> None:
        super().__init__(theme, words("The keyring of this computer asks you"), waiting.text)
        # The keyring's own window has the keyboard, and keeps it.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.wants_passphrase = False
        self._asked = asked
        self.quit_button = TextButton(theme, words("Quit"), kind=ButtonKind.GHOST)
        self.passphrase_button = TextButton(theme, words("Use a passphrase instead"))
        self.add_button(self.quit_button)
        self.add_button(self.passphrase_button)
        self.passphrase_button.hide()
        self.quit_button.clicked.connect(self.reject)
        self.passphrase_button.clicked.connect(self._leave_for_passphrase)
        if waiting.offers_passphrase:
            patience = QTimer(self, singleShot=True, interval=round(1000 * patience_seconds))
            patience.timeout.connect(self._offer_passphrase)
            patience.start()
        dispatcher = Dispatcher(self)
        asked.tell(lambda: dispatcher.post(self.accept))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """At the top of the screen: the middle is where the keyring's own window comes up."""
        super().showEvent(event)
        room = self.screen().availableGeometry()
        self.move(room.center().x() - self.width() // 2, room.top() + Space.LARGE)

    @override
    def done(self, result: int) -> None:
        self._asked.tell(None)
        super().done(result)

    def _offer_passphrase(self) -> None:
        self.passphrase_button.show()
        self._fit()

    def _leave_for_passphrase(self) -> None:
        self.wants_passphrase = True
        self.reject()
