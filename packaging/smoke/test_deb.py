"""The `.deb` in a clean Debian: installed, used, brought up to date and taken away again.

`make test-package` runs it, as root; it takes minutes and needs apt's mirror, so `make test` does
not.  The packages come in SOTTO_DEB and SOTTO_DEB_BEFORE.
"""

from __future__ import annotations

import json
import lzma
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest

from clean_root import HOME, CleanRoot
from tests.e2e.at_spi.tree import ENABLED, Desktop, Seen

_DISPLAY: Final = os.environ.get("SOTTO_TRIAL_DISPLAY", ":94")
_PICTURES: Final = Path(os.environ.get("SOTTO_TRIAL_PICTURES", "build/package/pictures"))
_PASSPHRASE: Final = {"SOTTO_PASSPHRASE": "a passphrase of the trial"}
_DATA: Final = f"{HOME}/.local/share/sotto"
_RUNTIME: Final = f"{HOME}/run"
_LET_ROOT_IN: Final = (
    '<busconfig><policy context="default"><allow user="root"/></policy></busconfig>'
)
_SESSION: Final = 'dbus-daemon --session --fork --nopidfile --address="$1"; shift; exec "$@"'


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CleanRoot]:
    """A clean Debian in which the version before was used, and then this one installed."""
    folder = tmp_path_factory.mktemp("debian") / "root"
    made = CleanRoot.make(folder)
    made.install(os.environ["SOTTO_DEB_BEFORE"], "bubblewrap", "fonts-dejavu-core")
    made.install("dbus-daemon", "at-spi2-core")  # a desktop has them
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
def window(root: CleanRoot, display: str, *words: str) -> Iterator[Desktop]:
    """The window as a screen reader meets it, from its start to its end by SIGTERM."""
    root.as_user("mkdir", "--parents", "--mode", "700", _RUNTIME)
    # Who looks at the window here is root, whom a session does not let in by itself.
    root.path("/etc/dbus-1/session-local.conf").write_text(_LET_ROOT_IN, encoding="utf-8")
    bus = root.path(f"{_RUNTIME}/bus")
    bus.unlink(missing_ok=True)
    session = f"unix:path={_RUNTIME}/bus"
    environ = {
        **_PASSPHRASE,
        "DISPLAY": display,
        "DBUS_SESSION_BUS_ADDRESS": session,
        "XDG_RUNTIME_DIR": _RUNTIME,
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
    }
    program = root.start(["sh", "-c", _SESSION, "sh", session, "sotto", *words], environ)
    try:
        until(lambda: find_windows(display), "the window")
        desktop = Desktop(f"unix:path={bus}", root.folder)
        with closing(desktop):
            desktop.wait_for_program()
            yield desktop
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        program.wait(60)


def find_windows(display: str) -> str:
    command = ["xdotool", "search", "--onlyvisible", "--name", "Sotto"]
    environ = os.environ | {"DISPLAY": display}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def is_mapped(name: str) -> bool:
    """Whether a program has a file of this name in its memory."""
    for maps in Path("/proc").glob("[0-9]*/maps"):
        with suppress(OSError):  # it ended
            if f"/{name}\n" in maps.read_text(encoding="utf-8", errors="replace"):
                return True
    return False


def texts(desktop: Desktop) -> str:
    """All that can be read in the window."""
    seen = [one for one in desktop.showing() if one.role in ("text", "label")]
    return "\n".join(one.name + "\n" + desktop.read(one) for one in seen)


def answer_to(question: str, chats: Any) -> str:
    """The finished answer to a question in what `exported` gave; "" where there is none yet."""
    messages = [one for chat in chats["chats"] for one in chat["messages"]]
    asked = {one["id"] for one in messages if one["text"] == question}
    for one in messages:
        if one["parent"] in asked and one["role"] == "assistant" and one["status"] == "complete":
            return str(one["text"])
    return ""


def use(desktop: Desktop, name: str) -> None:
    """Press a button once it is there and can be pressed."""
    until(lambda: is_ready(desktop.find("push button", name)), f"the button {name}")
    button = desktop.find("push button", name)
    assert button is not None
    desktop.press(button)


def is_ready(seen: Seen | None) -> bool:
    return seen is not None and ENABLED in seen.states


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
    question = "My name is Sam."
    with window(root, display) as desktop:
        until(lambda: desktop.find("label", "ready"), "the practice model", 120)
        message = desktop.find("text", "Message")
        assert message is not None
        desktop.write(message, question)
        use(desktop, "Send")
        until(lambda: "Nice to meet you" in texts(desktop), "an answer that can be read", 120)
        until(lambda: answer_to(question, exported(root)), "a finished answer")
        picture(display, "chat")
    assert "Sam" in answer_to(question, exported(root))


def test_a_model_file_is_opened_in_the_window_that_runs(root: CleanRoot, display: str) -> None:
    root.path(f"{HOME}/a.gguf").write_bytes(b"GGUF\x03\0\0\0")
    with window(root, display) as desktop:
        environ = {"XDG_RUNTIME_DIR": _RUNTIME, "DISPLAY": display}
        root.as_user("sotto", f"{HOME}/a.gguf", environ=environ)
        until(lambda: "a.gguf is a model file." in texts(desktop), "the offer")
        picture(display, "offer")
        use(desktop, "Use it")
        until(lambda: "a.gguf is a model file." not in texts(desktop), "what is wrong with it")
        until(lambda: desktop.find("label", "ready"), "the model that was there stays")


def test_a_start_with_a_model_file_uses_it(root: CleanRoot, display: str) -> None:
    packed = root.path("/usr/lib/sotto/_internal/resources/practice/practice.gguf.xz")
    root.path(f"{HOME}/Mine.gguf").write_bytes(lzma.decompress(packed.read_bytes()))
    with window(root, display, f"{HOME}/Mine.gguf") as desktop:
        until(lambda: desktop.find("label", "ready"), "the model", 120)
        assert is_mapped("Mine.gguf")
        picture(display, "file")


def test_the_chats_of_the_version_before_are_there(root: CleanRoot) -> None:
    assert '"Before"' in json.dumps(exported(root))


def test_the_desktop_knows_it(root: CleanRoot) -> None:
    root.install("shared-mime-info", "desktop-file-utils", "xdg-utils")
    root.path(f"{HOME}/a.gguf").write_bytes(b"GGUF\x03\0\0\0")
    types = root.path("/usr/share/mime/globs2").read_text(encoding="utf-8")
    assert "application/x-gguf:*.gguf" in types
    known = root.path("/usr/share/applications/mimeinfo.cache").read_text(encoding="utf-8")
    assert "application/x-gguf=sotto.desktop;" in known
    assert "x-scheme-handler/sotto=sotto.desktop;" in known
    for kind in ("application/x-gguf", "x-scheme-handler/sotto"):
        assert root.as_user("xdg-mime", "query", "default", kind).strip() == "sotto.desktop"
    root.as_user("test", "-r", "/usr/share/icons/hicolor/256x256/apps/sotto.png")


def test_without_bubblewrap_the_kernels_landlock_holds_the_code(root: CleanRoot) -> None:
    root.as_root("dpkg", "--force-depends", "--remove", "bubblewrap")
    assert "sandbox for code: landlock" in root.as_user("sotto", "doctor", environ=_PASSPHRASE)
    tools = ("--tools", "python", "--allow", "python", "--chat", "Without")
    assert "444" in ask(root, *tools, "What is 37 * 12?")
    notebooks = [one for one in exported(root)["chats"] if one["title"] == "Without"]
    assert "444" in json.dumps(notebooks), "the notebook's own answer is kept"


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
