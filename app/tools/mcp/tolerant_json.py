"""JSON as people write it into settings: with comments and commas too many.  Pure."""

from __future__ import annotations

import json
import re
from typing import Any, Final

MAX_BYTES: Final = 16 * 1024 * 1024
_MAX_TOLERANT: Final = 256 * 1024
"""Characters; looking for the ends of comments can take the square of them."""

_TOKENS: Final = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*")      # kept as it is
      | (?P<comment>//[^\n]*|/\*.*?\*/)  # dropped
      | (?P<comma>,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[\]}]))  # dropped: nothing follows it""",
    re.VERBOSE | re.DOTALL,
)


def parse(data: bytes) -> Any:
    """The value that a file holds.

    Raises:
        ValueError: it is no JSON even so, or too long.
    """
    if len(data) > MAX_BYTES:
        raise ValueError("the file is too long")
    text = data.decode("utf-8-sig")
    try:
        return json.loads(text)
    except ValueError:
        if len(text) > _MAX_TOLERANT:
            raise
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    try:
        return json.loads(_TOKENS.sub(lambda token: token["text"] or "", text))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
