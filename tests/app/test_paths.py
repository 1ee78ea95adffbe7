from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.paths import FolderError, Paths, make_private

ROOT = Path(__file__).resolve().parents[2]


def test_the_usual_places_are_those_of_xdg() -> None:
    assert Paths.from_environment({"HOME": "/home/ann"}, "linux") == Paths(
        data=Path("/home/ann/.local/share/sotto"),
        config=Path("/home/ann/.config/sotto"),
        cache=Path("/home/ann/.cache/sotto"),
        state=Path("/home/ann/.local/state/sotto"),
    )


def test_xdg_variables_move_them() -> None:
    environ = {
        "HOME": "/home/ann",
        "XDG_DATA_HOME": "/d",
        "XDG_CONFIG_HOME": "/c",
        "XDG_CACHE_HOME": "/k",
        "XDG_STATE_HOME": "/s",
    }

    assert Paths.from_environment(environ, "linux") == Paths(
        Path("/d/sotto"), Path("/c/sotto"), Path("/k/sotto"), Path("/s/sotto")
    )


@pytest.mark.parametrize("value", ["", "relative/folder", "~/tilde"])
def test_xdg_variables_that_are_empty_or_relative_do_not_count(value: str) -> None:
    paths = Paths.from_environment({"HOME": "/home/ann", "XDG_DATA_HOME": value}, "linux")

    assert paths.data == Path("/home/ann/.local/share/sotto")


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_sottos_own_variables_go_first_each_for_itself(platform: str, tmp_path: Path) -> None:
    for kind in ("data", "config", "cache", "state"):
        environ = {"HOME": "/home/ann", f"SOTTO_{kind.upper()}_DIR": str(tmp_path)}
        paths = Paths.from_environment(environ, platform)
        moved = [name for name in Paths.__slots__ if getattr(paths, name) == tmp_path]

        assert moved == [kind]


def test_a_relative_folder_of_the_user_counts_from_where_sotto_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"HOME": "/home/ann", "SOTTO_DATA_DIR": "here", "SOTTO_CACHE_DIR": ""}
    paths = Paths.from_environment(environ, "linux")

    assert paths.data == tmp_path / "here"
    assert paths.cache == Path("/home/ann/.cache/sotto")


def test_without_a_home_in_the_environment_the_users_own_is_taken() -> None:
    assert Paths.from_environment({}, "linux").data == Path.home() / ".local/share/sotto"


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_give_absolute_folders_of_their_own(platform: str) -> None:
    paths = Paths.from_environment({}, platform)

    assert len({paths.data, paths.config, paths.cache, paths.state}) >= 2
    for folder in (paths.data, paths.config, paths.cache, paths.state):
        assert folder.is_absolute()
        assert "Sotto" in folder.parts


def test_the_files_lie_in_their_folders(tmp_path: Path) -> None:
    paths = Paths(*(tmp_path / kind for kind in ("data", "config", "cache", "state")))

    assert paths.database == tmp_path / "data" / "chats.db"
    assert paths.settings == tmp_path / "config" / "settings.json"


def test_a_new_folder_is_private_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    new = tmp_path / "a" / "b"
    assert make_private(new) == new
    assert stat.S_IMODE(new.stat().st_mode) == 0o700

    (tmp_path / "old").mkdir(mode=0o750)
    make_private(tmp_path / "old")
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o750


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderError) as caught:
        make_private(tmp_path / "file" / "folder")

    assert str(tmp_path / "file" / "folder") in str(caught.value)


def test_importing_the_rooms_makes_no_folder_and_prints_nothing(own_folders: Path) -> None:
    before = sorted(own_folders.rglob("*"))
    code = "import app.paths, app.settings, app.secrets, app.logs, app.chats.storage_thread"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=ROOT, capture_output=True, check=True
    )

    assert (done.stdout, done.stderr) == (b"", b"")
    assert sorted(own_folders.rglob("*")) == before
