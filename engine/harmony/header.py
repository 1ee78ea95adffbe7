"""What a harmony header says, however badly it was written.

The families of malformed headers are those seen in the field (llama.cpp#27720 and #25321,
llama.cpp PR #15158, ollama#11704, unsloth#5162, openai/harmony#80 and PR #114, vLLM#50690).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from engine.harmony.messages import Channel

_NAME: Final = r"[\w$.\-]"
_MARKER: Final = re.compile(r"\s*<\|(channel|constrain|message|start|end|call|return)\|>")
_TO: Final = re.compile(rf"\s*to=[ ]?({_NAME}*)")
_ROLE: Final = re.compile(r"\s*assistant")
_ROLE_AGAIN: Final = re.compile(r"\s*assistant(?=\s*(?:\Z|<\||to=|analysis))")
_OTHER_ROLE: Final = re.compile(
    r"\s*(?:(?:system|developer|user|tool|python|browser)\b|functions\.)"
)
# ASCII: a Turkish dotless i would match an i here, and then be no channel after all.
_CHANNEL: Final = re.compile(r"\s*(analy(?:sis)?|comment(?:ary)?|final)", re.I | re.ASCII)
_UNMARKED_CHANNEL: Final = re.compile(r"\s*(analysis|(?:commentary|final)(?![A-Za-z]))")
_GLUED: Final = re.compile(r"(?!to=|json\b|code\b)[^\s<]+")
_CONTENT_TYPE: Final = re.compile(r"\s*(json|code|text)(?=[\s<{[]|\Z)")
_ADDRESS: Final = re.compile(rf"\s*((?:functions|browser)\.{_NAME}+)(?=\s|<|\Z)")
_CONSTRAINED: Final = re.compile(rf"\s*({_NAME}+)")
_WORD: Final = re.compile(r"\s*(?:[^\s<]+|<)")

_NO_RECIPIENT: Final = frozenset({"", "all", "assistant", "developer", "system", "tool", "user"})
_FILLER: Final = frozenset({"assistant", "analysis", "commentary", "final", "json", "code", "text"})

_SOUND: Final = re.compile(
    rf"(?:assistant)?(?P<first> to={_NAME}+)?<\|channel\|>(?:analysis|commentary|final)"
    rf"(?(first)|(?: to={_NAME}+)?)(?: ?<\|constrain\|>| )?(?:json|code|text)?\Z"
)


@dataclass(frozen=True, slots=True)
class Header:
    """A header as understood.

    Attributes:
        channel: None when it named none that is known.
        has_channel_marker: a channel marker stood in it, with whatever name.
        recipient: address of a tool, or None.
        content_type: `json`, `code` and the like, or None.
        is_assistant: False for a message the model wrote in somebody else's name.
        text: words that belong to no part of a header; they were meant as content.
        is_sound: nothing had to be guessed.
    """

    channel: Channel | None
    has_channel_marker: bool = False
    recipient: str | None = None
    content_type: str | None = None
    is_assistant: bool = True
    text: str = ""
    is_sound: bool = True


@dataclass(slots=True)
class HeaderText:
    """A header while it arrives.

    Markers are kept as their spelling, so that a marker that a damaged model writes in
    ordinary tokens (unsloth#5162) means the same here, where no text for the user belongs.

    Attributes:
        is_framed: the frame already named the assistant; otherwise a role is expected.
        text: what arrived.
        tokens: how many ids arrived.
    """

    is_framed: bool
    text: str = ""
    tokens: int = 0

    def add(self, text: str) -> None:
        """Take the text of one more id."""
        self.tokens += 1
        self.text += text


def understand(header: HeaderText, tools: Collection[str] = (), *, is_complete: bool) -> Header:
    """Make sense of a header.

    Args:
        header: what arrived.
        tools: addresses of the declared tools, to mend a mangled name by.
        is_complete: a message marker ended it; otherwise its words are content.
    """
    if not header.is_framed and _OTHER_ROLE.match(header.text):
        return Header(None, is_assistant=False, is_sound=False)
    scan = _Scan(header.text, tools, is_complete=is_complete)
    scan.run(is_framed=header.is_framed)
    recipient, was_mended = _mended(scan.recipients, tools)
    is_sound = (
        is_complete
        and header.is_framed != header.text.startswith("assistant")
        and _SOUND.match(header.text) is not None
        and not was_mended
    )
    channel = scan.channel()
    if recipient is not None and channel is Channel.FINAL:
        channel, is_sound = Channel.COMMENTARY, False  # an answer to a tool is a call
    return Header(
        channel,
        has_channel_marker=scan.has_marker,
        recipient=recipient,
        content_type=scan.content_type,
        text=scan.text(),
        is_sound=is_sound,
    )


def _mended(names: list[str], tools: Collection[str]) -> tuple[str | None, bool]:
    """The first real address, and whether it or its place was wrong."""
    real = [name.rstrip(".-") for name in names if name.rstrip(".-") not in _NO_RECIPIENT]
    if not real:
        return None, bool(names)
    name = real[0]
    bare = re.sub(r"(json|code)\Z", "", name)
    for guess in (name, f"functions.{name}", bare, f"functions.{bare}"):
        if guess in tools:
            return guess, guess != names[0]
    return name, name != names[0]


@dataclass(frozen=True, slots=True)
class _Word:
    """A piece that is no known part; junk stands where a known part should."""

    text: str
    is_junk: bool = False


class _Scan:
    """One pass over a header, taking known parts and keeping what is left as words."""

    def __init__(self, text: str, tools: Collection[str], *, is_complete: bool) -> None:
        self._text = text
        self._tools = tools
        self._is_complete = is_complete
        self._at = 0
        self._channels: list[Channel] = []
        self._words: list[_Word] = []
        self._is_in_words = False
        self.has_marker = False
        self.recipients: list[str] = []
        self.content_type: str | None = None

    def run(self, *, is_framed: bool) -> None:
        """Read it all."""
        if is_framed:
            self._take(_ROLE_AGAIN)
        elif self._take(_ROLE) is None and not self._is_past_missing_role():
            self._keep(_WORD, is_junk=True)  # whatever stands where a role belongs
        found = self._take(_UNMARKED_CHANNEL, is_kept=True)
        if found is not None:
            self._channels.append(_channel_named(found))
        while self._at < len(self._text):
            self._step()

    def channel(self) -> Channel | None:
        """Thoughts if they were named at all, else the last channel that was named.

        Models repeat a channel, then correct themselves (llama.cpp#27720); what may be
        thoughts must not become an answer.
        """
        if Channel.ANALYSIS in self._channels:
            return Channel.ANALYSIS
        return self._channels[-1] if self._channels else None

    def text(self) -> str:
        """The words that were meant as content."""
        real = "".join(word.text for word in self._words if not word.is_junk)
        whole = "".join(word.text for word in self._words)
        if self._is_complete:
            return real.strip() if _has_letters(real) else ""
        if whole.strip() in _FILLER or not (real.strip() or _has_letters(whole)):
            return ""
        return whole.lstrip()

    def _step(self) -> None:
        marker = self._take(_MARKER)
        if marker is not None:
            self._is_in_words = False
            if marker == "channel":
                self._take_channel()
            elif marker == "constrain":
                self._take_constrained()
        elif not self._take_part():
            self._is_in_words = True
            if not self._keep(_WORD):
                self._words.append(_Word(self._text[self._at :]))  # white space
                self._at = len(self._text)

    def _take_part(self) -> bool:
        """Take an address or a content type, where one may stand."""
        found = self._match(_TO)
        if found is not None and (not self._is_in_words or self._is_declared(found)):
            self.recipients.append(found)
            return self._take(_TO) is not None
        if self._is_in_words or not self._is_past_role():
            return False
        found = self._take(_ADDRESS)
        if found is not None:
            self.recipients.append(found)
            return True
        found = self._take(_CONTENT_TYPE)
        self.content_type = found or self.content_type
        return found is not None

    def _take_channel(self) -> None:
        self.has_marker = True
        if self._match(_TO) is not None:
            return
        found = self._take(_CHANNEL)
        if found is not None:
            self._channels.append(_channel_named(found))
            self._keep(_GLUED, is_junk=True)
        elif self._match(_ADDRESS) is None:
            self._keep(_WORD, is_junk=True)

    def _take_constrained(self) -> None:
        found = self._match(_CONSTRAINED)
        if found is None or self._match(_TO) is not None or self._match(_ADDRESS) is not None:
            return
        self._take(_CONSTRAINED)
        if self._is_declared(found):
            self.recipients.append(found)
        else:
            self.content_type = found

    def _is_declared(self, name: str) -> bool:
        return self._is_complete and name in self._tools

    def _is_past_missing_role(self) -> bool:
        return self._match(_UNMARKED_CHANNEL) is not None or self._match(_TO) is not None

    def _is_past_role(self) -> bool:
        return self.has_marker or bool(self.recipients)

    def _match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self._text, self._at)
        return None if found is None else found.group(found.lastindex or 0)

    def _take(self, pattern: re.Pattern[str], *, is_kept: bool = False) -> str | None:
        found = pattern.match(self._text, self._at)
        if found is None:
            return None
        if is_kept:
            self._words.append(_Word(found.group(), is_junk=True))
        self._at = found.end()
        return found.group(found.lastindex or 0)

    def _keep(self, pattern: re.Pattern[str], *, is_junk: bool = False) -> bool:
        """Take what may be content: junk is content only in a header without an end."""
        found = pattern.match(self._text, self._at)
        if found is None or (is_junk and found.group().lstrip().startswith("<")):
            return False
        self._words.append(_Word(found.group(), is_junk))
        self._at = found.end()
        return True


def _channel_named(word: str) -> Channel:
    """A channel by its name or by the beginning of one."""
    lowered = word.lower()
    return next(channel for channel in Channel if channel.value.startswith(lowered))


def _has_letters(text: str) -> bool:
    return any(character.isalnum() for character in text)
