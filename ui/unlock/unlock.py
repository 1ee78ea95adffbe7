"""Gets the key of the chat history, asking the user only where someone has to decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from app.secrets import DatabaseKey, KeyVault, SecretsError, VaultState, WrongPassphraseError
from app.words import Words
from engine.errors import UserFacingError
from ui.theme.theme import Theme
from ui.unlock.dialogs import (
    FirstStartDialog,
    PassphraseDialog,
    PlainDialog,
    ProblemDialog,
    is_accepted,
)
from ui.unlock.waiting import LeftError, Waiting, WaitTimes, ask_keyring

_T = TypeVar("_T")


def unlock(
    vault: KeyVault, theme: Theme, words: Words, times: WaitTimes | None = None
) -> DatabaseKey | None:
    """The key of the chat history; None when the user would rather quit.

    One question at a time: while the system's keyring asks in a window of its own, Sotto asks
    nothing and says what that window is for.

    Args:
        vault: waits for its keyring as long as that takes.
        theme: the look.
        words: the user's language.
        times: of waiting for the keyring; None for the usual ones.

    Raises:
        UserFacingError: there is no way to the key; the user has been told in a dialog.
    """
    door = _Door(vault, theme, words, times or WaitTimes())
    while True:
        try:
            return door.key()
        except LeftError:
            return None
        except UserFacingError as error:
            problem = ProblemDialog(theme, words, error)
            is_accepted(problem)
            if not problem.wants_retry:
                raise


@dataclass(frozen=True, slots=True)
class _Door:
    """The ways to the key."""

    vault: KeyVault
    theme: Theme
    words: Words
    times: WaitTimes

    def key(self) -> DatabaseKey | None:
        vault = self.vault
        if vault.passphrase_from_environment():
            try:
                return self._wait_for(vault.open_unattended)
            except WrongPassphraseError:
                return self._ask()
        match self._state():
            case VaultState.KEYRING:
                return self._wait_for(vault.open_with_keyring)
            case VaultState.UNENCRYPTED:
                return vault.open_unencrypted()
            case VaultState.PASSPHRASE:
                return self._ask()
            case VaultState.NEW_WITH_KEYRING:
                try:
                    return self._wait_for(vault.create_with_keyring)
                except SecretsError:
                    return self._choose()
            case VaultState.NEW_WITHOUT_KEYRING:
                return self._choose()

    def _state(self) -> VaultState:
        try:
            return self._wait_for(self.vault.state, is_new=True)
        except LeftError as left:
            if not left.wants_passphrase:
                raise
            return VaultState.NEW_WITHOUT_KEYRING

    def _wait_for(self, question: Callable[[], _T], *, is_new: bool = False) -> _T:
        words = self.words
        if is_new:
            text = words(
                "Sotto wants to keep the key of your chats in the keyring of this computer. "
                "Answer in the keyring's own window. To use a passphrase of Sotto's own instead, "
                "cancel there."
            )
        else:
            text = words(
                "The key of your chats is in the keyring of this computer. Answer in the "
                "keyring's own window, and Sotto opens."
            )
        waiting = Waiting(text, offers_passphrase=is_new)
        return ask_keyring(question, self.theme, words, waiting, self.times)

    def _ask(self) -> DatabaseKey | None:
        dialog = PassphraseDialog(self.theme, self.words, self.vault.open_with_passphrase)
        return dialog.key if is_accepted(dialog) else None

    def _choose(self) -> DatabaseKey | None:
        while True:
            dialog = FirstStartDialog(self.theme, self.words, self.vault.create_with_passphrase)
            if is_accepted(dialog):
                return dialog.key
            if not dialog.wants_no_encryption:
                return None
            if is_accepted(PlainDialog(self.theme, self.words)):
                return self.vault.create_unencrypted()
