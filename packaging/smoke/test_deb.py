"""The `.deb` in a clean Debian: installed, used, brought up to date and taken away again.

`make test-package` runs it, as root; it takes minutes and needs apt's mirror, so `make test` does
not.  The packages come in SOTTO_DEB and SOTTO_DEB_BEFORE.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from clean_root import HOME, CleanRoot

_DISPLAY: Final = os.environ.get("SOTTO_TRIAL_DISPLAY", ":94")
_PICTURES: Final = Path(os.environ.get("SOTTO_TRIAL_PICTURES", "build/package/pictures"))
_PASSPHRASE: Final = {"SOTTO_PASSPHRASE": "a passphrase of the trial"}
_DATA: Final = f"{HOME}/.local/share/sotto"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CleanRoot]:
    """A clean Debian in which the version before was used, and then this one installed."""
    folder = tmp_path_factory.mktemp("debian") / "root"
    made = CleanRoot.make(folder)
    made.install(os.environ["SOTTO_DEB_BEFORE"], "bubblewrap", "fonts-dejavu-core")
    ask(made, "--chat", "Before", "Hello")
    made.install(os.environ["SOTTO_DEB"])
    yield made
    shutil.rmtree(folder)


@pytest.fixture
def display() -> Iterator[str]:
    screen = ["Xvfb", _DISPLAY, "-screen", "0", "1280x860x24", "-nolisten", "tcp", "-ac"]
    server = subprocess.Popen(screen, stderr=subprocess.DEVNULL)
    socket = Path(f"/tmp/.X11-unix/X{_DISPLAY[1:]}")
    until(socket.exists, "a screen")
    yield _DISPLAY
    server.terminate()
    server.wait()


def ask(root: CleanRoot, *words: str) -> str:
    """`sotto ask`, as the user."""
    return root.as_user("sotto", "ask", "--seed", "1", *words, environ=_PASSPHRASE)


def exported(root: CleanRoot) -> Any:
    """All chats, as `sotto export` gives them."""
    root.as_user("sotto", "export", f"{HOME}/all.json", environ=_PASSPHRASE)
    text = root.path(f"{HOME}/all.json").read_text(encoding="utf-8")
    root.path(f"{HOME}/all.json").unlink()
    return json.loads(text)


def until(holds: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Look again and again until it holds: these are other programs, which tell us nothing."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


@contextmanager
def window(root: CleanRoot, display: str) -> Iterator[None]:
    """The window, from its start to its end by SIGTERM."""
    environ = {**_PASSPHRASE, "DISPLAY": display}
    program = root.start(["sotto"], environ)
    try:
        until(lambda: find_windows(display), "the window")
        yield
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        program.wait(60)


def find_windows(display: str) -> str:
    command = ["xdotool", "search", "--onlyvisible", "--name", "Sotto"]
    environ = os.environ | {"DISPLAY": display}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def act(display: str, *what: str) -> None:
    subprocess.run(["xdotool", *what], env=os.environ | {"DISPLAY": display}, check=True)


def picture(display: str, name: str) -> None:
    _PICTURES.mkdir(parents=True, exist_ok=True)
    command = ["import", "-window", "root", str(_PICTURES / f"{name}.png")]
    subprocess.run(command, env=os.environ | {"DISPLAY": display}, check=True)


def test_nothing_of_python_was_installed_with_it(root: CleanRoot) -> None:
    installed = root.as_root("dpkg-query", "--show", "--showformat", "${Package}\n").split()
    assert "sotto" in installed
    assert not [
        name
        for name in installed
        if name.startswith(("python", "libpython", "gcc-1")) and name != "gcc-12-base"
    ]
    assert not list(root.path("/usr/bin").glob("python3*"))


def test_every_command_of_the_terminal_works(root: CleanRoot) -> None:
    version = root.as_root("dpkg-query", "--show", "--showformat", "${Version}", "sotto")
    assert root.as_user("sotto", "--version").strip() == f"sotto {version}"
    told = json.loads(root.as_user("sotto", "doctor", "--json", environ=_PASSPHRASE))
    assert "packaged" in json.dumps(told)
    assert "cpu-" in json.dumps(told), "a backend for this processor"
    assert "gpt-oss" in root.as_user("sotto", "card")
    assert root.as_user("sotto", "models", "list") is not None
    assert ask(root, "Hello").strip()


def test_the_models_code_runs_in_a_closed_box(root: CleanRoot) -> None:
    doctor = root.as_user("sotto", "doctor", environ=_PASSPHRASE)
    assert "sandbox for code: bubblewrap" in doctor
    tools = ("--tools", "python", "--allow", "python", "--chat", "Counting")
    assert "444" in ask(root, *tools, "What is 37 * 12?")
    assert "444" in json.dumps(exported(root)), "the notebook's own answer is kept"


def test_a_chat_in_the_window(root: CleanRoot, display: str) -> None:
    with window(root, display):
        time.sleep(8)  # the practice model is unpacked and read; nothing outside says when
        act(display, "type", "--delay", "30", "Tell me a joke from the window")
        act(display, "key", "Return")
        time.sleep(12)
        picture(display, "chat")
    told = json.dumps(exported(root))
    assert "Tell me a joke from the window" in told


def test_the_chats_of_the_version_before_are_there(root: CleanRoot) -> None:
    assert '"Before"' in json.dumps(exported(root))


def test_the_desktop_knows_it(root: CleanRoot) -> None:
    root.install("shared-mime-info", "desktop-file-utils")
    root.path(f"{HOME}/a.gguf").write_bytes(b"GGUF\x03\0\0\0")
    types = root.path("/usr/share/mime/globs2").read_text(encoding="utf-8")
    assert "application/x-gguf:*.gguf" in types
    known = root.path("/usr/share/applications/mimeinfo.cache").read_text(encoding="utf-8")
    assert "application/x-gguf=sotto.desktop;" in known
    assert "x-scheme-handler/sotto=sotto.desktop;" in known
    root.as_user("test", "-r", "/usr/share/icons/hicolor/256x256/apps/sotto.png")


def test_it_goes_without_a_trace_but_for_what_is_the_users(root: CleanRoot) -> None:
    before = sorted(path.name for path in root.path(_DATA).iterdir())
    assert "chats.db" in before
    root.as_root("apt-get", "remove", "--yes", "--quiet", "sotto")
    root.as_root("dpkg", "--purge", "sotto")

    assert sorted(path.name for path in root.path(_DATA).iterdir()) == before
    command = ["find", str(root.folder), "-xdev", "-iname", "*sotto*", "-not", "-path"]
    found = subprocess.run(
        [*command, f"{root.path(HOME)}/*"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    left = [one for one in found if "/var/cache/apt/" not in one and "/var/log/" not in one]
    assert left == []
