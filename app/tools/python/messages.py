"""Messages of a notebook, read as what they are: words of a process nobody can trust.

The signature says that a message is from somebody who knows the notebook's key, which the code
in the box can find out; so what is in a message counts for nothing but output.  The format is
Jupyter's: https://jupyter-client.readthedocs.io/en/stable/messaging.html.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

MAX_BYTES: Final = 12 << 20
"""Of one message; its connection is cut by ZeroMQ where one is larger."""

_DELIMITER: Final = b"<IDS|MSG>"
_MAX_FRAMES: Final = 32


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message.

    Attributes:
        kind: e.g. `stream`; only those that are known mean anything.
        parent: id of the request it says it belongs to.
        size: of the whole, in bytes.
    """

    kind: str
    parent: str
    content: dict[str, Any]
    size: int


def read(frames: Sequence[bytes], key: bytes) -> Incoming | None:
    """The message in these frames; None where it is not one, or not signed with this key."""
    try:
        if len(frames) > _MAX_FRAMES:
            return None
        at = list(frames).index(_DELIMITER)
        signature, *signed = frames[at + 1 : at + 6]
        if len(signed) != 4 or not hmac.compare_digest(signature, sign(signed, key)):
            return None
        header, parent, content = (json.loads(signed[number]) for number in (0, 1, 3))
        kind, parent_id = header["msg_type"], parent.get("msg_id", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    texts = isinstance(kind, str) and isinstance(parent_id, str)
    if not texts or not isinstance(content, dict):
        return None
    return Incoming(kind, parent_id, content, sum(len(one) for one in frames))


def sign(parts: Sequence[bytes], key: bytes) -> bytes:
    """The signature of a message's four parts."""
    code = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        code.update(part)
    return code.hexdigest().encode()


def request(kind: str, content: dict[str, Any], message_id: str, key: bytes) -> list[bytes]:
    """The frames of a request to the notebook."""
    header = {
        "msg_id": message_id,
        "msg_type": kind,
        "session": "sotto",
        "username": "sotto",
        "date": "1970-01-01T00:00:00Z",  # nobody's business
        "version": "5.4",
    }
    parts = [json.dumps(one).encode() for one in (header, {}, {}, content)]
    return [_DELIMITER, sign(parts, key), *parts]
