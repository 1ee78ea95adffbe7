"""The user's message bus (D-Bus) on the UI thread: calls go out, answers and signals come in.

By jeepney, which the keyring brings along on Linux: QtDBus of PySide6 6.11 cannot write the types
that notices need (`susssasa{sv}i`, with an unsigned number).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSocketNotifier

if TYPE_CHECKING:
    from jeepney.low_level import Message

_log = logging.getLogger(__name__)
_AUTH_SECONDS = 2.0


class SessionBus(QObject):
    """One connection to the bus.  UI thread; never blocks but for the first handshake.

    Args:
        connection: as `jeepney.io.blocking.open_dbus_connection` gives it.
        parent: owns it.
    """

    def __init__(self, connection: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection = connection
        self._replies: dict[int, Callable[[tuple[Any, ...]], None]] = {}
        self._signals: dict[tuple[str, str], Callable[[tuple[Any, ...]], None]] = {}
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

    def call(
        self,
        name: str,
        member: str,
        signature: str,
        values: tuple[Any, ...],
        on_reply: Callable[[tuple[Any, ...]], None] = lambda _: None,
    ) -> None:
        """Call a service; its answer comes later, an error never.

        Args:
            name: of the service, which is its interface's too, and with slashes its object's.
            member: what is called.
            signature: the types of the values.
            values: what is given.
            on_reply: told the answer's values.
        """
        from jeepney import DBusAddress, new_method_call  # noqa: PLC0415 - Linux only

        address = DBusAddress("/" + name.replace(".", "/"), bus_name=name, interface=name)
        self._send(new_method_call(address, member, signature, values), on_reply)

    def _send(
        self, message: Message, on_reply: Callable[[tuple[Any, ...]], None] = lambda _: None
    ) -> None:
        serial = next(self._connection.outgoing_serial)
        self._replies[serial] = on_reply
        try:
            self._connection.send(message, serial=serial)
        except OSError as error:
            self._lose(error)

    def listen(
        self, interface: str, member: str, on_signal: Callable[[tuple[Any, ...]], None]
    ) -> None:
        """Hear a signal from now on."""
        from jeepney import MatchRule, message_bus  # noqa: PLC0415 - Linux only

        self._signals[(interface, member)] = on_signal
        rule = MatchRule(type="signal", interface=interface, member=member)
        self._send(message_bus.AddMatch(rule))

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
            if (on_signal := self._signals.get(told)) is not None:
                on_signal(message.body)
            return
        on_reply = self._replies.pop(fields.get(HeaderFields.reply_serial, -1), None)
        if on_reply is not None and kind is MessageType.method_return:
            on_reply(message.body)

    def _lose(self, error: Exception) -> None:
        """The bus is gone; so are notices."""
        _log.info("the message bus is gone: %s", type(error).__name__)
        self._notifier.setEnabled(False)
