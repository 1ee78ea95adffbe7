"""Several processes at one library, and one that is killed in the middle of a move."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.models.library_file import Kept, LibraryFile, Shelf
from app.models.values import Moving
from tests.app.models.shelf import Home, model_of

WRITERS, EACH = 4, 12


def test_changes_of_many_writers_at_once_are_all_kept(tmp_path: Path) -> None:
    home = Home(tmp_path)
    file = home.written("m.gguf")

    def write(name: str) -> None:
        own = LibraryFile(home.data / "library.json")
        for number in range(EACH):
            model = replace(model_of(file), id=f"{name}-{number}")

            def add(shelf: Shelf, model: object = model) -> Shelf:
                assert isinstance(model, type(model_of(file)))
                return replace(shelf, models=(*shelf.models, Kept(model)))

            own.change(add)

    threads = [threading.Thread(target=write, args=(f"w{one}",)) for one in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len({one.model.id for one in home.file.read().models}) == WRITERS * EACH


@pytest.mark.parametrize("steps", [1, 3, 5, 8])
def test_a_model_is_whole_in_one_place_whenever_the_mover_is_killed(
    tmp_path: Path, steps: int
) -> None:
    home = Home(tmp_path)
    parts = [home.written(f"l-{one}.gguf", bytes([one]) * 9_000_000) for one in (1, 2)]
    right = [hashlib.sha256(path.read_bytes()).hexdigest() for path in parts]
    home.library().add(model_of(*parts))
    target = tmp_path / "elsewhere"

    command = [sys.executable, "-m", "tests.app.models.mover", str(tmp_path), str(target)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as mover:
        assert mover.stdin is not None
        assert mover.stdout is not None
        for _ in range(steps):
            assert mover.stdout.readline()
            mover.stdin.write("\n")
            mover.stdin.flush()
        mover.kill()

    model = home.library().models()[0]
    assert not model.is_missing
    found = [hashlib.sha256(path.read_bytes()).hexdigest() for path in model.paths]
    assert found == right
    came: list[Moving] = []  # and the same move can be made again
    home.library().move(model.id, target, lambda *_: None, came.append)
    assert came == [Moving(model.id)]
