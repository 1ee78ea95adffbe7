"""A desktop's service for notices, on a bus of the test's own; writes down what it is told.

Each call is a line of JSON in the file that is named as the argument.  A notice whose summary
begins with "Click" is clicked at once.
"""

from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path

from jeepney import DBusAddress, HeaderFields, MessageType, message_bus, new_method_return
from jeepney.io.blocking import open_dbus_connection
from jeepney.low_level import Message
from jeepney.wrappers import new_signal

NAME = "org.freedesktop.Notifications"
ADDRESS = DBusAddress("/org/freedesktop/Notifications", interface=NAME)


def main(target: Path) -> None:
    """Serve until the bus goes."""
    numbers = count(7)
    connection = open_dbus_connection("SESSION")
    connection.send_and_get_reply(message_bus.RequestName(NAME))
    with target.open("a", encoding="utf-8") as told:
        told.write('"ready"\n')
        told.flush()
        while True:
            call: Message = connection.receive()
            if call.header.message_type is not MessageType.method_call:
                continue
            member = call.header.fields[HeaderFields.member]
            told.write(json.dumps([member, call.header.fields[HeaderFields.signature], call.body]))
            told.write("\n")
            told.flush()
            if member == "Notify":
                number = call.body[1] or next(numbers)
                connection.send(new_method_return(call, "u", (number,)))
                if call.body[3].startswith("Click"):
                    clicked = new_signal(ADDRESS, "ActionInvoked", "us", (number, "default"))
                    connection.send(clicked)
            else:
                connection.send(new_method_return(call))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
