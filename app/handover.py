"""What Sotto tells itself when it starts anew in its own place (docs/decisions/008.md).

It goes through a pipe, so through memory alone: it holds the key of the chat history.  What may
be large, the unsent words, is in the encrypted history instead (`app.chats.drafts`).
"""

from __future__ import annotations

import base64
import json
import logging
import os
import subprocess
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from app.chats.ids import ChatId
from app.secrets import DatabaseKey

_log = logging.getLogger(__name__)

VARIABLE: Final = "SOTTO_HANDOVER"
"""Names the descriptor to read from; it says nothing itself."""

_MAX_BYTES: Final = 16 * 1024
"""Fits every system's pipe, so that nobody need read while it is written."""

_STANDARD_INPUT: Final = 0
_FIRST_OTHER: Final = 3
_MAX_DESCRIPTORS: Final = 65_536


@dataclass(frozen=True, slots=True)
class Handover:
    """From one process image to the next.

    Attributes:
        key: of the chat history, so that nobody has to type a passphrase again.
        chat_id: the chat that was open; None for a new one.
        geometry: where the window was, in Qt's own form.
        without_workers: addresses of lost workers, to be left out from now on.
    """

    key: DatabaseKey
    chat_id: ChatId | None = None
    geometry: bytes = b""
    without_workers: tuple[str, ...] = ()

    @classmethod
    def receive(cls, environ: MutableMapping[str, str]) -> Handover | None:
        """What the image before this one sent, or None; reads it once and forgets the way."""
        told = environ.pop(VARIABLE, None)
        if told is None:
            return None
        try:
            with os.fdopen(int(told), "rb") as pipe:
                return _decoded(json.loads(pipe.read(_MAX_BYTES)))
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("the handover could not be read: %s", type(error).__name__)
            return None

    def encoded(self) -> bytes:
        """In the form that `receive` reads."""
        raw = self.key.raw
        data = json.dumps(
            {
                "key": None if raw is None else _text(raw),
                "chat": self.chat_id,
                "geometry": _text(self.geometry),
                "without": self.without_workers,
            }
        ).encode()
        if len(data) > _MAX_BYTES:
            raise ValueError("a handover is small")
        return data


def start_anew(handover: Handover) -> int:
    """Put a fresh process image in this one's place; never returns where that works.

    Windows can only start another process and end this one: then the exit code is returned.
    Close everything first: threads do not live on, parked ones included.

    Raises:
        OSError: the program could not be started; this process goes on.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    command = [sys.executable, *sys.orig_argv[1:]]
    if os.name == "nt":
        return _start_beside(command, handover)
    reading, writing = os.pipe()
    os.write(writing, handover.encoded())
    os.close(writing)
    # A driver's library may have left descriptors open that would keep its memory taken.
    for descriptor in range(_FIRST_OTHER, min(os.sysconf("SC_OPEN_MAX"), _MAX_DESCRIPTORS)):
        with suppress(OSError):
            os.set_inheritable(descriptor, descriptor == reading)
    environ = os.environ | {VARIABLE: str(reading)}
    return os.execve(command[0], command, environ)  # noqa: S606 - our own command line


def _start_beside(command: list[str], handover: Handover) -> int:
    process = subprocess.Popen(  # noqa: S603 - our own command line
        command, stdin=subprocess.PIPE, env=os.environ | {VARIABLE: str(_STANDARD_INPUT)}
    )
    assert process.stdin is not None  # noqa: S101 - it was asked for
    process.stdin.write(handover.encoded())
    process.stdin.close()
    return 0


def _decoded(data: dict[str, Any]) -> Handover:
    key = data["key"]
    return Handover(
        DatabaseKey(None if key is None else _bytes(key)),
        None if data["chat"] is None else ChatId(int(data["chat"])),
        _bytes(data["geometry"]),
        tuple(str(address) for address in data["without"]),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
