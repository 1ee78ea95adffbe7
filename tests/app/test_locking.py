from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.locking import LockKeeper, LockWay
from app.passphrase_check import fits, made_check
from app.secrets import KeyVault, PassphraseCost, SecretsError

QUICK = PassphraseCost(64, 1, 1)


class Ring:
    """A keyring in memory, which may be taken away."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.is_there = True

    def name(self) -> str | None:
        return "test"

    def get(self, user: str) -> str | None:
        if not self.is_there:
            raise RuntimeError("locked")
        return self.kept.get(user)

    def set(self, user: str, text: str) -> None:
        self.kept[user] = text

    def delete(self, user: str) -> None:
        del self.kept[user]


def test_the_passphrase_of_the_chats_opens_it(tmp_path: Path) -> None:
    vault = KeyVault(tmp_path, {}, cost=QUICK)
    key = vault.create_with_passphrase("sesame")
    keeper = LockKeeper(vault, key, lambda: made_check("other", QUICK))
    assert keeper.way() is LockWay.KEY
    assert keeper.may_open("sesame")
    assert not keeper.may_open("other")
    assert not keeper.may_open("")


def test_the_keyring_opens_it_unless_it_has_a_passphrase_of_its_own(tmp_path: Path) -> None:
    ring, check = Ring(), [""]
    vault = KeyVault(tmp_path, {}, keyring=ring)
    keeper = LockKeeper(vault, vault.create_with_keyring(), lambda: check[0])
    assert keeper.way() is LockWay.KEYRING
    assert keeper.may_open("")
    ring.is_there = False
    with pytest.raises(SecretsError):
        keeper.may_open("")
    check[0] = made_check("한글 sesame", QUICK)
    assert keeper.way() is LockWay.OWN
    assert keeper.may_open("한글 sesame")
    assert keeper.may_open("\u1112\u1161\u11ab\u1100\u1173\u11af sesame")  # composed otherwise
    assert not keeper.may_open("sesame")


def test_chats_without_a_key_are_open_to_who_is_there(tmp_path: Path) -> None:
    vault = KeyVault(tmp_path, {})
    keeper = LockKeeper(vault, vault.create_unencrypted(), lambda: "")
    assert keeper.way() is LockWay.FREE
    assert keeper.may_open("")


def test_what_is_kept_of_a_passphrase_does_not_tell_it() -> None:
    first, second = made_check("sesame", QUICK), made_check("sesame", QUICK)
    assert first != second
    assert "sesame" not in first


@given(st.text())
def test_a_damaged_check_opens_nothing(check: str) -> None:
    assert not fits(check, "")
    assert not fits(f"argon2id$64$1$1${check}", "")
    assert not fits(f"argon2id$999999999$1$1$AAAA${check}", "")
