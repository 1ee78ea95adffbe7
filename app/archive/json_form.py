"""Chats as JSON, whole: docs/EXPORT.md describes the form."""

from __future__ import annotations

import functools
import json
import sys
from typing import TYPE_CHECKING

from pydantic import ValidationError

from app.archive.values import FORM, ArchivedChat, ArchiveError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

HEAD = f'{{"sotto_chats": {FORM}, "chats": ['
"""What a file begins with."""

TAIL = "]}\n"


@functools.cache
def _form() -> TypeAdapter[ArchivedChat]:
    """Made when it is first wanted: making it takes a moment."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - see above

    return TypeAdapter(ArchivedChat)


def written(chat: ArchivedChat) -> str:
    """One chat as JSON."""
    # Not dump_json, which has no place for halves of surrogate pairs.
    return json.dumps(_form().dump_python(chat, mode="json"), ensure_ascii=False)


def read(text: str) -> ArchivedChat:
    """The chat that `written` made this of; what a newer version added is passed over.

    Raises:
        ArchiveError: it is none, or does not hold together.
    """
    try:
        chat = _form().validate_json(text.encode("utf-8", "replace"))
        chat.check()
    except (ValidationError, ValueError) as error:
        # The type only: the text of the error quotes the chat.
        raise ArchiveError(
            "This chat cannot be read.",
            "Export it again, then try once more.",
            detail=type(error).__name__,
        ) from None
    return chat


def schema() -> str:
    """The form of one chat as JSON Schema, for docs/EXPORT.md."""
    made = _form().json_schema(mode="serialization")
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
