from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from app.chats.ids import ChatId
from app.paths import Paths
from ui.desktop.instance import Instance, Wanted, Wish, hand_over, server_name

ASK = """
import sys
from PySide6.QtCore import QCoreApplication
from ui.desktop.instance import Wish, hand_over
application = QCoreApplication([])
print(hand_over(sys.argv[1], Wish(sys.argv[2])))
"""


@pytest.fixture
def name(tmp_path: Path) -> str:
    return str(tmp_path / "s")


@pytest.fixture
def instance(name: str, qtbot: QtBot) -> Iterator[Instance]:
    del qtbot
    made = Instance(name)
    yield made
    made.close()


def second_start(name: str, wish: Wish) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ASK, name, wish.value]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_second_start_hands_its_wish_over(instance: Instance, name: str, qtbot: QtBot) -> None:
    granted: list[Wanted] = []
    instance.serve(granted.append)
    with second_start(name, Wish.QUICK) as second:
        qtbot.waitUntil(lambda: bool(granted), timeout=20_000)
        assert second.communicate()[0].strip() == "True"
    assert granted == [Wish.QUICK]


def test_a_second_start_names_a_chat(instance: Instance, name: str, qtbot: QtBot) -> None:
    granted: list[Wanted] = []
    instance.serve(granted.append)
    command = [sys.executable, "-c", ASK.replace("Wish(sys.argv[2])", "12"), name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as second:
        qtbot.waitUntil(lambda: bool(granted), timeout=20_000)
        assert second.communicate()[0].strip() == "True"
    assert granted == [ChatId(12)]


def test_a_second_start_names_a_model_file(instance: Instance, name: str, qtbot: QtBot) -> None:
    granted: list[Wanted] = []
    instance.serve(granted.append)
    longest = Path("/", *["\u6a21" * 80] * 16, "c.gguf")
    command = [sys.executable, "-c", ASK.replace("Wish(sys.argv[2])", "Path(sys.argv[2])")]
    command[-1] = f"from pathlib import Path\n{command[-1]}"
    with subprocess.Popen([*command, name, longest], stdout=subprocess.PIPE, text=True) as second:
        qtbot.waitUntil(lambda: bool(granted), timeout=20_000)
        assert second.communicate()[0].strip() == "True"
    assert granted == [longest]


def test_what_is_wished_before_the_window_is_there_waits_for_it(
    instance: Instance, name: str, qtbot: QtBot
) -> None:
    with second_start(name, Wish.SHOW) as second:
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=20_000)
    granted: list[Wanted] = []
    instance.serve(granted.append)
    assert granted == [Wish.SHOW]


def test_where_none_runs_a_start_goes_on_by_itself(name: str, qtbot: QtBot) -> None:
    del qtbot
    assert not hand_over(name, Wish.SHOW)
    assert not hand_over("", Wish.SHOW)
    assert not Instance("").is_listening


def test_what_a_killed_process_left_is_no_obstacle(name: str, qtbot: QtBot) -> None:
    del qtbot
    kept = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, sys\nfrom PySide6.QtCore import QCoreApplication\n"
            "from ui.desktop.instance import Instance\n"
            "application = QCoreApplication([])\nmade = Instance(sys.argv[1])\nos._exit(9)",
            name,
        ],
        check=False,
    )
    assert kept.returncode == 9
    assert Path(name).exists()
    assert not hand_over(name, Wish.SHOW)
    made = Instance(name)
    assert made.is_listening
    made.close()


@pytest.mark.parametrize("sent", [b"rm -rf\n", b"model c.gguf\n", b"x" * 20_000])
def test_nonsense_is_not_granted(instance: Instance, name: str, qtbot: QtBot, sent: bytes) -> None:
    granted: list[Wanted] = []
    instance.serve(granted.append)
    socket = QLocalSocket()
    socket.connectToServer(name)
    with qtbot.waitSignal(socket.disconnected):
        socket.write(sent)
    assert granted == []


def test_each_history_has_a_name_of_its_own(tmp_path: Path) -> None:
    folder = tempfile.gettempdir()  # a test's own may be longer than a name may be
    environ = {"XDG_RUNTIME_DIR": folder}
    one, other = (Paths(Path(f"/{x}"), Path("/c"), Path("/c"), Path("/c")) for x in "ab")
    names = {server_name(paths, environ, "linux") for paths in (one, other)}
    assert len(names) == 2
    assert all(name.startswith(folder) for name in names)
    assert server_name(one, {}, "win32").startswith("sotto-")
    assert server_name(one, {}, "linux") == ""  # no such folder
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    assert server_name(one, {"XDG_RUNTIME_DIR": str(deep)}, "linux") == ""


def test_on_macos_the_folder_for_files_of_the_moment_is_the_users_own() -> None:
    paths = Paths(Path("/a"), Path("/c"), Path("/c"), Path("/c"))
    assert server_name(paths, {}, "darwin").endswith(".socket")
