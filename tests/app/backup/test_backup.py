from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.assembly import STAGED_NAME, open_storage
from app.backup import container, restoring
from app.backup.container import BackupError
from app.backup.making import look, make_backup
from app.chats.database import StorageBusyError, StorageError, open_database
from app.chats.store import ChatStore
from app.paths import Paths
from app.secrets import DatabaseKey, PassphraseCost, WrongPassphraseError
from engine.errors import UserFacingError
from engine.harmony.messages import Effort

QUICK = PassphraseCost(64, 1, 1)
KEY = DatabaseKey(bytes(range(32)))
OTHER = DatabaseKey(bytes(range(1, 33)))
CANARY = "zanzibar"
Open = Callable[..., ChatStore]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chats.db"


@pytest.fixture
def open_history(data: Path) -> Iterator[Open]:
    opened: list[ChatStore] = []

    def opener(file: Path = data, key: DatabaseKey = KEY) -> ChatStore:
        opened.append(ChatStore(open_database(file, key)))
        return opened[-1]

    yield opener
    for one in opened:
        with suppress(StorageError):
            one.close()


def ask(store: ChatStore, text: str) -> None:
    store.append_user(None, None, text, Effort.LOW, 1, title=text)


def back_up(data: Path, target: Path, key: DatabaseKey = KEY) -> None:
    made = make_backup(data, key, target, "sesame", 77, QUICK)
    assert made.made_ms == 77


def titles(store: ChatStore) -> list[str]:
    return sorted(chat.title for chat in store.chats())


@pytest.mark.parametrize("key", [KEY, DatabaseKey(None)])
def test_a_backup_opens_on_another_machine(
    data: Path, open_history: Open, tmp_path: Path, key: DatabaseKey
) -> None:
    store, target = open_history(data, key), tmp_path / "copy.sotto"
    ask(store, CANARY)
    while store.search.index.work(1.0):
        pass
    back_up(data, target, key)  # while the history is open and in use
    ask(store, "later")
    assert CANARY.encode() not in target.read_bytes()
    assert look(target, "sesame", tmp_path).facts.messages == 1

    elsewhere = tmp_path / "elsewhere" / "chats.db"
    restoring.stage(target, "sesame", elsewhere, OTHER)
    assert restoring.put_in_place(elsewhere, OTHER, 5)
    there = open_history(elsewhere, OTHER)
    assert titles(there) == [CANARY]
    assert there.search.find(CANARY, there.chats(), 9).total == 1
    ask(there, "goes on")
    assert titles(there) == sorted([CANARY, "goes on"])
    assert [path.name for path in target.parent.iterdir() if path.name.startswith(".")] == []


def test_what_was_there_is_kept_aside_and_comes_back(
    data: Path, open_history: Open, tmp_path: Path
) -> None:
    store, target = open_history(), tmp_path / "copy.sotto"
    ask(store, "old")
    back_up(data, target)
    ask(store, "new")
    restoring.stage(target, "sesame", data, KEY)
    with pytest.raises(StorageBusyError):
        restoring.put_in_place(data, KEY, 5)
    assert titles(store) == ["new", "old"]
    store.close()
    assert restoring.put_in_place(data, KEY, 5)
    restored = open_history()
    assert titles(restored) == ["old"]
    restored.close()

    (aside,) = restoring.kept_aside(data)
    assert restoring.time_of(aside) == 5
    restoring.bring_back(aside)
    assert restoring.put_in_place(data, KEY, 6)
    again = open_history()
    assert titles(again) == ["new", "old"]
    (aside,) = restoring.kept_aside(data)
    restoring.remove(aside)
    assert restoring.kept_aside(data) == ()
    assert not restoring.put_in_place(data, KEY, 7)


def test_a_crash_between_the_two_renames_is_finished_at_the_next_start(
    data: Path, open_history: Open, tmp_path: Path
) -> None:
    store, target = open_history(), tmp_path / "copy.sotto"
    ask(store, "old")
    back_up(data, target)
    store.close()
    restoring.stage(target, "sesame", data, KEY)
    data.unlink()
    storage = open_storage(Paths(data.parent, *[tmp_path] * 3), KEY)
    assert storage.submit(titles).result() == ["old"]
    storage.close()


def test_a_damaged_history_does_not_stand_in_the_way(
    data: Path, open_history: Open, tmp_path: Path
) -> None:
    store, target = open_history(), tmp_path / "copy.sotto"
    ask(store, "old")
    back_up(data, target)
    store.close()
    data.write_bytes(os.urandom(8192))
    restoring.stage(target, "sesame", data, KEY)
    assert restoring.put_in_place(data, KEY, 5)
    assert titles(open_history()) == ["old"]
    assert len(restoring.kept_aside(data)) == 1


def test_the_start_waits_for_another_program_that_has_it_open(
    data: Path, open_history: Open, tmp_path: Path
) -> None:
    store, target = open_history(), tmp_path / "copy.sotto"
    ask(store, "old")
    back_up(data, target)
    ask(store, "new")
    restoring.stage(target, "sesame", data, KEY)
    storage = open_storage(Paths(data.parent, *[tmp_path] * 3), KEY)
    assert storage.submit(titles).result() == ["new", "old"]
    storage.close()
    assert data.with_name(STAGED_NAME).exists()
    assert restoring.STAGED == STAGED_NAME


def test_a_wrong_passphrase_and_damage_are_told_and_change_nothing(
    data: Path, open_history: Open, tmp_path: Path
) -> None:
    store, target = open_history(), tmp_path / "copy.sotto"
    ask(store, "old")
    back_up(data, target)
    with pytest.raises(WrongPassphraseError):
        look(target, "open", tmp_path)
    whole = target.read_bytes()
    middle = len(whole) // 2
    for damaged in (
        whole[:middle],
        whole[:middle] + b"\x00" * 64 + whole[middle + 64 :],
        b"hello",
        b"",
    ):
        target.write_bytes(damaged)
        with pytest.raises(UserFacingError):
            restoring.stage(target, "sesame", data, KEY)
    with pytest.raises(BackupError):
        look(tmp_path / "nowhere", "sesame", tmp_path)
    assert titles(store) == ["old"]
    assert sorted(path.name for path in data.parent.iterdir() if "restore" in path.name) == []


def test_newer_backups_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "x.sotto"
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("about.json", '{"sotto_backup": 2}')
    with pytest.raises(BackupError, match="newer"):
        container.about(target)
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("other", "x")
    with pytest.raises(BackupError, match="no backup"):
        container.about(target)


def test_a_backup_that_cannot_be_written_leaves_nothing(
    data: Path, open_history: Open, tmp_path: Path
) -> None:
    ask(open_history(), "old")
    with pytest.raises(BackupError):
        back_up(data, tmp_path / "nowhere" / "x.sotto")
    assert [path.name for path in data.parent.iterdir() if path.name.startswith(".")] == []
