"""What the desktop may ask Sotto to open: a chat by its address, or a model file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from app.chats.ids import ChatId

# Nothing but a number, for any page in a browser can name such an address.
_CHAT: Final = re.compile(r"(?:sotto://chat/|chat )([1-9][0-9]{0,11})/?", re.ASCII)


def chat_in(text: str) -> ChatId | None:
    """The chat of `sotto://chat/12`, or of the same as one start tells it to another."""
    found = _CHAT.fullmatch(text)
    return ChatId(int(found[1])) if found else None


def told(chat: ChatId) -> str:
    """A chat in the form that one start tells to another."""
    return f"chat {chat}"


def model_in(text: str) -> Path | None:
    """The model file that a desktop's file manager names, as a path or a `file:` address."""
    if text.startswith("file://"):
        parts = urlsplit(text)
        if parts.netloc not in ("", "localhost"):
            return None
        text = unquote(parts.path)
    return Path(text) if text.lower().endswith(".gguf") else None
