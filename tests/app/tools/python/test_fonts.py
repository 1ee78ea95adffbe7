"""The list of fonts is made in a box and found by the notebooks' plots."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from app.tools.python.fonts import FontList
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import SandboxKind
from tests.app.tools.python.conftest import MakeRoom


def test_the_list_is_made_once_and_kept(tmp_path: Path, kind: SandboxKind) -> None:
    fonts = FontList(tmp_path)
    assert fonts.mounts() == ()
    asyncio.run(fonts.renew(Sandbox(kind)))
    (mount,) = fonts.mounts()
    (file,) = mount.source.iterdir()
    assert json.loads(file.read_text())["ttflist"]
    file.write_text("as it was")
    asyncio.run(fonts.renew(Sandbox(kind)))
    assert file.read_text() == "as it was"
    assert [path.name for path in tmp_path.iterdir()] == [mount.source.name]


def test_where_it_cannot_be_made_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    asyncio.run(FontList(tmp_path / "cache").renew(Sandbox(SandboxKind.BUBBLEWRAP)))
    assert (tmp_path / "cache").is_file()


def test_a_notebook_finds_the_list_in_its_home(make_room: MakeRoom, kind: SandboxKind) -> None:
    room = make_room(kind)
    (folder,) = (one.source for one in room.notebooks._fonts.mounts())
    (folder / "fontlist-v0.json").write_text("{}")
    code = "import os; print(os.listdir(os.path.expanduser('~/.cache/matplotlib')))"
    assert room.text(code) == "['fontlist-v0.json']"
