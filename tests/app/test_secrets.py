from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.secrets import (
    DatabaseKey,
    KeyVault,
    PassphraseCost,
    SecretsError,
    SecretStore,
    VaultState,
    WrongPassphraseError,
)

CHEAP = PassphraseCost(memory_kib=64, iterations=1, lanes=1)


@dataclass
class FakeKeyring:
    """A keyring in memory that can be absent, locked, forgetful or silent."""

    kept: dict[str, str] = field(default_factory=dict)
    is_there: bool = True
    is_locked: bool = False
    is_forgetful: bool = False
    silence: threading.Event | None = None

    def name(self) -> str | None:
        return "Fake" if self.is_there else None

    def get(self, user: str) -> str | None:
        self._answer()
        return self.kept.get(user)

    def set(self, user: str, text: str) -> None:
        self._answer()
        if not self.is_forgetful:
            self.kept[user] = text

    def delete(self, user: str) -> None:
        self._answer()
        del self.kept[user]

    def _answer(self) -> None:
        if self.silence is not None:
            self.silence.wait()
        if self.is_locked:
            raise RuntimeError("locked: the prompt was dismissed")


MakeVault = Callable[..., KeyVault]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def ring() -> FakeKeyring:
    return FakeKeyring()


@pytest.fixture
def make_vault(folder: Path, ring: FakeKeyring) -> MakeVault:
    def make(passphrase: str | None = None, **options: object) -> KeyVault:
        environ = {} if passphrase is None else {"SOTTO_PASSPHRASE": passphrase}
        return KeyVault(folder, environ, **{"keyring": ring, "cost": CHEAP, **options})  # type: ignore[arg-type]

    return make


@pytest.fixture
def vault(make_vault: MakeVault) -> KeyVault:
    return make_vault()


def stored(folder: Path) -> dict[str, object]:
    read = json.loads((folder / "key.json").read_text())
    assert isinstance(read, dict)
    return read


def test_a_new_folder_says_whether_a_keyring_could_keep_its_key(
    vault: KeyVault, ring: FakeKeyring, folder: Path
) -> None:
    assert vault.state() is VaultState.NEW_WITH_KEYRING
    ring.is_locked = True
    assert vault.state() is VaultState.NEW_WITHOUT_KEYRING
    ring.is_there = False
    assert vault.state() is VaultState.NEW_WITHOUT_KEYRING
    assert not folder.exists()


def test_a_key_in_the_keyring_comes_back_and_is_in_no_file(
    vault: KeyVault, make_vault: MakeVault, folder: Path
) -> None:
    key = vault.create_with_keyring()

    assert key.raw is not None
    assert len(key.raw) == 32
    assert vault.state() is VaultState.KEYRING
    assert make_vault().open_with_keyring() == key
    assert key.raw.hex() not in (folder / "key.json").read_text()


def test_keys_are_random_and_folders_do_not_share_them(tmp_path: Path, ring: FakeKeyring) -> None:
    vaults = [KeyVault(tmp_path / name, {}, keyring=ring) for name in ("a", "b")]
    keys = [vault.create_with_keyring() for vault in vaults]

    assert keys[0] != keys[1]
    assert [vault.open_with_keyring() for vault in vaults] == keys


def test_a_moved_folder_still_finds_its_key(
    vault: KeyVault, folder: Path, tmp_path: Path, ring: FakeKeyring
) -> None:
    key = vault.create_with_keyring()
    folder.rename(tmp_path / "elsewhere")

    assert KeyVault(tmp_path / "elsewhere", {}, keyring=ring).open_with_keyring() == key


def test_a_key_lost_from_the_keyring_is_never_replaced(
    vault: KeyVault, make_vault: MakeVault, ring: FakeKeyring, folder: Path
) -> None:
    vault.create_with_keyring()
    ring.kept.clear()
    before = (folder / "key.json").read_bytes()
    for attempt in (
        vault.open_with_keyring,
        vault.open_unattended,
        make_vault("x").open_unattended,
    ):
        with pytest.raises(SecretsError, match="no longer has the key") as caught:
            attempt()
        assert str(folder) in caught.value.hint.format(**caught.value.fields)

    assert ring.kept == {}
    assert (folder / "key.json").read_bytes() == before


def test_a_lost_key_file_never_leads_to_a_new_key_over_an_old_database(
    vault: KeyVault, make_vault: MakeVault, ring: FakeKeyring, folder: Path
) -> None:
    folder.mkdir()
    (folder / "chats.db").write_bytes(b"encrypted")
    attempts: list[Callable[[], object]] = [
        vault.state,
        vault.create_with_keyring,
        lambda: vault.create_with_passphrase("x"),
        vault.create_unencrypted,
        vault.open_with_keyring,
        lambda: vault.open_with_passphrase("x"),
        vault.open_unencrypted,
        vault.open_unattended,
        make_vault("x").open_unattended,
    ]
    for attempt in attempts:
        with pytest.raises(SecretsError, match="key file of your chats is missing"):
            attempt()

    assert ring.kept == {}
    assert not (folder / "key.json").exists()


def test_an_empty_database_file_is_no_database(vault: KeyVault, folder: Path) -> None:
    folder.mkdir()
    (folder / "chats.db").touch()

    assert vault.state() is VaultState.NEW_WITH_KEYRING


def test_a_keyring_that_keeps_nothing_is_noticed_before_anything_is_encrypted(
    vault: KeyVault, ring: FakeKeyring, folder: Path
) -> None:
    ring.is_forgetful = True
    with pytest.raises(SecretsError, match="keyring does not answer"):
        vault.create_with_keyring()

    assert not (folder / "key.json").exists()


def test_a_keyring_that_hangs_does_not_freeze_the_app(
    make_vault: MakeVault, ring: FakeKeyring
) -> None:
    ring.silence = threading.Event()
    vault = make_vault(keyring_seconds=0.05)
    try:
        assert vault.state() is VaultState.NEW_WITHOUT_KEYRING
        with pytest.raises(SecretsError, match="keyring does not answer") as caught:
            vault.create_with_keyring()
    finally:
        ring.silence.set()

    assert "0.05" in caught.value.detail


def test_a_keyrings_own_words_are_not_passed_on(vault: KeyVault, ring: FakeKeyring) -> None:
    vault.create_with_keyring()
    ring.is_locked = True
    with pytest.raises(SecretsError) as caught:
        vault.open_with_keyring()

    assert caught.value.detail == "RuntimeError"


def test_a_keyring_that_fails_has_no_name(folder: Path) -> None:
    class Broken(FakeKeyring):
        def name(self) -> str | None:
            raise OSError("the bus is gone")

    assert KeyVault(folder, {}, keyring=Broken()).keyring_backend_name() is None


@pytest.mark.parametrize("entry", ["", "not base64!", "c2hvcnQ="])
def test_an_entry_that_is_no_key_is_told(vault: KeyVault, ring: FakeKeyring, entry: str) -> None:
    vault.create_with_keyring()
    ring.kept = dict.fromkeys(ring.kept, entry)

    with pytest.raises(SecretsError, match="no longer has the key"):
        vault.open_with_keyring()


def test_a_passphrase_opens_what_it_closed_and_no_other_does(
    vault: KeyVault, make_vault: MakeVault
) -> None:
    key = vault.create_with_passphrase("correct horse")

    assert vault.state() is VaultState.PASSPHRASE
    assert make_vault().open_with_passphrase("correct horse") == key
    for wrong in ("Correct horse", "correct horse ", ""):
        with pytest.raises(WrongPassphraseError):
            vault.open_with_passphrase(wrong)


def test_a_passphrase_fits_however_the_keyboard_composes_its_letters(vault: KeyVault) -> None:
    key = vault.create_with_passphrase("비밀번호 é")

    assert vault.open_with_passphrase("비밀번호 é") == key


def test_an_empty_passphrase_is_refused(vault: KeyVault, folder: Path) -> None:
    with pytest.raises(SecretsError, match="empty"):
        vault.create_with_passphrase("")

    assert not folder.exists()


def test_the_cost_is_kept_with_the_key_so_that_it_can_grow_later(
    vault: KeyVault, make_vault: MakeVault, folder: Path
) -> None:
    key = vault.create_with_passphrase("p")

    assert make_vault(cost=PassphraseCost()).open_with_passphrase("p") == key
    kdf = stored(folder)["kdf"]
    assert isinstance(kdf, dict)
    assert (kdf["name"], kdf["memory_kib"], kdf["iterations"]) == ("argon2id", 64, 1)


def test_the_usual_cost_is_that_of_the_design() -> None:
    assert PassphraseCost() == PassphraseCost(memory_kib=65_536, iterations=3, lanes=4)
    assert PassphraseCost().is_sane()


def change(folder: Path, path: str, value: object) -> None:
    whole = stored(folder)
    place: dict[str, object] = whole
    *outer, last = path.split(".")
    for name in outer:
        inner = place[name]
        assert isinstance(inner, dict)
        place = inner
    place[last] = value
    (folder / "key.json").write_text(json.dumps(whole))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("kdf.memory_kib", 2**40),
        ("kdf.memory_kib", 0),
        ("kdf.iterations", 10**9),
        ("kdf.lanes", 0),
        ("kdf.name", "md5"),
        ("kdf.salt", "short"),
        ("kdf", None),
        ("kdf", {}),
        ("nonce", "%%%"),
        ("nonce", 5),
        ("nonce", ""),
        ("wrapped", None),
        ("wrapped", ""),
    ],
)
def test_a_damaged_wrapping_is_told_and_asks_for_no_absurd_memory(
    vault: KeyVault, folder: Path, path: str, value: object
) -> None:
    vault.create_with_passphrase("p")
    change(folder, path, value)

    with pytest.raises(SecretsError):
        vault.open_with_passphrase("p")


@pytest.mark.parametrize(("path", "value"), [("kdf.iterations", 2), ("kdf.extra", "x")])
def test_the_wrapped_key_is_bound_to_its_parameters(
    vault: KeyVault, folder: Path, path: str, value: object
) -> None:
    vault.create_with_passphrase("p")
    change(folder, path, value)

    with pytest.raises(WrongPassphraseError):
        vault.open_with_passphrase("p")


def test_no_encryption_is_a_choice_that_is_written_down(vault: KeyVault, folder: Path) -> None:
    assert vault.create_unencrypted() == DatabaseKey(None)
    assert vault.state() is VaultState.UNENCRYPTED
    assert vault.open_unencrypted() == DatabaseKey(None)
    assert stored(folder)["mode"] == "unencrypted"


def test_a_key_is_opened_only_the_way_it_was_made(vault: KeyVault) -> None:
    with pytest.raises(SecretsError, match="another way"):
        vault.open_with_keyring()
    vault.create_with_passphrase("p")
    with pytest.raises(SecretsError, match="another way"):
        vault.open_with_keyring()
    with pytest.raises(SecretsError, match="another way"):
        vault.open_unencrypted()


def test_of_two_that_make_a_key_the_second_is_told_and_leaves_nothing_behind(
    vault: KeyVault, make_vault: MakeVault, folder: Path, ring: FakeKeyring
) -> None:
    key = vault.create_with_keyring()
    entries = dict(ring.kept)
    other = make_vault()
    for attempt in (
        other.create_with_keyring,
        lambda: other.create_with_passphrase("p"),
        other.create_unencrypted,
    ):
        with pytest.raises(SecretsError, match="by another program"):
            attempt()

    assert ring.kept == entries
    assert vault.open_with_keyring() == key
    assert [path.name for path in folder.iterdir()] == ["key.json"]


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path, ring: FakeKeyring) -> None:
    (tmp_path / "data").touch()

    with pytest.raises(SecretsError, match="cannot be read"):
        KeyVault(tmp_path / "data", {}, keyring=ring).state()


def test_of_two_scripts_that_start_at_the_same_moment_both_get_the_same_key(
    make_vault: MakeVault, ring: FakeKeyring
) -> None:
    class Slow(FakeKeyring):
        """Keeps its text only after another script has made its key."""

        def set(self, user: str, text: str) -> None:
            keys.append(make_vault().open_unattended())
            super().set(user, text)

    keys: list[DatabaseKey] = []
    keys.append(make_vault(keyring=Slow(kept=ring.kept)).open_unattended())

    assert keys[0] == keys[1]
    assert len(ring.kept) == 1


def test_a_disk_that_refuses_the_key_file_is_told_and_the_keyring_entry_is_taken_back(
    vault: KeyVault, ring: FakeKeyring, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(SecretsError, match="cannot be written"):
        vault.create_with_keyring()

    assert ring.kept == {}
    assert list(folder.iterdir()) == []


def test_a_file_system_without_hard_links_will_do(
    vault: KeyVault, make_vault: MakeVault, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_target: Path, _source: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    key = vault.create_with_passphrase("p")
    with pytest.raises(SecretsError, match="by another program"):
        make_vault().create_unencrypted()

    assert vault.open_with_passphrase("p") == key
    assert [path.name for path in folder.iterdir()] == ["key.json"]
    assert stat.S_IMODE((folder / "key.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"5",
        b"[" * 100_000,
        b"{}",
        b'{"version": 1, "mode": "magic"}',
        b'{"version": 2, "mode": "keyring", "user": "x"}',
        b'{"version": 1, "mode": "keyring", "user": ""}',
        b'{"version": 1, "mode": "keyring"}',
    ],
)
def test_a_damaged_key_file_is_told_and_kept(vault: KeyVault, folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "key.json").write_bytes(content)
    for attempt in (vault.state, vault.open_unattended, vault.open_with_keyring):
        with pytest.raises(SecretsError, match="damaged"):
            attempt()

    assert (folder / "key.json").read_bytes() == content


def test_the_key_file_is_for_its_owner_only(vault: KeyVault, folder: Path) -> None:
    vault.create_unencrypted()

    assert stat.S_IMODE((folder / "key.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_script_takes_the_passphrase_of_its_environment_before_the_keyring(
    make_vault: MakeVault, ring: FakeKeyring
) -> None:
    key = make_vault("from the environment").open_unattended()

    assert ring.kept == {}
    assert make_vault().state() is VaultState.PASSPHRASE
    assert make_vault("from the environment").open_unattended() == key
    assert make_vault().open_with_passphrase("from the environment") == key


def test_a_script_without_a_passphrase_uses_the_keyring(make_vault: MakeVault) -> None:
    key = make_vault().open_unattended()

    assert make_vault("").state() is VaultState.KEYRING
    assert make_vault("ignored, since the key is in the keyring").open_unattended() == key


def test_a_script_opens_what_the_user_left_unencrypted(make_vault: MakeVault) -> None:
    make_vault().create_unencrypted()

    assert make_vault("p").open_unattended() == DatabaseKey(None)


def test_a_script_that_needs_a_person_says_what_to_do(
    make_vault: MakeVault, ring: FakeKeyring
) -> None:
    ring.is_there = False
    with pytest.raises(SecretsError, match="no system keyring") as caught:
        make_vault().open_unattended()
    assert "SOTTO_PASSPHRASE" in caught.value.hint

    make_vault().create_with_passphrase("p")
    with pytest.raises(SecretsError, match="locked with a passphrase") as caught:
        make_vault().open_unattended()
    assert "SOTTO_PASSPHRASE" in caught.value.hint
    with pytest.raises(WrongPassphraseError):
        make_vault("q").open_unattended()


def test_a_key_is_never_printed_and_its_salt_gives_nothing_away() -> None:
    key = DatabaseKey(b"k" * 32)

    assert "kkk" not in repr(key)
    assert "kkk" not in str(replace(key))
    assert len(key.salt) == 16
    assert key.salt == DatabaseKey(b"k" * 32).salt
    assert key.salt != DatabaseKey(b"l" * 32).salt


def test_secrets_for_services_are_kept_by_name_replaced_and_forgotten(ring: FakeKeyring) -> None:
    store = SecretStore(ring)
    assert store.get("search key brave") is None

    store.set("search key brave", "first")
    store.set("search key brave", "second")
    store.set("search key exa", "other")
    assert store.get("search key brave") == "second"

    store.delete("search key brave")
    store.delete("search key brave")
    assert store.get("search key brave") is None
    assert store.get("search key exa") == "other"


def test_a_secret_is_kept_nowhere_but_in_the_keyring(ring: FakeKeyring) -> None:
    ring.is_forgetful = True
    with pytest.raises(SecretsError):
        SecretStore(ring).set("search key brave", "first")


@pytest.mark.parametrize("act", ["get", "set", "delete"])
def test_a_locked_keyring_is_told_and_the_secret_is_not(ring: FakeKeyring, act: str) -> None:
    ring.is_locked = True
    store = SecretStore(ring)
    with pytest.raises(SecretsError) as told:
        getattr(store, act)(*(("name", "hush") if act == "set" else ("name",)))

    assert "keyring" in told.value.title
    assert "hush" not in told.value.title + told.value.hint + told.value.detail


def test_a_keyring_that_never_answers_holds_a_secret_up_for_a_while_only(
    ring: FakeKeyring,
) -> None:
    ring.silence = threading.Event()
    try:
        with pytest.raises(SecretsError):
            SecretStore(ring, keyring_seconds=0.05).get("name")
    finally:
        ring.silence.set()
