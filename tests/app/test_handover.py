from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.chats.ids import ChatId
from app.handover import VARIABLE, Handover
from app.secrets import DatabaseKey

ROOT = Path(__file__).resolve().parents[2]
FULL = Handover(
    DatabaseKey(bytes(range(32))), ChatId(7), b"\x01\xd9\xd0\xcb" * 20, ("garage:1", "10.0.0.2:5")
)

STARTS_ANEW = """
import os, sys
from app.chats.ids import ChatId
from app.handover import Handover, start_anew
from app.secrets import DatabaseKey

left = Handover.receive(os.environ)
if left is None:
    leaked = os.open(sys.argv[1], os.O_RDONLY)
    os.set_inheritable(leaked, True)
    print(os.getpid(), flush=True)
    key = DatabaseKey(bytes(range(32)))
    sys.exit(start_anew(Handover(key, ChatId(7), b"where", ("garage:1",))))
names = [os.path.realpath(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")]
print(os.getpid(), left.key.raw == bytes(range(32)), left.chat_id, left.geometry)
print(left.without_workers, "SOTTO_HANDOVER" in os.environ, sys.argv[1] in names, repr(left.key))
"""


def through_a_pipe(data: bytes) -> Handover | None:
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    environ = {VARIABLE: str(reading), "HOME": "/"}
    received = Handover.receive(environ)
    assert environ == {"HOME": "/"}, "told twice"
    return received


@pytest.mark.parametrize("sent", [FULL, Handover(DatabaseKey(None))])
def test_what_is_sent_is_received(sent: Handover) -> None:
    assert through_a_pipe(sent.encoded()) == sent


def test_an_ordinary_start_was_left_nothing() -> None:
    assert Handover.receive({}) is None


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", FULL.encoded()[:-9], b'{"key": "AA=="}'])
def test_what_cannot_be_read_is_as_if_nothing_was_left(data: bytes) -> None:
    assert through_a_pipe(data) is None


def test_a_descriptor_that_is_none_is_as_if_nothing_was_left() -> None:
    assert Handover.receive({VARIABLE: "many"}) is None


def test_a_handover_that_would_not_fit_a_pipe_is_refused() -> None:
    with pytest.raises(ValueError, match="small"):
        Handover(DatabaseKey(None), geometry=bytes(20_000)).encoded()


def test_a_fresh_image_takes_this_one_s_place_and_gets_what_was_left(tmp_path: Path) -> None:
    opened = tmp_path / "driver"
    opened.touch()
    done = subprocess.run(
        [sys.executable, "-c", STARTS_ANEW, str(opened)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    before, after, rest = done.stdout.splitlines()
    assert after == f"{before} True 7 b'where'", "the same process, and all it was left"
    assert rest == "('garage:1',) False False DatabaseKey()", "no way back, nothing kept open"
