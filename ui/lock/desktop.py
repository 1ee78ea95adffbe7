"""What the desktop tells: its screen is locked, or the computer goes to sleep.

By D-Bus, where there is one: org.freedesktop.ScreenSaver and GNOME's own of the session
(https://specifications.freedesktop.org/idle-inhibit-spec/latest/), and logind's signals of the
system (https://www.freedesktop.org/software/systemd/man/org.freedesktop.login1.html).
"""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection

_SCREENS: Final = (
    ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ("/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver"),
)
# Any: the stubs ask for bytes, and PySide6 takes the text that `SLOT` gives.
_ON_ACTIVE: Final[Any] = SLOT("_on_active(bool)")
_ON_LOCK: Final[Any] = SLOT("_on_lock()")
_LOGIN: Final = "org.freedesktop.login1"


class DesktopLocks(QObject):
    """Listens as long as it lives; says nothing where there is no bus.

    Signals:
        locked: the screen is locked now, or the computer is about to sleep.

    Args:
        parent: the owner.
        session: the bus of the user's session, or a test's.
        system: the bus of the system, or a test's.
    """

    locked = Signal()

    def __init__(
        self,
        parent: QObject,
        session: QDBusConnection | None = None,
        system: QDBusConnection | None = None,
    ) -> None:
        super().__init__(parent)
        self.is_heard = False
        """Whether there is a bus to listen to."""
        session = session or QDBusConnection.sessionBus()
        system = system or QDBusConnection.systemBus()
        if session.isConnected():
            for path, interface in _SCREENS:
                self.is_heard |= session.connect(
                    "", path, interface, "ActiveChanged", self, _ON_ACTIVE
                )
        if system.isConnected():
            manager = f"{_LOGIN}.Manager"
            path = "/org/freedesktop/login1"
            self.is_heard |= system.connect("", path, manager, "PrepareForSleep", self, _ON_ACTIVE)
            self.is_heard |= system.connect("", "", f"{_LOGIN}.Session", "Lock", self, _ON_LOCK)

    @Slot(bool)
    def _on_active(self, is_active: bool) -> None:
        if is_active:
            self.locked.emit()

    @Slot()
    def _on_lock(self) -> None:
        self.locked.emit()
