"""The code of a call, whichever way the model has wrapped it."""

from __future__ import annotations

import json
import re
from typing import Final

from app.tools.tool import CallRefusedError

MAX_CODE_CHARS: Final = 200_000
_FENCED: Final = re.compile(r"\s*```(?:python|py)?[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)


def code_of(body: str) -> str:
    """The code in the body of a call.

    The model was trained to write the code itself; some of its calls are JSON with one field
    `code` all the same, or fenced as in Markdown.

    Raises:
        CallRefusedError: there is none, or too much of it.
    """
    code = _unwrapped(body)
    fenced = _FENCED.match(code)
    if fenced:
        code = fenced[1]
    if not code.strip():
        raise CallRefusedError(
            "Error: the call has no code. Write the Python code itself as the body of the call."
        )
    if len(code) > MAX_CODE_CHARS:
        raise CallRefusedError(
            f"Error: the code has {len(code):,} characters; at most {MAX_CODE_CHARS:,} can run in "
            "one call. Split it into several calls; what they define is kept."
        )
    return code


def _unwrapped(body: str) -> str:
    if not body.lstrip().startswith("{"):
        return body
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if isinstance(told, dict) and list(told) == ["code"] and isinstance(told["code"], str):
        return told["code"]
    return body
