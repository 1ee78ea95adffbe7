from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.words import Words
from ui.desktop.portal_key import PortalKey, portal_trigger
from ui.desktop.quick_key import QuickKey

ROOT = Path(__file__).parents[3]
KEYS = "Ctrl+Alt+Space"
NOT_GIVEN = "The desktop did not give these keys; have its settings run “sotto quick”."
PATIENCE_MS = 20_000

# A machine's own portal must not be started on the test's bus: no folders with services.
BUS = """<busconfig><type>session</type><listen>unix:dir={folder}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        (KEYS, "CTRL+ALT+space"),
        ("Meta+Shift+S", "SHIFT+LOGO+s"),
        ("Ctrl+F12", "CTRL+F12"),
        ("Alt+PgDown", "ALT+Next"),
        ("Ctrl+;", None),
        ("S", None),
        ("", None),
    ],
)
def test_keys_are_written_as_the_portal_reads_them(keys: str, wanted: str | None) -> None:
    assert portal_trigger(keys) == wanted


class Desktop:
    """A bus of the test's own, and what the portal on it was told."""

    def __init__(self, environ: dict[str, str], file: Path, qtbot: QtBot) -> None:
        self.environ, self.file, self.qtbot = environ, file, qtbot
        self.processes: list[subprocess.Popen[Any]] = []

    @property
    def calls(self) -> list[Any]:
        """What was told so far; the last line may still be being written."""
        if not self.file.exists():
            return []
        whole, _, _ = self.file.read_text("utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def of(self, member: str) -> list[Any]:
        return [call for call in self.calls if call[0] == member]

    def begin(self, way: str) -> None:
        command = [sys.executable, "-m", "tests.ui.desktop.portal_daemon", str(self.file), way]
        environ = self.environ | {"PYTHONPATH": str(ROOT)}
        self.processes.append(
            subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)
        )
        self.until(lambda: "ready" in self.calls)

    def until(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=PATIENCE_MS)


@pytest.fixture
def desktop(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    file = tmp_path / "bus.conf"
    file.write_text(BUS.format(folder=tmp_path), "utf-8")
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={file}", "--nofork", "--print-address=1", "--nopidfile"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    made = Desktop(dict(os.environ), tmp_path / "told.jsonl", qtbot)
    yield made
    for process in (*made.processes, daemon):
        process.kill()
        process.wait()
    daemon.stdout.close()


@pytest.fixture
def key(desktop: Desktop, words: Words) -> Iterator[QuickKey]:
    made = QuickKey(words, "wayland", desktop.environ)
    yield made
    made.close()


def wait_for_all_that_was_said(desktop: Desktop, key: QuickKey) -> None:
    """The portal answers in order: what it said before this answer has been heard."""
    answered: list[int] = []
    portal = key._key
    assert isinstance(portal, PortalKey)
    assert portal._bus is not None
    portal._bus.call(
        "org.freedesktop.portal.Desktop", "Ping", "", (), on_error=lambda: answered.append(1)
    )
    desktop.until(lambda: bool(answered))


@pytest.mark.serial
def test_keys_that_the_desktop_gives_are_heard(desktop: Desktop, key: QuickKey) -> None:
    desktop.begin("grant")
    pressed: list[int] = []
    key.pressed.connect(lambda: pressed.append(1))
    key.hear(KEYS)
    desktop.until(lambda: bool(pressed))
    wait_for_all_that_was_said(desktop, key)
    assert pressed == [1]  # neither another session's nor another shortcut
    assert key.problem == ""
    registered, created, bound, _ = desktop.calls[1:]
    assert registered[0] == "Register"
    assert created[0] == "CreateSession"
    session, shortcuts, parent, _ = bound[2]
    given = {"description": ["s", "Quick ask"], "preferred_trigger": ["s", "CTRL+ALT+space"]}
    assert (shortcuts, parent) == ([["quick-ask", given]], "")
    key.hear("Ctrl+Alt+K")
    desktop.until(lambda: len(pressed) == 2)
    wait_for_all_that_was_said(desktop, key)
    (closed,) = desktop.of("Close")
    assert session.endswith(closed[1])
    assert desktop.of("BindShortcuts")[1][2][0] != session
    key.hear("")
    desktop.until(lambda: len(desktop.of("Close")) == 2)
    assert pressed == [1, 1]


@pytest.mark.serial
@pytest.mark.parametrize("way", ["refuse", "unbind", "unset", "revoke"])
def test_a_desktop_that_refuses_is_told_of(desktop: Desktop, key: QuickKey, way: str) -> None:
    desktop.begin(way)
    key.hear(KEYS)
    desktop.until(lambda: key.problem == NOT_GIVEN)
    desktop.until(lambda: bool(desktop.of("Close")))  # nothing of it is left at the desktop
    key.hear("")
    assert key.problem == ""


@pytest.mark.serial
def test_without_a_portal_it_is_told_of(desktop: Desktop, key: QuickKey) -> None:
    with desktop.qtbot.waitSignal(key.changed):
        key.hear(KEYS)
    desktop.until(lambda: key.problem == NOT_GIVEN)


@pytest.mark.serial
def test_a_question_that_is_open_is_taken_back(desktop: Desktop, key: QuickKey) -> None:
    desktop.begin("wait")
    key.hear(KEYS)
    desktop.until(lambda: bool(desktop.of("CreateSession")))
    key.hear("")
    desktop.until(lambda: len(desktop.of("Close")) == 2)
    assert [call[1].split("/")[1] for call in desktop.of("Close")] == ["request", "session"]
    assert desktop.of("BindShortcuts") == []


@pytest.mark.serial
def test_a_bus_that_goes_while_the_desktop_is_asked_is_a_refusal(
    desktop: Desktop, key: QuickKey
) -> None:
    key.hear("Ctrl+Alt+K")
    desktop.until(lambda: key.problem == NOT_GIVEN)
    portal = key._key
    assert isinstance(portal, PortalKey)
    assert portal._bus is not None
    portal._bus._connection.sock.shutdown(2)
    key.hear(KEYS)
    assert key.problem == NOT_GIVEN


def test_without_a_bus_it_is_told_of_at_once(words: Words, qtbot: QtBot) -> None:
    key = QuickKey(words, "wayland", {})
    with qtbot.waitSignal(key.changed):
        key.hear(KEYS)
    assert key.problem == NOT_GIVEN
    key.hear("S")
    assert "Choose keys" in key.problem
    key.close()
