"""The form in which reading processes and their parent talk.

On standard input come requests: four bytes of length and JSON with the number of `bytes` of the
body, then the body; on standard output goes one answer for each: four bytes of length and JSON.
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Callable
from typing import IO, Any, Final

LENGTH: Final = struct.Struct("<I")
"""Bytes of the JSON that follows."""


def serve(answer: Callable[[dict[str, Any], bytes], dict[str, Any]]) -> None:
    """Answer requests with what `answer` makes of them, until there are no more."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (request := _read(source)) is not None:
        asked = json.loads(request)
        body = source.read(asked["bytes"])
        made = json.dumps(answer(asked, body)).encode()
        sink.write(LENGTH.pack(len(made)) + made)
        sink.flush()


def _read(source: IO[bytes]) -> bytes | None:
    head = source.read(LENGTH.size)
    return source.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None
