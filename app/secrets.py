"""The key of the chat history, in the OS keyring or behind a passphrase; keys for services.

The only module that touches `keyring`.  The key file says where the key is; it holds the key
itself only wrapped by a passphrase.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import threading
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import keyring
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from app.key_file import KeyExistsError, KeyFile, SecretsError, VaultState
from engine.errors import UserFacingError

__all__ = [
    "KEY_BYTES",
    "PASSPHRASE_VARIABLE",
    "DatabaseKey",
    "KeyExistsError",
    "KeyVault",
    "Keyring",
    "PassphraseCost",
    "SecretStore",
    "SecretsError",
    "SystemKeyring",
    "VaultState",
    "WrongPassphraseError",
    "new_key",
    "unwrapped_key",
    "wrapped_key",
]

_T = TypeVar("_T")

KEY_BYTES: Final = 32
PASSPHRASE_VARIABLE: Final = "SOTTO_PASSPHRASE"  # noqa: S105 - the name of a variable
_SERVICE: Final = "Sotto"

# keyrings.alt and keyrings.cryptfile, where they are installed, win over these by priority;
# they keep secrets in plain text or ask for a password on the terminal, which freezes a window.
_REAL_BACKENDS: Final = (
    "keyring.backends.SecretService.",
    "keyring.backends.libsecret.",
    "keyring.backends.kwallet.",
    "keyring.backends.macOS.",
    "keyring.backends.Windows.",
)


class WrongPassphraseError(SecretsError):
    """The passphrase does not fit; asking again makes sense."""


@dataclass(frozen=True, slots=True)
class DatabaseKey:
    """What the chat history is encrypted with.  Never printed.

    Attributes:
        raw: 32 random bytes; None means that the user chose no encryption.
    """

    raw: bytes | None = field(repr=False)

    def __post_init__(self) -> None:
        if self.raw is not None and len(self.raw) != KEY_BYTES:
            raise ValueError("not a key")

    @property
    def salt(self) -> bytes:
        """16 bytes for the database's header, always the same for the same key; not secret."""
        return hashlib.sha256(b"sotto database salt" + (self.raw or b"")).digest()[:16]


@dataclass(frozen=True, slots=True)
class PassphraseCost:
    """How hard a passphrase is to guess: Argon2id (RFC 9106), about half a second.

    Attributes:
        memory_kib: KiB of memory.
        iterations: passes over it.
        lanes: threads.
    """

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 4

    def is_sane(self) -> bool:
        """Whether a machine can be expected to do it; a damaged file may ask for anything."""
        return (
            1 <= self.lanes <= 64
            and 1 <= self.iterations <= 100
            and 8 * self.lanes <= self.memory_kib <= 4 * 1024 * 1024
        )


class Keyring(Protocol):
    """A place of the operating system that keeps texts for this user."""

    def name(self) -> str | None:
        """What it is called, or None where there is none that can be trusted."""
        ...

    def get(self, user: str) -> str | None:
        """The text kept under a name; None where there is none."""
        ...

    def set(self, user: str, text: str) -> None:
        """Keep a text under a name."""
        ...

    def delete(self, user: str) -> None:
        """Forget a text."""
        ...


class SystemKeyring:
    """The operating system's keyring by way of `keyring`.  Calls may block on its own prompt."""

    def name(self) -> str | None:
        """The backend's module and class, e.g. "SecretService.Keyring"."""
        backend = _real_backend()
        return _name_of(backend).removeprefix("keyring.backends.") if backend else None

    def get(self, user: str) -> str | None:
        """As `Keyring.get`."""
        return _needed_backend().get_password(_SERVICE, user)

    def set(self, user: str, text: str) -> None:
        """As `Keyring.set`."""
        _needed_backend().set_password(_SERVICE, user, text)

    def delete(self, user: str) -> None:
        """As `Keyring.delete`."""
        _needed_backend().delete_password(_SERVICE, user)


class KeyVault:
    """Makes, keeps and opens the key of one data folder.  One thread.

    Opening with a passphrase takes about half a second; a keyring may take as long as its
    own prompt is open, at most `keyring_seconds`.  A method that waits for the keyring may be
    called on another thread, as long as nothing else is asked meanwhile.

    Args:
        folder: the data folder; need not exist.
        environ: where `SOTTO_PASSPHRASE` may be.
        keyring: the operating system's, or a test's.
        cost: how hard a new passphrase is to guess.
        keyring_seconds: how long the keyring may think, or wait for the user at its prompt; None
            for as long as that takes, where somebody is told what is waited for.
    """

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str],
        *,
        keyring: Keyring | None = None,
        cost: PassphraseCost | None = None,
        keyring_seconds: float | None = 30.0,
    ) -> None:
        self._folder = folder
        self._file = KeyFile(folder)
        self._environ = environ
        self._keyring = keyring or SystemKeyring()
        self._cost = cost or PassphraseCost()
        self._keyring_seconds = keyring_seconds

    def state(self) -> VaultState:
        """Where the key is, or could be put.

        Raises:
            SecretsError: the key file is damaged, or gone while its database is still there.
        """
        stored = self._file.read()
        if stored is not None:
            return VaultState(stored["mode"])
        self._file.refuse_if_database_exists()
        usable = self._is_keyring_usable()
        return VaultState.NEW_WITH_KEYRING if usable else VaultState.NEW_WITHOUT_KEYRING

    def keyring_backend_name(self) -> str | None:
        """The keyring in use, for `sotto doctor`; None where there is none to trust."""
        try:
            return self._ask_keyring(self._keyring.name)
        except SecretsError:
            return None

    def passphrase_from_environment(self) -> str | None:
        """`SOTTO_PASSPHRASE`, for scripts and tests; None where it is unset or empty."""
        return self._environ.get(PASSPHRASE_VARIABLE) or None

    def create_with_keyring(self) -> DatabaseKey:
        """Make a key and keep it in the keyring.

        Raises:
            SecretsError: the keyring does not keep it, or this folder has a key already.
        """
        self._file.refuse_if_database_exists()
        key = new_key()
        user, text = f"database key {secrets.token_hex(8)}", _to_text(_raw(key))
        self._ask_keyring(lambda: self._keyring.set(user, text))
        if self._ask_keyring(lambda: self._keyring.get(user)) != text:
            raise _keyring_failed("the key that was set did not come back")
        try:
            self._file.publish({"mode": VaultState.KEYRING.value, "user": user})
        except UserFacingError:
            with suppress(SecretsError):
                self._ask_keyring(lambda: self._keyring.delete(user))
            raise
        return key

    def open_with_keyring(self) -> DatabaseKey:
        """Fetch the key from the keyring.

        Raises:
            SecretsError: the keyring does not answer or no longer has the key.
        """
        user = str(self._file.read_as(VaultState.KEYRING)["user"])
        text = self._ask_keyring(lambda: self._keyring.get(user))
        try:
            return DatabaseKey(_from_text(text or ""))
        except ValueError as error:
            # Never make a new key here: it would not fit what is already encrypted.
            raise SecretsError(
                "The system keyring no longer has the key of your chats.",
                "Unlock or restore the keyring that was in use when Sotto was first started. "
                "To begin a new history, move the files in {folder} away.",
                detail=f"entry {user!r} of {_SERVICE!r} is {'damaged' if text else 'missing'}",
                fields={"folder": str(self._folder)},
            ) from error

    def create_with_passphrase(self, passphrase: str) -> DatabaseKey:
        """Make a key and wrap it with a passphrase that is not empty.

        Raises:
            SecretsError: the passphrase is empty, or this folder has a key already.
        """
        if not passphrase:
            raise SecretsError("The passphrase is empty.", "Choose one that you will remember.")
        self._file.refuse_if_database_exists()
        key = new_key()
        self._file.publish(wrapped_key(key, passphrase, self._cost))
        return key

    def open_with_passphrase(self, passphrase: str) -> DatabaseKey:
        """Unwrap the key.

        Raises:
            WrongPassphraseError: the passphrase does not fit.
            SecretsError: the key file is damaged.
        """
        stored = self._file.read_as(VaultState.PASSPHRASE)
        try:
            return unwrapped_key(stored, passphrase)
        except (KeyError, TypeError, ValueError) as error:
            raise self._file.damaged(type(error).__name__) from error

    def create_unencrypted(self) -> DatabaseKey:
        """Keep chats without encryption, as the user plainly chose.

        Raises:
            SecretsError: this folder has a key already.
        """
        self._file.refuse_if_database_exists()
        self._file.publish({"mode": VaultState.UNENCRYPTED.value})
        return DatabaseKey(None)

    def open_unencrypted(self) -> DatabaseKey:
        """The key that encrypts nothing.

        Raises:
            SecretsError: the user did not choose this.
        """
        self._file.read_as(VaultState.UNENCRYPTED)
        return DatabaseKey(None)

    def open_unattended(self) -> DatabaseKey:
        """The key without asking anyone: for scripts, tests and a start that needs no question.

        A new folder gets a passphrase where `SOTTO_PASSPHRASE` is set, else the keyring.

        Raises:
            SecretsError: a person has to decide or to type, or as the other methods.
        """
        try:
            return self._open_unattended()
        except KeyExistsError:
            return self._open_unattended()

    def _open_unattended(self) -> DatabaseKey:
        passphrase = self.passphrase_from_environment()
        if passphrase and self._file.read() is None:
            return self.create_with_passphrase(passphrase)
        state = self.state()
        if state is VaultState.NEW_WITH_KEYRING:
            return self.create_with_keyring()
        if state is VaultState.KEYRING:
            return self.open_with_keyring()
        if state is VaultState.UNENCRYPTED:
            return self.open_unencrypted()
        if state is VaultState.PASSPHRASE and passphrase:
            return self.open_with_passphrase(passphrase)
        if state is VaultState.PASSPHRASE:
            raise SecretsError(
                "Your chats are locked with a passphrase.",
                "Set the environment variable SOTTO_PASSPHRASE, or open Sotto's window.",
            )
        raise SecretsError(
            "There is no system keyring to keep the key of your chats.",
            "Set the environment variable SOTTO_PASSPHRASE, or open Sotto's window "
            "to choose a passphrase.",
        )

    def _is_keyring_usable(self) -> bool:
        """Whether it not only exists but answers: a locked one may be dismissed by the user."""
        try:
            if self._ask_keyring(self._keyring.name) is None:
                return False
            self._ask_keyring(lambda: self._keyring.get("is it there?"))
        except SecretsError:
            return False
        return True

    def _ask_keyring(self, question: Callable[[], _T]) -> _T:
        return _ask(question, self._keyring_seconds)


class SecretStore:
    """Keys and passwords for services, each under a name, in the operating system's keyring.

    There is no other place for them: without a keyring nothing is kept.  Calls may block as
    long as the keyring's own prompt is open, at most `keyring_seconds`: a chores thread.

    Args:
        keyring: the operating system's, or a test's.
        keyring_seconds: how long the keyring may think.
    """

    def __init__(self, keyring: Keyring | None = None, keyring_seconds: float = 30.0) -> None:
        self._keyring = keyring or SystemKeyring()
        self._seconds = keyring_seconds

    def get(self, name: str) -> str | None:
        """What is kept under a name; None where there is nothing.

        Raises:
            SecretsError: the keyring does not answer.
        """
        return _ask(lambda: self._keyring.get(name), self._seconds) or None

    def set(self, name: str, secret: str) -> None:
        """Keep a secret under a name, in place of what was there.

        Raises:
            SecretsError: the keyring does not keep it.
        """
        _ask(lambda: self._keyring.set(name, secret), self._seconds)
        if self.get(name) != secret:
            raise _keyring_failed("the secret that was set did not come back")

    def delete(self, name: str) -> None:
        """Forget what is kept under a name, if anything is.

        Raises:
            SecretsError: the keyring does not answer.
        """
        if self.get(name) is not None:
            _ask(lambda: self._keyring.delete(name), self._seconds)


def _ask(question: Callable[[], _T], seconds: float | None) -> _T:
    """Ask the keyring on a thread of its own: D-Bus may hang, and a prompt may be left open."""
    answers: list[_T] = []
    failures: list[Exception] = []

    def ask() -> None:
        try:
            answers.append(question())
        except Exception as error:  # noqa: BLE001 - a backend may raise anything
            failures.append(error)

    thread = threading.Thread(target=ask, name="keyring", daemon=True)
    thread.start()
    thread.join(seconds)
    if failures:
        raise _keyring_failed(_kind_of(failures[0])) from failures[0]
    if not answers:
        raise _keyring_failed(f"no answer in {seconds:g} s")
    return answers[0]


def _real_backend() -> KeyringBackend | None:
    """The first backend that keeps secrets for real; `keyring` may have chosen a chain of them."""
    chosen = keyring.get_keyring()
    chain = getattr(chosen, "backends", [chosen])
    return next((one for one in chain if _name_of(one).startswith(_REAL_BACKENDS)), None)


def _needed_backend() -> KeyringBackend:
    backend = _real_backend()
    if backend is None:
        raise KeyringError("no backend")
    return backend


def _name_of(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _keyring_failed(detail: str) -> SecretsError:
    return SecretsError(
        "The system keyring does not answer.",
        "Unlock it and try again.",
        detail=detail,
    )


def _kind_of(error: Exception) -> str:
    """An error's type only: its text might hold what it could not read."""
    return type(error).__name__


def new_key() -> DatabaseKey:
    """A random key."""
    return DatabaseKey(os.urandom(KEY_BYTES))


def wrapped_key(
    key: DatabaseKey, passphrase: str, cost: PassphraseCost | None = None
) -> dict[str, Any]:
    """A key behind a passphrase, as JSON can hold it; takes about half a second."""
    cost, salt, nonce = cost or PassphraseCost(), os.urandom(16), os.urandom(12)
    head = {
        "mode": VaultState.PASSPHRASE.value,
        "kdf": {"name": "argon2id", "salt": _to_text(salt), **asdict(cost)},
        "nonce": _to_text(nonce),
    }
    wrapped = AESGCM(_derive(passphrase, salt, cost)).encrypt(nonce, _raw(key), _bound(head))
    return {**head, "wrapped": _to_text(wrapped)}


def unwrapped_key(stored: Mapping[str, Any], passphrase: str) -> DatabaseKey:
    """The key that `wrapped_key` put behind a passphrase.

    Raises:
        WrongPassphraseError: the passphrase does not fit.
        KeyError, TypeError, ValueError: `stored` makes no sense.
    """
    kdf = dict(stored["kdf"])
    cost = PassphraseCost(*(int(kdf[one.name]) for one in fields(PassphraseCost)))
    salt, nonce = _from_text(kdf["salt"]), _from_text(stored["nonce"])
    wrapped = _from_text(stored["wrapped"])
    if kdf["name"] != "argon2id" or not cost.is_sane():
        raise ValueError("unknown derivation")
    head = {name: stored[name] for name in ("mode", "kdf", "nonce")}
    try:
        raw = AESGCM(_derive(passphrase, salt, cost)).decrypt(nonce, wrapped, _bound(head))
    except InvalidTag as error:
        raise WrongPassphraseError(
            "This passphrase does not fit.", "Check upper and lower case and try again."
        ) from error
    return DatabaseKey(raw)


def _raw(key: DatabaseKey) -> bytes:
    assert key.raw is not None  # noqa: S101 - only ever called with a key just made
    return key.raw


def _derive(passphrase: str, salt: bytes, cost: PassphraseCost) -> bytes:
    """The wrapping key.  NFC (RFC 8265): keyboards differ in how they compose a letter."""
    return Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    ).derive(unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass"))


def _bound(head: Mapping[str, Any]) -> bytes:
    """What the wrapped key is bound to: a changed parameter makes it fail to open."""
    return json.dumps(head, sort_keys=True).encode()


def _to_text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _from_text(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
