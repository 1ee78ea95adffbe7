"""Moves a model across file systems until it is killed: run as `python -m ... HOME TARGET`."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from app.chores import AtOnce, Chores
from app.models.library_file import Kept
from app.models.library_work import LibraryWork
from app.models.piece_sums import NoSums
from tests.app.models.shelf import Home


def no_links(source: Path, target: Path) -> None:
    """As between two file systems."""
    raise OSError(errno.EXDEV, "another file system", str(source), None, str(target))


def told(done: int, total: int) -> None:
    """Say how far it is; the next step waits for the word of who kills."""
    sys.stdout.write(f"{done} {total}\n")
    sys.stdout.flush()
    sys.stdin.readline()


def main(folder: Path, target: Path) -> None:
    """Move the one model that is there."""
    home = Home(folder)

    def kept(id_: str) -> Kept:
        found = home.file.read().find(id_)
        assert found is not None
        return found

    work = LibraryWork(
        home.file,
        home.current,
        Chores(AtOnce(), lambda call: call()),
        home.clock,
        kept,
        lambda: None,
        NoSums(),
        no_links,
    )
    work.move("large", target, told, lambda _: None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
