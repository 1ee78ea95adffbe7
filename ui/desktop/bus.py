"""The user's message bus (D-Bus) on the UI thread: calls go out, answers and signals come in.

By jeepney, which the keyring brings along on Linux: QtDBus of PySide6 6.11 cannot write the types
that notices need (`susssasa{sv}i`, with an unsigned number).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import QObject, QSocketNotifier

if TYPE_CHECKING:
    from jeepney import MatchRule
    from jeepney.low_level import Message

_log = logging.getLogger(__name__)
_AUTH_SECONDS = 2.0


_Waiting: TypeAlias = tuple[Callable[[tuple[Any, ...]], None], Callable[[], None]]
"""Who is told an answer, and who that there is none."""


class SessionBus(QObject):
    """One connection to the bus.  UI thread; never blocks but for the first handshake.

    Args:
        connection: as `jeepney.io.blocking.open_dbus_connection` gives it.
        parent: owns it.
    """

    def __init__(self, connection: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection = connection
        self._replies: dict[int, _Waiting] = {}
        self._signals: dict[tuple[str, str, str], Callable[[tuple[Any, ...]], None]] = {}
        socket = connection.sock.fileno()
        self._notifier = QSocketNotifier(socket, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    @classmethod
    def open(cls, environ: Mapping[str, str], parent: QObject | None = None) -> SessionBus | None:
        """Connect to the bus of the session; None where there is none."""
        if not environ.get("DBUS_SESSION_BUS_ADDRESS"):
            return None
        try:
            from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415 - Linux only

            return cls(open_dbus_connection("SESSION", auth_timeout=_AUTH_SECONDS), parent)
        except (ImportError, OSError, ValueError, KeyError) as error:
            _log.info("no message bus: %s", type(error).__name__)
            return None

    @property
    def own_name(self) -> str:
        """What the bus calls this connection, ":1.42"."""
        return str(self._connection.unique_name)

    def call(
        self,
        name: str,
        member: str,
        signature: str,
        values: tuple[Any, ...],
        on_reply: Callable[[tuple[Any, ...]], None] = lambda _: None,
        *,
        path: str = "",
        interface: str = "",
        on_error: Callable[[], None] = lambda: None,
    ) -> None:
        """Call a service; its answer comes later.

        Args:
            name: of the service.
            member: what is called.
            signature: the types of the values.
            values: what is given.
            on_reply: told the answer's values.
            path: of the object; "" where it is the name with slashes.
            interface: the member's; "" where it is the name.
            on_error: told that no answer comes.
        """
        from jeepney import DBusAddress, new_method_call  # noqa: PLC0415 - Linux only

        place = path or "/" + name.replace(".", "/")
        address = DBusAddress(place, bus_name=name, interface=interface or name)
        self._send(new_method_call(address, member, signature, values), (on_reply, on_error))

    def listen(
        self,
        interface: str,
        member: str,
        on_signal: Callable[[tuple[Any, ...]], None],
        path: str = "",
    ) -> None:
        """Hear a signal from now on.

        Args:
            interface: the signal's.
            member: its name.
            on_signal: told its values.
            path: of the object that sends it; "" for any.
        """
        from jeepney import message_bus  # noqa: PLC0415 - Linux only

        self._signals[(interface, member, path)] = on_signal
        self._send(message_bus.AddMatch(_rule(interface, member, path)))

    def forget(self, interface: str, member: str, path: str = "") -> None:
        """Hear a signal no more; one that was never heard is no error."""
        from jeepney import message_bus  # noqa: PLC0415 - Linux only

        if self._signals.pop((interface, member, path), None) is not None:
            self._send(message_bus.RemoveMatch(_rule(interface, member, path)))

    def close(self) -> None:
        """Hang up."""
        self._notifier.setEnabled(False)
        self._connection.close()

    def _read(self) -> None:
        try:
            while True:
                self._take(self._connection.receive(timeout=0))
        except TimeoutError:
            return
        except (OSError, EOFError) as error:
            self._lose(error)

    def _take(self, message: Message) -> None:
        from jeepney import HeaderFields, MessageType  # noqa: PLC0415 - Linux only

        fields = message.header.fields
        kind = message.header.message_type
        if kind is MessageType.signal:
            told = (fields.get(HeaderFields.interface, ""), fields.get(HeaderFields.member, ""))
            for path in (fields.get(HeaderFields.path, ""), ""):
                if (on_signal := self._signals.get((*told, path))) is not None:
                    on_signal(message.body)
                    return
            return
        waiting = self._replies.pop(fields.get(HeaderFields.reply_serial, -1), None)
        if waiting is None:
            return
        on_reply, on_error = waiting
        if kind is MessageType.method_return:
            on_reply(message.body)
        else:
            on_error()

    def _send(self, message: Message, waiting: _Waiting = (lambda _: None, lambda: None)) -> None:
        serial = next(self._connection.outgoing_serial)
        self._replies[serial] = waiting
        try:
            self._connection.send(message, serial=serial)
        except OSError as error:
            self._lose(error)

    def _lose(self, error: Exception) -> None:
        """The bus is gone; so are notices, and answers that were waited for."""
        _log.info("the message bus is gone: %s", type(error).__name__)
        self._notifier.setEnabled(False)
        waiting, self._replies = self._replies, {}
        for _, on_error in waiting.values():
            on_error()


def _rule(interface: str, member: str, path: str) -> MatchRule:
    from jeepney import MatchRule  # noqa: PLC0415 - Linux only

    return MatchRule(type="signal", interface=interface, member=member, path=path or None)
