"""A desktop's portal for keys, on a bus of the test's own; writes down what it is told.

Arguments: the file for what it is told, a line of JSON each, and how it decides.  "grant" gives
the key and presses it, after others that are not meant; "refuse" says no to the session, "unbind"
to the key; "unset" is a user who gives the key to nothing; "revoke" gives it and takes it back;
"wait" never answers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.low_level import Message
from jeepney.wrappers import new_signal

NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = DBusAddress(PATH, interface="org.freedesktop.portal.GlobalShortcuts")
NO_SUCH = "org.freedesktop.DBus.Error.UnknownMethod"


class Portal:
    """Answers as the portal's documentation has it."""

    def __init__(self, connection: DBusConnection, way: str) -> None:
        self.connection, self.way = connection, way

    def answer(self, call: Message) -> None:
        member = call.header.fields[HeaderFields.member]
        if member == "CreateSession":
            (options,) = call.body
            made = f"{PATH}/session/{_sender(call)}/{options['session_handle_token'][1]}"
            self.respond(call, options, self.way == "refuse", {"session_handle": ("s", made)})
        elif member == "BindShortcuts":
            session, shortcuts, _, options = call.body
            bound: list[Any] = [] if self.way == "unset" else [(name, {}) for name, _ in shortcuts]
            results = {"shortcuts": ("a(sa{sv})", bound)}
            self.respond(call, options, self.way == "unbind", results)
            self.press(session)
        elif member == "Close":
            self.connection.send(new_method_return(call))
        else:  # an older portal, without a registry
            self.connection.send(new_error(call, NO_SUCH))

    def respond(
        self, call: Message, options: dict[str, Any], is_refused: bool, results: dict[str, Any]
    ) -> None:
        handle = f"{PATH}/request/{_sender(call)}/{options['handle_token'][1]}"
        self.connection.send(new_method_return(call, "o", (handle,)))
        if self.way == "wait":
            return
        for path, code in ((handle + "_of_another", 2), (handle, int(is_refused))):
            place = DBusAddress(path, interface="org.freedesktop.portal.Request")
            self.connection.send(new_signal(place, "Response", "ua{sv}", (code, results)))

    def press(self, session: str) -> None:
        if self.way == "grant":
            for which, name in (
                (session + "9", "quick-ask"),
                (session, "x"),
                (session, "quick-ask"),
            ):
                body: tuple[Any, ...] = (which, name, 1, {})
                self.connection.send(new_signal(SHORTCUTS, "Activated", "osta{sv}", body))
        elif self.way == "revoke":
            place = DBusAddress(session, interface="org.freedesktop.portal.Session")
            self.connection.send(new_signal(place, "Closed", "a{sv}", ({},)))


def _sender(call: Message) -> str:
    name: str = call.header.fields[HeaderFields.sender]
    return name.removeprefix(":").replace(".", "_")


def main(target: Path, way: str) -> None:
    """Serve until the bus goes."""
    connection = open_dbus_connection("SESSION")
    connection.send_and_get_reply(message_bus.RequestName(NAME))
    portal = Portal(connection, way)
    with target.open("a", encoding="utf-8") as told:
        told.write('"ready"\n')
        told.flush()
        while True:
            call: Message = connection.receive()
            if call.header.message_type is not MessageType.method_call:
                continue
            fields = call.header.fields
            place = fields[HeaderFields.path].removeprefix(PATH)
            told.write(json.dumps([fields[HeaderFields.member], place, call.body]) + "\n")
            told.flush()
            portal.answer(call)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
