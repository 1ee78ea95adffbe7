"""A download that is killed, again and again, at any moment."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.models.transfer import journal
from app.models.transfer.part_file import part_paths
from tests.app.models.transfer.mortal import Mortal
from tests.app.models.transfer.rig import NAME, REPOSITORY, content
from tests.app.models.transfer.rig import PIECE as SMALL
from tests.servers.hub.server import hub_server

PIECE = 1 << 16
READ = 1 << 16
"""What comes from the network at a time."""

DATA = content(40.5 * PIECE / SMALL)
SHA256 = hashlib.sha256(DATA).hexdigest()
DEATHS = 100


@dataclass
class Executioner:
    """Kills a process once so many bytes were sent to it."""

    child: int = 0
    left: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def aim(self, child: int, after: int) -> None:
        with self.lock:
            self.child, self.left = child, after

    def sends(self, count: int) -> None:
        with self.lock:
            self.left -= count
            if self.child and self.left < 0:
                os.kill(self.child, signal.SIGKILL)
                self.child = 0

    def rest(self) -> None:
        with self.lock:
            self.child = 0


def written_bytes(target: Path) -> int:
    """What the journal has of the file."""
    if target.exists():
        return len(DATA)
    notes = part_paths(target)[1]
    found = journal.parse(notes.read_bytes()) if notes.exists() else None
    return sum(len(found.layout.span(index)) for index in found.digests) if found else 0


@pytest.mark.serial
@pytest.mark.parametrize("lanes", [1, 3])
def test_a_download_survives_any_death_and_fetches_at_most_a_piece_twice(
    tmp_path: Path, lanes: int
) -> None:
    chance = random.Random(lanes)
    target = tmp_path / NAME
    with hub_server(send_buffer_bytes=1 << 14) as hub:
        commit = hub.put(REPOSITORY, {NAME: DATA})
        executioner = Executioner()
        hub.record.on_send = executioner.sends
        arguments = (hub.endpoint, str(tmp_path), commit, str(len(DATA)), SHA256, str(PIECE))
        with Mortal(*arguments) as mortal:
            deaths, ends = 0, 0
            while deaths < DEATHS // 2 or not ends:
                before = written_bytes(target)
                child = mortal.prepare(lanes)
                executioner.aim(child, chance.randrange(len(DATA) // 2))
                code, came = mortal.run()
                executioner.rest()
                assert code in {0, -signal.SIGKILL}
                deaths += code != 0
                # All that came and was not written down is what is fetched twice.
                assert came - (written_bytes(target) - before) < lanes * (PIECE + READ)
                if code == 0:
                    ends += 1
                    assert target.read_bytes() == DATA
                    assert [one.name for one in tmp_path.iterdir()] == [NAME]
                    target.unlink()


@pytest.mark.serial
@pytest.mark.parametrize(("step", "number"), [("os.rename", 1), ("os.remove", 2), ("os.remove", 3)])
def test_a_death_at_any_step_of_the_end_loses_nothing(
    tmp_path: Path, step: str, number: int
) -> None:
    target = tmp_path / NAME
    with hub_server() as hub:
        commit = hub.put(REPOSITORY, {NAME: DATA})
        arguments = (hub.endpoint, str(tmp_path), commit, str(len(DATA)), SHA256, str(PIECE))
        with Mortal(*arguments) as mortal:
            mortal.prepare(1, step, number)
            assert mortal.run() == (-signal.SIGKILL, len(DATA))
            asked = len(hub.record.asked())

            mortal.prepare(1)
            assert mortal.run() == (0, 0)

            assert target.read_bytes() == DATA
            assert [one.name for one in tmp_path.iterdir()] == [NAME]
            assert len(hub.record.asked()) == asked
