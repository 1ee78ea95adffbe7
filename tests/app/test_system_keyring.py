"""The real `keyring` library underneath: which of its backends are trusted, and do they keep."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from app.secrets import KeyVault, SecretsError, SystemKeyring, VaultState

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Callable[[KeyringBackend], None]:
    """Makes `keyring` use a backend, as a configuration file or the environment would."""

    def choose(backend: KeyringBackend) -> None:
        monkeypatch.setattr(keyring.core, "_keyring_backend", backend)

    return choose


def backend_in(module: str, **kept: str) -> KeyringBackend:
    """A backend that says it lives in some module, and keeps texts in memory."""

    def get_password(_self: object, service: str, user: str) -> str | None:
        return kept.get(f"{service}/{user}")

    def set_password(_self: object, service: str, user: str, text: str) -> None:
        kept[f"{service}/{user}"] = text

    def delete_password(_self: object, service: str, user: str) -> None:
        del kept[f"{service}/{user}"]

    made = type(
        "Keyring",
        (KeyringBackend,),
        {
            "__module__": module,
            "priority": -1,
            "get_password": get_password,
            "set_password": set_password,
            "delete_password": delete_password,
        },
    )
    KeyringBackend._classes.discard(made)
    backend = made()
    assert isinstance(backend, KeyringBackend)
    return backend


@pytest.mark.parametrize(
    "backend",
    [
        fail.Keyring(),
        null.Keyring(),
        backend_in("keyrings.alt.file"),
        backend_in("keyrings.cryptfile.cryptfile"),
        backend_in("somebody.keyring.backends.SecretService"),
    ],
)
def test_backends_that_keep_nothing_or_keep_it_in_the_open_are_not_used(
    chosen: Callable[[KeyringBackend], None], backend: KeyringBackend, folder: Path
) -> None:
    chosen(backend)
    vault = KeyVault(folder, {})

    assert vault.keyring_backend_name() is None
    assert vault.state() is VaultState.NEW_WITHOUT_KEYRING
    with pytest.raises(SecretsError):
        vault.create_with_keyring()


@pytest.mark.parametrize("place", ["SecretService", "libsecret", "kwallet", "macOS", "Windows"])
def test_the_systems_own_keyrings_are_used(
    chosen: Callable[[KeyringBackend], None], place: str, folder: Path
) -> None:
    chosen(backend_in(f"keyring.backends.{place}"))
    vault = KeyVault(folder, {})

    assert vault.keyring_backend_name() == f"{place}.Keyring"
    key = vault.create_with_keyring()
    assert vault.open_with_keyring() == key


def test_of_a_chain_the_first_real_keyring_is_used(
    chosen: Callable[[KeyringBackend], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    links = [backend_in("keyrings.alt.file"), backend_in("keyring.backends.kwallet")]
    monkeypatch.setattr(chainer.ChainerBackend, "backends", links)
    chosen(chainer.ChainerBackend())
    ring = SystemKeyring()
    ring.set("me", "text")

    assert ring.name() == "kwallet.Keyring"
    assert ring.get("me") == "text"
    assert links[0].get_password("Sotto", "me") is None
    ring.delete("me")
    assert ring.get("me") is None


_IN_A_SESSION = """
import sys
from pathlib import Path
from app.secrets import KeyVault, VaultState
folder = Path(sys.argv[1])
vault = KeyVault(folder, {})
print(vault.keyring_backend_name())
print(vault.state())
key = vault.open_unattended()
print(vault.state())
print(KeyVault(folder, {}).open_unattended() == key)
(folder / "key.json").unlink()
print(KeyVault(folder, {}).create_with_keyring() == key)
"""


@pytest.mark.serial
def test_a_real_secret_service_keeps_the_key(folder: Path) -> None:
    script = (
        "printf '%s' a-login-password | gnome-keyring-daemon --unlock --components=secrets"
        ' >/dev/null && exec "$0" -c "$1" "$2"'
    )
    done = subprocess.run(
        [
            *("dbus-run-session", "--", "env", "-u", "PYTHON_KEYRING_BACKEND"),
            *("sh", "-c", script, sys.executable, _IN_A_SESSION, str(folder)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.split() == [
        *("SecretService.Keyring", "new_with_keyring", "keyring", "True", "False")
    ], done.stderr


@pytest.mark.serial
def test_a_session_bus_without_a_keyring_is_no_keyring(folder: Path) -> None:
    code = "import sys; from pathlib import Path; from app.secrets import KeyVault; " + (
        "print(KeyVault(Path(sys.argv[1]), {}).state())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        env={"HOME": str(folder), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout.split() == ["new_without_keyring"]
