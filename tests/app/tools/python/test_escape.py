"""What hostile code does in a notebook, and that Sotto goes on: nothing gets out, nothing hangs.

Every test ends with a call that works.
"""

from __future__ import annotations

import json
from pathlib import Path

import psutil
import pytest

from app.tools.python.output import MAX_TEXT_CHARS
from app.tools.python.tool import RESTARTED_NOTE
from app.tools.sandbox.policy import Limits, SandboxKind
from app.tools.values import OutcomeStatus
from tests.app.tools.python.conftest import MakeRoom
from tests.app.tools.python.rooms import Room
from tests.app.tools.sandbox.attacks import ATTACKS, HARNESS, PRELUDE
from tests.app.tools.sandbox.host import VARIABLE, host


def living() -> int:
    """How many processes there are; the dead whom nobody has asked after yet do not count."""
    found = (one.info["status"] for one in psutil.process_iter(["status"]))
    return sum(status != psutil.STATUS_ZOMBIE for status in found)


def works(room: Room) -> None:
    assert room.text("print(6 * 7)").splitlines()[-1] == "42"


def test_no_attack_gets_out_of_the_notebook(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "open sesame")
    with host(tmp_path) as target:
        code = HARNESS.format(told=json.dumps([target.facts, ATTACKS, PRELUDE]))
        assert room.text(code).splitlines()[-1] == "[]"
        assert target.damage() == []
    works(room)


def test_the_history_and_sottos_own_folders_are_out_of_reach(room: Room, own_folders: Path) -> None:
    (own_folders / ".local" / "share" / "sotto").mkdir(parents=True)
    history = own_folders / ".local" / "share" / "sotto" / "chats.db"
    history.write_text("history")
    code = f"""
for path in ({str(history)!r}, {str(room.root)!r} + "/../../etc/hostname", "/proc/1/cwd/etc/fstab"):
    try:
        print(open(path).read())
    except OSError as error:
        print("no")
"""
    assert room.text(code).split() == ["no"] * 3
    works(room)


def test_the_folder_of_another_chat_is_out_of_reach(room: Room) -> None:
    other = room.new_chat()
    room.call("open('secret.txt', 'w').write('of the other chat')", other)
    path = room.data(other) / "secret.txt"
    assert path.is_file()
    assert "Error" in room.text(f"print(open({str(path)!r}).read())")
    assert "Error" in room.text(f"import os; print(os.listdir({str(path.parents[2])!r}))")
    works(room)


FORGERIES = r"""
import json, os, struct, time
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
kernel, session = app.kernel, app.session
own = kernel.get_parent("shell")["header"]
stranger = {"msg_id": "0" * 32, "msg_type": "execute_request", "session": "x", "username": "x",
            "date": "x", "version": "5.3"}

def say(kind, content, parent=own):
    session.send(app.iopub_socket, kind, content, parent={"header": parent})

say("stream", {"name": "stdout", "text": "FORGED"}, stranger)
say("execute_result", {"data": {"text/plain": "FORGED"}, "metadata": {}}, stranger)
say("comm_open", {"comm_id": "1", "target_name": "FORGED", "data": {}})
say("comm_msg", {"comm_id": "1", "data": {"FORGED": 1}})
say("input_request", {"prompt": "FORGED", "password": True})
say("update_display_data", {"data": {"text/plain": "FORGED"}, "metadata": {}, "transient": {}})
say("execute_input", {"code": "FORGED", "execution_count": 1})
say("shutdown_reply", {"restart": True})
say("debug_event", {"FORGED": 1})

def raw(kind, content):
    # Past all that the notebook itself would put right.
    header = session.pack(session.msg_header(kind))
    parts = [header, session.pack(own), b"{}", content]
    app.iopub_socket.send_multipart([b"<IDS|MSG>", session.sign(parts), *parts])

for kind in ("stream", "display_data", "execute_result", "error", "status", "clear_output"):
    for content in (b'{"name": "stdout", "text": 5}', b'{"name": [], "text": {}}', b'"FORGED"',
                    b'{"data": "FORGED"}', b'{"data": [1]}', b'{"execution_state": ["idle"]}',
                    b'{"traceback": 5, "ename": 7, "evalue": {}}', b'{"wait": "FORGED"}', b"null",
                    b'{"data": {"image/png": "FORGED", "text/html": 5}}', b"[" * 100000, b"\xff",
                    b'{"data": {"text/html": "<script>FORGED()</script>"}}', b'{"text": NaN}'):
        raw(kind, content)
for frames in ([b"x"], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"y"] + [b"{}"] * 4,
               [b"<IDS|MSG>"] + [b"[" * 100000] * 5, [b"z"] * 100):
    app.iopub_socket.send_multipart(frames)
for wrong in ([b"[" * 100000 + b"]" * 100000] * 4, [b'"text"', b"5", b"null", b"[1]"]):
    app.iopub_socket.send_multipart([b"<IDS|MSG>", session.sign(wrong), *wrong])
raw("stream", b'{"name": "stdout", "text": "half \ud800"}')
print("true end")
"""


def test_forged_messages_say_nothing(room: Room) -> None:
    said = room.call(FORGERIES)
    assert "half ?" in said.text
    assert "true end" in said.text
    assert "FORGED" not in said.text
    assert said.attachments == ()
    works(room)


def test_a_forged_end_of_a_call_gains_nothing(make_room: MakeRoom) -> None:
    """The call looks over while its code runs on; the next one does not wait for ever."""
    code = """
import time
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
kernel, session = app.kernel, app.session
parent = kernel.get_parent("shell")
session.send(app.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
reply = session.msg("execute_reply", {"status": "ok", "execution_count": 1}, parent=parent)
frames = session.serialize(reply, kernel._parent_ident["shell"])
thread = app.shell_channel_thread
thread.io_loop.add_callback(lambda: thread.shell_stream.send_multipart(frames))
while True:
    try:
        while True: time.sleep(0.1)
    except BaseException:
        pass
"""
    room = make_room(seconds=2)
    room.call(code)
    late = room.call("print('next')")
    if "next" not in late.text:
        assert late.status is OutcomeStatus.TIMED_OUT
    works(room)


def test_a_message_beyond_all_bounds_costs_the_notebook_only(make_room: MakeRoom) -> None:
    room = make_room()
    code = """
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
app.iopub_socket.send_multipart([b"<IDS|MSG>", b"x", b"y" * (64 << 20)])
import time
while True: time.sleep(1)
"""
    flooded = room.call(code)
    assert flooded.status is OutcomeStatus.FAILED
    assert flooded.note == RESTARTED_NOTE
    works(room)


@pytest.mark.serial
def test_a_flood_of_output_is_stopped_and_takes_no_memory(make_room: MakeRoom) -> None:
    room = make_room()
    room.call("x = 1")
    before = psutil.Process().memory_info().rss
    flood = room.call("for _ in range(1024): print('y' * (1 << 20), flush=True)")
    assert flood.status is OutcomeStatus.FAILED
    assert "printed far too much" in flood.text
    assert len(flood.text) < MAX_TEXT_CHARS + 500
    assert "characters left out" in flood.text
    assert psutil.Process().memory_info().rss - before < 500 << 20
    works(room)


def test_a_single_giant_word_is_cut_where_it_is_said(make_room: MakeRoom) -> None:
    room = make_room()
    said = room.call("print('a' * (200 << 20))\nprint('end')")
    assert said.status is OutcomeStatus.DONE
    assert len(said.text) < MAX_TEXT_CHARS + 500
    giant = room.call("'b' * (50 << 20)")
    assert len(giant.text) < MAX_TEXT_CHARS + 500
    works(room)


@pytest.mark.serial
def test_a_fork_bomb_goes_off_inside(make_room: MakeRoom, kind: SandboxKind) -> None:
    room = make_room(kind, limits=Limits(processes=60), seconds=2)
    before = living()
    code = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
    bomb = room.call(code)
    assert bomb.status in {OutcomeStatus.FAILED, OutcomeStatus.TIMED_OUT}
    works(room)
    assert living() < before + 60


@pytest.mark.serial
def test_a_memory_bomb_of_many_processes_is_ended(make_room: MakeRoom, kind: SandboxKind) -> None:
    limits = Limits(memory_bytes=1 << 30, disk_bytes=32 << 20)
    room = make_room(kind, limits=limits, seconds=60)
    code = """
import os
for _ in range(8):
    if os.fork() == 0:
        held = b"x" * (300 << 20)
        while True: pass
while True: pass
"""
    bomb = room.call(code)
    assert bomb.status is OutcomeStatus.FAILED
    assert "[ERROR] The code used more memory than 1,024 MB." in bomb.text
    works(room)


@pytest.mark.parametrize(
    "filler",
    [
        "open(f'{number}', 'wb').write(bytes(1 << 20))",
        "open(f'{number}', 'w').close()",
        "os.symlink('x', f'{number}')",
        "os.makedirs('d/' * 20, exist_ok=True)",
    ],
    ids=["bytes", "files", "links", "depth"],
)
def test_a_disk_filler_is_ended_and_what_it_wrote_is_gone(make_room: MakeRoom, filler: str) -> None:
    room = make_room(limits=Limits(disk_bytes=16 << 20, files=200))
    room.call("open('kept.txt', 'w').write('kept')")
    code = f"import itertools, os\nfor number in itertools.count():\n    {filler}"
    full = room.call(code)
    assert full.status is OutcomeStatus.FAILED
    assert "[ERROR] The files took more room" in full.text
    assert "kept" in room.text("print(open('kept.txt').read())\nimport os\nprint(os.listdir('.'))")
    names = [one.name for one in room.ask(lambda: room.folders.list(room.chat))]
    assert names == ["kept.txt"]
    works(room)


def test_an_endless_loop_that_hides_from_every_signal_is_ended(
    make_room: MakeRoom, kind: SandboxKind
) -> None:
    room = make_room(kind, seconds=1)
    code = """
import os, signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
if os.fork() == 0:
    os.setsid()
while True:
    try:
        while True: pass
    except BaseException:
        pass
"""
    late = room.call(code)
    assert (late.status, late.note) == (OutcomeStatus.TIMED_OUT, RESTARTED_NOTE)
    works(room)


def test_sockets_that_are_swapped_lead_nowhere(room: Room, tmp_path: Path) -> None:
    """Links in place of the notebook's sockets are not followed: nothing connects again."""
    with host(tmp_path) as target:
        bus = target.facts["unix_path"]
        code = f"""
import glob, os
from ipykernel.kernelapp import IPKernelApp
folder = os.path.dirname(IPKernelApp.instance().abs_connection_file)
for path in glob.glob(folder + "/kernel-*"):
    os.unlink(path)
    os.symlink({bus!r}, path)
os._exit(1)
"""
        room.call(code)
        works(room)
        assert target.damage() == []
