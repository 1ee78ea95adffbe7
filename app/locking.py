"""How a locked window is opened again (docs/decisions, "what the lock protects")."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from app.secrets import DatabaseKey, KeyVault, SecretsError, VaultState, WrongPassphraseError


class LockWay(StrEnum):
    """KEY: the passphrase of the chats.  OWN: one that is only for the lock.

    KEYRING: the key is fetched from the system's keyring, which asks or does not.  FREE: whoever
    is at the desk may open it.
    """

    KEY = "key"
    OWN = "own"
    KEYRING = "keyring"
    FREE = "free"


class LockKeeper:
    """Says who may open a locked window.

    Args:
        vault: where the key of the chats is.
        key: of the chats.
        check: gives what is known of the lock's own passphrase (`app.passphrase_check`), or "".
    """

    def __init__(self, vault: KeyVault, key: DatabaseKey, check: Callable[[], str]) -> None:
        self._vault = vault
        self._key = key
        self._check = check

    def way(self) -> LockWay:
        """How it is opened; blocks no longer than reading a small file."""
        try:
            state = self._vault.state()
        except SecretsError:
            state = VaultState.UNENCRYPTED
        if state is VaultState.PASSPHRASE:
            return LockWay.KEY
        if self._check():
            return LockWay.OWN
        return LockWay.KEYRING if state is VaultState.KEYRING else LockWay.FREE

    def may_open(self, passphrase: str) -> bool:
        """Whether it may be opened; blocks, at the keyring as long as that asks.

        Args:
            passphrase: what was typed; not looked at where none is needed.

        Raises:
            SecretsError: the keyring does not answer.
        """
        way = self.way()
        if way is LockWay.OWN:
            # Argon2 is loaded with the first use.
            from app.passphrase_check import fits  # noqa: PLC0415 - few windows are locked

            return fits(self._check(), passphrase)
        if way is LockWay.KEY:
            try:
                return self._vault.open_with_passphrase(passphrase) == self._key
            except WrongPassphraseError:
                return False
        return way is LockWay.FREE or self._vault.open_with_keyring() == self._key
