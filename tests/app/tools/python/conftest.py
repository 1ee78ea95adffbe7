"""Rooms with a notebook."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.tools.sandbox.policy import SandboxKind
from tests.app.tools.python.rooms import Room

MakeRoom = Callable[..., Room]


@pytest.fixture(params=[SandboxKind.BUBBLEWRAP, SandboxKind.LANDLOCK])
def kind(request: pytest.FixtureRequest) -> SandboxKind:
    """Each kind of box."""
    return SandboxKind(request.param)


@pytest.fixture
def make_room() -> Iterator[MakeRoom]:
    """Makes rooms and closes them; nothing may be left of them on the disk."""
    with tempfile.TemporaryDirectory(prefix="room-") as root:  # sockets want a short path
        made: list[Room] = []

        def make(kind: SandboxKind = SandboxKind.BUBBLEWRAP, **settings: Any) -> Room:
            folder = Path(root, str(len(made)))
            folder.mkdir()
            made.append(Room(folder, kind, **settings))
            return made[-1]

        yield make
        for room in made:
            room.close()


@pytest.fixture
def room(make_room: MakeRoom, kind: SandboxKind) -> Room:
    """A room with boxes of each kind."""
    return make_room(kind)
