"""The desktop's own lock, told by a bus of the test's own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from pytestqt.qtbot import QtBot

from ui.lock.desktop import DesktopLocks

LOGIN = "/org/freedesktop/login1"


@pytest.fixture
def bus() -> Iterator[str]:
    """The address of a private bus."""
    daemon = shutil.which("dbus-daemon")
    assert daemon is not None
    process = subprocess.Popen(
        [daemon, "--session", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait(10)
    process.stdout.close()


def connect(address: str, name: str) -> QDBusConnection:
    made = QDBusConnection.connectToBus(address, name)
    assert made.isConnected()
    return made


@pytest.fixture
def ours(bus: str) -> Iterator[QDBusConnection]:
    yield connect(bus, "ours")
    QDBusConnection.disconnectFromBus("ours")


@pytest.fixture
def desktop(bus: str) -> Iterator[QDBusConnection]:
    yield connect(bus, "desktop")
    QDBusConnection.disconnectFromBus("desktop")


def settle(connection: QDBusConnection) -> None:
    """What was asked of the bus before is done when it answers."""
    bus = connection.interface()
    bus.isServiceRegistered("nobody.here")


@pytest.mark.serial
@pytest.mark.parametrize(
    ("path", "interface", "signal", "told"),
    [
        ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", [True]),
        ("/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", [True]),
        ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", [True]),
        (LOGIN, "org.freedesktop.login1.Manager", "PrepareForSleep", [True]),
        (f"{LOGIN}/session/_31", "org.freedesktop.login1.Session", "Lock", []),
    ],
)
def test_what_the_desktop_tells_is_heard(
    ours: QDBusConnection,
    desktop: QDBusConnection,
    path: str,
    interface: str,
    signal: str,
    told: list[bool],
    qtbot: QtBot,
) -> None:
    owner = QObject()
    locks = DesktopLocks(owner, ours, ours)
    assert locks.is_heard
    settle(ours)
    message = QDBusMessage.createSignal(path, interface, signal)
    message.setArguments(told)
    with qtbot.waitSignal(locks.locked):
        assert desktop.send(message)


@pytest.mark.serial
def test_a_screen_that_is_opened_again_locks_nothing(
    ours: QDBusConnection, desktop: QDBusConnection, qtbot: QtBot
) -> None:
    owner = QObject()
    locks = DesktopLocks(owner, ours, ours)
    heard: list[bool] = []
    locks.locked.connect(lambda: heard.append(True))
    settle(ours)
    place = ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged")
    for is_active in (False, True):
        message = QDBusMessage.createSignal(*place)
        message.setArguments([is_active])
        desktop.send(message)
    qtbot.waitUntil(lambda: bool(heard))  # they come in order
    assert heard == [True]
