"""What a screen reader asks of the desktop: the tree of accessible objects, over D-Bus.

The interfaces are those of at-spi2-core's XML files (org.a11y.atspi.Accessible, .Action,
.EditableText); numbers of states are those of its `AtspiStateType`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jeepney import DBusAddress, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection, prep_socket
from jeepney.wrappers import unwrap_msg

_ACCESSIBLE: Final = "org.a11y.atspi.Accessible"
_ACTION: Final = "org.a11y.atspi.Action"
_TEXT: Final = "org.a11y.atspi.Text"
_EDITABLE: Final = "org.a11y.atspi.EditableText"
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
_ROOT: Final = "/org/a11y/atspi/accessible/root"

ENABLED: Final = 8
SHOWING: Final = 25
"""Bits of `GetState`, whose two numbers hold 32 each."""

_PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One accessible object."""

    path: str
    role: str
    name: str
    states: frozenset[int]


class Desktop:
    """The accessibility bus of a session, and the one program on it.

    Args:
        session: the address of the session's bus; "SESSION" is this process's own.
        root: the folder that is `/` to the programs of that session.
    """

    def __init__(self, session: str = "SESSION", root: Path = Path("/")) -> None:
        session_bus = open_dbus_connection(session)
        where = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        reply = session_bus.send_and_get_reply(new_method_call(where, "GetAddress"))
        address: str = unwrap_msg(reply)[0]
        session_bus.close()
        path = root / address.removeprefix("unix:path=").split(",")[0].lstrip("/")
        self._bus = DBusConnection(prep_socket(str(path), enable_fds=False, timeout=10))
        self._bus.send_and_get_reply(message_bus.Hello())
        self._program = ""

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()

    def wait_for_program(self) -> None:
        """Until there is one."""
        root = ("org.a11y.atspi.Registry", _ROOT)
        self.wait(lambda: bool(self._call(*root, _ACCESSIBLE, "GetChildren")[0]))
        self._program = self._call(*root, _ACCESSIBLE, "GetChildren")[0][0][0]

    def showing(self) -> list[Seen]:
        """Everything on the screen, in the order of the tree."""
        return list(self._walk(_ROOT))

    def find(self, role: str, name: str) -> Seen | None:
        """The first that is on the screen; None where there is none."""
        return next((one for one in self.showing() if (one.role, one.name) == (role, name)), None)

    def read(self, seen: Seen) -> str:
        """The words in it; "" where it holds none."""
        try:
            return str(self._call(self._program, seen.path, _TEXT, "GetText", "ii", (0, -1))[0])
        except LookupError:
            return ""

    def press(self, seen: Seen) -> None:
        """Do the first thing it can do."""
        self._call(self._program, seen.path, _ACTION, "DoAction", "i", (0,))

    def write(self, seen: Seen, text: str) -> None:
        """Put a text into a field, as dictation does."""
        body = (0, text, len(text))
        self._call(self._program, seen.path, _EDITABLE, "InsertText", "isi", body)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until something holds.

        Raises:
            TimeoutError: it does not.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError
            with suppress(TimeoutError):  # until it says something, or a moment has passed
                self._bus.receive(timeout=0.1)

    def _walk(self, path: str) -> Iterator[Seen]:
        try:
            seen = self._seen(path)
            children = self._call(self._program, path, _ACCESSIBLE, "GetChildren")[0]
        except LookupError:  # it went away in the meantime
            return
        if path != _ROOT:
            if SHOWING not in seen.states:
                return
            yield seen
        for _, child in children:
            yield from self._walk(child)

    def _seen(self, path: str) -> Seen:
        ask = (self._program, path, _PROPERTIES, "Get", "ss", (_ACCESSIBLE, "Name"))
        name = self._call(*ask)[0][1]
        role = self._call(self._program, path, _ACCESSIBLE, "GetRoleName")[0]
        low, high = self._call(self._program, path, _ACCESSIBLE, "GetState")[0]
        bits = low | high << 32
        return Seen(path, role, name, frozenset(bit for bit in range(64) if bits >> bit & 1))

    def _call(
        self,
        program: str,
        path: str,
        interface: str,
        method: str,
        signature: str | None = None,
        body: tuple[Any, ...] = (),
    ) -> Any:
        where = DBusAddress(path, program, interface)
        message = new_method_call(where, method, signature, body)
        reply = self._bus.send_and_get_reply(message, timeout=_PATIENCE_SECONDS)
        if reply.header.message_type.name != "method_return":
            raise LookupError(path)
        return reply.body
