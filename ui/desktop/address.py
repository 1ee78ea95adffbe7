"""What the desktop may ask Sotto to open: a chat by its address, or a model file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import quote_from_bytes, unquote, unquote_to_bytes, urlsplit

from app.chats.ids import ChatId

# Nothing but a number, for any page in a browser can name such an address.
_CHAT: Final = re.compile(r"(?:sotto://chat/|chat )([1-9][0-9]{0,11})/?", re.ASCII)
_MODEL: Final = "model "


def chat_in(text: str) -> ChatId | None:
    """The chat of `sotto://chat/12`, or of the same as one start tells it to another."""
    found = _CHAT.fullmatch(text)
    return ChatId(int(found[1])) if found else None


def told(wanted: ChatId | Path) -> str:
    """A chat or a model file in the form that one start tells to another; ASCII, one line."""
    if isinstance(wanted, Path):  # the other one stands in another folder
        return f"{_MODEL}{quote_from_bytes(os.fsencode(wanted.absolute()))}"
    return f"chat {wanted}"


def told_model(text: str) -> Path | None:
    """The model file that another start tells of; None where it is none with its whole path."""
    if not text.startswith(_MODEL):
        return None
    path = Path(os.fsdecode(unquote_to_bytes(text.removeprefix(_MODEL))))
    is_model = path.is_absolute() and path.suffix.lower() == ".gguf"
    return path if is_model and "\0" not in str(path) else None


def model_in(text: str) -> Path | None:
    """The model file that a desktop's file manager names, as a path or a `file:` address."""
    if text.startswith("file://"):
        parts = urlsplit(text)
        if parts.netloc not in ("", "localhost"):
            return None
        text = unquote(parts.path)
    return Path(text) if text.lower().endswith(".gguf") else None
