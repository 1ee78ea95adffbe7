"""Ordinary work in a notebook: a real kernel in a real box."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError

import pytest

from app.tools.python.output import NO_OUTPUT
from app.tools.python.tool import RESTARTED_NOTE
from app.tools.sandbox.policy import Limits, SandboxKind
from app.tools.values import OutcomeStatus, Progress
from tests.app.tools.python.conftest import MakeRoom
from tests.app.tools.python.rooms import Room


def test_what_a_call_defines_the_next_one_knows(room: Room) -> None:
    done = room.call("x = 40")
    assert (done.text, done.status, done.note) == (NO_OUTPUT, OutcomeStatus.DONE, "")
    assert room.text("print('한글 🙂'); x + 2") == "한글 🙂\n42"
    assert room.text("%pwd\n!echo from a program").startswith("from a program")


def test_an_error_is_told_without_colours_and_the_state_stays(make_room: MakeRoom) -> None:
    room = make_room()
    room.call("y = 1")
    failed = room.call("import sys\nprint('out')\nprint('err', file=sys.stderr)\n1/0")
    assert failed.status is OutcomeStatus.FAILED
    assert failed.text.startswith("out\nerr\n")
    assert failed.text.endswith("ZeroDivisionError: division by zero")
    assert "\x1b" not in failed.text
    assert "SyntaxError" in room.text("print(")
    assert room.text("y") == "1"


def test_nothing_of_much_output_in_small_pieces_is_lost(make_room: MakeRoom) -> None:
    said = make_room().text("for n in range(5000): print(f'<{n}>' + 'x' * 500, flush=True)")
    assert said.startswith("<0>x")
    assert "\n<4999>x" in said


def test_work_can_be_shared_among_processes_in_namespaces(make_room: MakeRoom) -> None:
    code = """
from multiprocessing import Pool
def square(x):
    print(f"<{x}>", flush=True)
    return x * x
with Pool(2) as pool:
    print(pool.map(square, range(3)))
"""
    said = make_room().text(code)
    assert "[0, 1, 4]" in said
    assert all(f"<{number}>" in said for number in range(3))


def test_a_plot_and_a_table_can_be_seen(room: Room) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('한글')\nplt.show()"
    plot = room.call(code)
    (image,) = plot.attachments
    assert (image.name, image.media_type) == ("image-1.png", "image/png")
    assert image.data.startswith(b"\x89PNG")
    assert len(image.data) > 5000
    table = room.call("import pandas\npandas.DataFrame({'a': [1], '나': ['<b>']})")
    (html,) = table.attachments
    assert html.media_type == "text/html"
    assert "&lt;b&gt;" in html.data.decode()
    assert html.text == table.text == "   a    나\n0  1  <b>"


def test_code_without_end_is_stopped_in_time_and_the_state_stays(
    make_room: MakeRoom, kind: SandboxKind
) -> None:
    room = make_room(kind, seconds=1.5)
    room.call("z = 5")
    late = room.call("print('so far', flush=True)\nwhile True: pass")
    assert late.status is OutcomeStatus.TIMED_OUT
    assert late.text.startswith("so far\n")
    assert "[ERROR] The code took longer than 1.5 seconds and was stopped." in late.text
    assert late.note == ""
    assert room.text("z") == "5"


def test_code_that_will_not_stop_costs_the_notebook(room: Room) -> None:
    room.tool._seconds = 1
    code = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
signal.signal(signal.SIGINT, signal.SIG_IGN)
w = 1
while True:
    try:
        while True: pass
    except BaseException:
        pass
"""
    room.call("w = 1")
    late = room.call(code)
    assert (late.status, late.note) == (OutcomeStatus.TIMED_OUT, RESTARTED_NOTE)
    assert RESTARTED_NOTE in late.text
    room.tool._seconds = 60
    assert "NameError" in room.text("w")


def test_stop_stops_the_code_and_keeps_what_it_can(room: Room) -> None:
    room.call("kept = 7")
    runs = threading.Event()

    def hear(progress: Progress) -> None:
        if "runs" in progress.text:
            runs.set()

    begun = room.begin("print('runs', flush=True)\nwhile True: pass", report=hear)
    assert runs.wait(20)
    begun.cancel()
    with pytest.raises(CancelledError):
        begun.result()
    assert room.text("kept") == "7"


@pytest.mark.parametrize("sign", ["", "*/*/run/connection.json", "*/*/run/kernel-1"])
def test_stop_while_the_notebook_starts_leaves_nothing_behind(room: Room, sign: str) -> None:
    begun = room.begin("x = 1")
    while sign and not list(room.root.glob(sign)):
        assert not begun.done()
    begun.cancel()
    with pytest.raises(CancelledError):
        begun.result()
    assert room.text("print('after')").endswith("after")


def test_what_is_printed_is_told_while_the_code_runs(make_room: MakeRoom) -> None:
    room = make_room()
    heard = threading.Event()

    def hear(progress: Progress) -> None:
        if "first" in progress.text:
            heard.set()

    # It ends only when it was heard of.
    code = "print('first', flush=True)\nimport os\nwhile not os.path.exists('heard'): pass"
    begun = room.begin(code, report=hear)
    assert heard.wait(20)
    room.data().joinpath("heard").touch()
    assert begun.result(60).text == "first"


def test_after_a_crash_there_is_a_new_notebook_and_the_files_are_there(room: Room) -> None:
    room.call("open('a.txt', 'w').write('A'); v = 1")
    crashed = room.call("print('last words', flush=True)\nimport os\nos._exit(3)")
    assert crashed.status is OutcomeStatus.FAILED
    assert crashed.note == RESTARTED_NOTE
    assert "[ERROR] The notebook crashed. The notebook was restarted" in crashed.text
    after = room.call("print(open('/mnt/data/a.txt').read())\nv")
    assert after.note == RESTARTED_NOTE
    assert after.text.startswith(f"[WARN] {RESTARTED_NOTE}")
    assert "\nA\n" in after.text
    assert "NameError" in after.text
    assert room.call("1").note == ""


def test_only_so_many_notebooks_live_and_the_oldest_makes_room(make_room: MakeRoom) -> None:
    room = make_room(most_alive=2)
    second, third = room.new_chat(), room.new_chat()
    room.call("a = 1")
    room.call("a = 2", second)
    room.call("a")  # used last, so the second is the oldest
    room.call("a = 3", third)
    assert room.notebooks.chats == (room.chat, third)
    assert room.text("a") == "1"
    again = room.call("a", second)
    assert again.note == RESTARTED_NOTE
    assert "NameError" in again.text


def test_a_notebook_that_nobody_uses_is_ended(make_room: MakeRoom) -> None:
    room = make_room(idle_seconds=0.05)
    room.call("open('kept.txt', 'w').write('kept')")
    held = room.notebooks._alive.get(room.chat)
    if held is not None:  # else it has ended already
        ended = held.kernel._process.ended

        async def its_end() -> int:
            return await ended

        room.ask(its_end)
    assert "kept" in room.text("print(open('kept.txt').read())")


def test_a_chat_that_is_forgotten_has_no_notebook_and_keeps_its_files(make_room: MakeRoom) -> None:
    room = make_room()
    room.call("open('kept.txt', 'w').write('kept')")
    room.ask(lambda: room.tool.forget(room.chat))
    assert room.notebooks.chats == ()
    names = room.ask(lambda: room.folders.list(room.chat))
    assert [one.name for one in names] == ["kept.txt"]


def test_without_a_sandbox_nothing_runs_until_the_user_accepts(make_room: MakeRoom) -> None:
    off = make_room(SandboxKind.NONE)
    assert (off.tool.is_offered, off.tool.addresses) == (False, ())
    assert not off.tool.declaration.python
    refused = off.call("print(1)")
    assert refused.status is OutcomeStatus.FAILED
    assert "[ERROR] Python is off" in refused.text
    assert off.notebooks.chats == ()


def test_with_consent_code_runs_unheld_and_says_so(make_room: MakeRoom) -> None:
    room = make_room(SandboxKind.NONE, accepts=True)
    assert room.tool.is_offered
    assert room.text("print(open('/mnt/data/x', 'w').write('abc'))") == "3"
    assert room.text("import os; os._exit(1)").endswith("are still there.")


def test_memory_beyond_the_limit_is_an_error_of_the_code(
    make_room: MakeRoom, kind: SandboxKind
) -> None:
    room = make_room(kind, limits=Limits(memory_bytes=2 << 30))
    assert "MemoryError" in room.text("big = bytearray(3 << 30)")
    assert room.text("1 + 1") == "2"
