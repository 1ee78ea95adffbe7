"""Gets the key of the chat history, asking the user only where someone has to decide."""

from __future__ import annotations

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


def unlock(vault: KeyVault, theme: Theme, words: Words) -> DatabaseKey | None:
    """The key of the chat history; None when the user would rather quit.

    Raises:
        UserFacingError: there is no way to the key; the user has been told in a dialog.
    """
    try:
        return _key(vault, theme, words)
    except UserFacingError as error:
        is_accepted(ProblemDialog(theme, words, error))
        raise


def _key(vault: KeyVault, theme: Theme, words: Words) -> DatabaseKey | None:
    if vault.passphrase_from_environment():
        try:
            return vault.open_unattended()
        except WrongPassphraseError:
            return _ask(vault, theme, words)
    match vault.state():
        case VaultState.KEYRING:
            return vault.open_with_keyring()
        case VaultState.UNENCRYPTED:
            return vault.open_unencrypted()
        case VaultState.PASSPHRASE:
            return _ask(vault, theme, words)
        case VaultState.NEW_WITH_KEYRING:
            try:
                return vault.create_with_keyring()
            except SecretsError:
                return _choose(vault, theme, words)
        case VaultState.NEW_WITHOUT_KEYRING:
            return _choose(vault, theme, words)


def _ask(vault: KeyVault, theme: Theme, words: Words) -> DatabaseKey | None:
    dialog = PassphraseDialog(theme, words, vault.open_with_passphrase)
    return dialog.key if is_accepted(dialog) else None


def _choose(vault: KeyVault, theme: Theme, words: Words) -> DatabaseKey | None:
    while True:
        dialog = FirstStartDialog(theme, words, vault.create_with_passphrase)
        if is_accepted(dialog):
            return dialog.key
        if not dialog.wants_no_encryption:
            return None
        if is_accepted(PlainDialog(theme, words)):
            return vault.create_unencrypted()
