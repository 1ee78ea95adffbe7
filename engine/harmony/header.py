"""What a harmony header says, however badly it was written.

The families of malformed headers are those seen in the field (llama.cpp#27720 and #25321,
ollama#11704, openai/harmony#80 and PR #114, vLLM#50690).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from engine.harmony.messages import Channel

_RECIPIENT: Final = re.compile(r"\bto=([A-Za-z0-9_$.\-]*)")
_BARE_CALL: Final = re.compile(r"\b((?:functions|browser)\.[A-Za-z0-9_$.\-]+)")
_WORD: Final = re.compile(r"\s*([A-Za-z]+)")
_NO_RECIPIENT: Final = frozenset({"", "assistant", "all", "user"})
_CONTENT_TYPES: Final = frozenset({"json", "code", "text"})
_OTHER_ROLES: Final = re.compile(r"(system|developer|user|tool|browser|python)\b|functions\.")
_FILLER: Final = frozenset({"assistant", "analysis", "commentary", "final", "json", "code", "text"})


@dataclass(frozen=True, slots=True)
class Header:
    """A header as understood.

    Attributes:
        channel: None when it named none that is known.
        recipient: address of a tool, or None.
        content_type: `json`, `code`, `text` or None.
        is_assistant: False for a message the model wrote in somebody else's name.
        text: words that belong to no part of a header; they were meant as content.
        is_sound: nothing had to be guessed.
    """

    channel: Channel | None
    recipient: str | None = None
    content_type: str | None = None
    is_assistant: bool = True
    text: str = ""
    is_sound: bool = True


@dataclass(slots=True)
class HeaderParts:
    """A header while it arrives: the role part, then one part after each `<|channel|>`.

    Attributes:
        role: text before the first channel marker; starts as "assistant" where the frame
            wrote it.
        channels: text after each channel marker.
        constrained: text after each constrain marker.
        tokens: ids taken.
    """

    role: str = ""
    channels: list[str] = field(default_factory=list)
    constrained: list[str] = field(default_factory=list)
    tokens: int = 0

    def add(self, text: str) -> None:
        """Take more text."""
        self.tokens += 1
        if self.constrained:
            self.constrained[-1] += text
        elif self.channels:
            self.channels[-1] += text
        else:
            self.role += text

    def add_channel(self) -> None:
        """A channel marker arrived."""
        self.tokens += 1
        if self.constrained:  # what was constrained so far belongs to the part that ends here
            self.channels.append(" ".join(self.constrained))
            self.constrained.clear()
        self.channels.append("")

    def add_constrain(self) -> None:
        """A constrain marker arrived."""
        self.tokens += 1
        self.constrained.append("")


def understand(parts: HeaderParts, tools: Collection[str] = ()) -> Header:
    """Make sense of a header.

    Args:
        parts: what arrived.
        tools: addresses of the declared tools, to take a glued content type off a name.
    """
    role = parts.role.strip()
    if _OTHER_ROLES.match(role):
        return Header(None, is_assistant=False, is_sound=False)
    channel, rest = _channel(parts.channels)
    everything = [parts.role, *parts.channels, *parts.constrained]
    recipient, was_clean = _recipient(everything, tools)
    content_type = _content_type(rest, parts.constrained)
    is_sound = (
        was_clean
        and len(parts.channels) == 1
        and (role == "assistant" or role.startswith("assistant to="))
        and channel is not None
        and _channel_word(parts.channels[0]) == channel.value
    )
    text = "" if recipient or channel is Channel.ANALYSIS else _strays(role, rest, parts)
    return Header(channel, recipient, content_type, text=text, is_sound=is_sound and not text)


def content_after(parts: HeaderParts) -> str:
    """The words after the channel's name, for a header that never came to its end."""
    text = parts.channels[-1] if parts.channels else parts.role.removeprefix("assistant")
    if parts.channels and _known(_channel_word(text)) is not None:
        word = _WORD.match(text)
        text = text[word.end() :] if word else text
    text = "".join([text, *parts.constrained])
    return _RECIPIENT.sub("", text).strip(" ")


def _channel(parts: list[str]) -> tuple[Channel | None, str]:
    """The last part that begins with a channel's name; models repeat themselves, then correct."""
    for part in reversed(parts):
        word = _WORD.match(part)
        known = _known(word.group(1)) if word else None
        if known is not None and word is not None:
            return known, part[word.end() :]
    return None, parts[-1] if parts else ""


def _channel_word(part: str) -> str:
    word = _WORD.match(part)
    return word.group(1) if word else ""


def _known(word: str) -> Channel | None:
    """A channel by its name or by a name it was mangled into (`finalx`, `commentaryjson`)."""
    lowered = word.lower()
    for channel in Channel:
        if lowered.startswith(channel.value):
            return channel
    if lowered.startswith("comment"):
        return Channel.COMMENTARY
    return Channel.ANALYSIS if lowered.startswith("analy") else None


def _recipient(parts: list[str], tools: Collection[str]) -> tuple[str | None, bool]:
    """The first real address, and whether it needed no repair."""
    found = [match.group(1) for part in parts for match in _RECIPIENT.finditer(part)]
    named = [name for name in found if name not in _NO_RECIPIENT]
    bare = [match.group(1) for part in parts for match in _BARE_CALL.finditer(part)]
    name = named[0] if named else bare[0] if bare else None
    if name is None:
        return None, not found
    if name not in tools and name.endswith("json") and name.removesuffix("json") in tools:
        return name.removesuffix("json"), False
    return name, len(found) == 1 and bool(named)


def _content_type(rest: str, constrained: list[str]) -> str | None:
    words = _RECIPIENT.sub("", " ".join([rest, *constrained])).split()
    return next((word for word in words if word in _CONTENT_TYPES), None)


def _strays(role: str, rest: str, parts: HeaderParts) -> str:
    """Words for the user that stand in a header, where no words belong."""
    spoken = role.removeprefix("assistant") if role.startswith("assistant") else ""
    words = " ".join([spoken, rest, *parts.constrained])
    words = _RECIPIENT.sub("", words).strip()
    is_words = any(character.isalnum() for character in words)
    return words if is_words and words not in _FILLER else ""
