"""From harmony messages to token ids; special ids are made here only, and only as frames."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Final

from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.harmony.templates import Templates
from engine.harmony.tokens import CALL, CHANNEL, END, MESSAGE, START
from engine.harmony.vocabulary import Vocabulary

CACHED_MESSAGES: Final = 2048
CACHED_IDS: Final = 400_000
"""Of all cached messages together: three times the largest context.  An id takes 36 bytes."""
CACHED_SIZES: Final = 65_536

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_$.\-]")
_TOOL_NAME: Final = re.compile(r"(functions\.|browser\.)[A-Za-z0-9_$.\-]+\Z|python\Z|browser\Z")


class HarmonyWriter:
    """Render messages to ids; bodies are encoded as plain text, whatever they spell.

    Frames follow openai/harmony docs/format.md; calls of older turns are rendered
    role-first with ` json` or ` code` (docs/ARCHITECTURE.md, design decision).
    Engine thread only: ids are cached per message.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._encode = vocabulary.encode
        self._templates = Templates(vocabulary.folder)
        self._cache: OrderedDict[tuple[Hashable, bool], tuple[int, ...]] = OrderedDict()
        self._cached_ids = 0
        self._sizes: OrderedDict[tuple[int, int], int] = OrderedDict()

    def render(self, conversation: Sequence[HarmonyMessage]) -> list[int]:
        """Ids of whole messages.

        Raises:
            EngineError: a function tool's name is no identifier.
        """
        return [one for ids in self.each(conversation) for one in ids]

    def each(self, conversation: Sequence[HarmonyMessage]) -> list[tuple[int, ...]]:
        """Ids of whole messages, message by message.

        Raises:
            EngineError: a function tool's name is no identifier.
        """
        has_functions = any(
            isinstance(message, DeveloperMessage) and message.tools for message in conversation
        )
        return [self.message_ids(one, has_functions=has_functions) for one in conversation]

    def prompt(self, conversation: Sequence[HarmonyMessage]) -> list[int]:
        """Ids of a conversation and the start of the assistant's next message."""
        return self.render(conversation) + self.next_assistant()

    def next_assistant(self) -> list[int]:
        """`<|start|>assistant`, after which the model goes on with its header."""
        return [START, *self._encode("assistant")]

    def final_header(self) -> list[int]:
        """`<|channel|>final<|message|>`, to go on after `<|start|>assistant`."""
        return [CHANNEL, *self._encode(Channel.FINAL.value), MESSAGE]

    def message_ids(
        self, message: HarmonyMessage, *, has_functions: bool = False
    ) -> tuple[int, ...]:
        """Ids of one message; cached.

        Args:
            message: any message.
            has_functions: the conversation declares function tools (system message only).
        """
        key = (_cache_key(message), has_functions)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = tuple(self._rendered(message, has_functions))
            self._cached_ids += len(found)
            while len(self._cache) > CACHED_MESSAGES or self._cached_ids > CACHED_IDS:
                self._cached_ids -= len(self._cache.popitem(last=False)[1])
        else:
            self._cache.move_to_end(key)
        return found

    def message_size(self, message: HarmonyMessage) -> int:
        """How many ids one message has; remembered for far more messages than the ids are."""
        if isinstance(message, SystemMessage | DeveloperMessage):
            return len(self.message_ids(message, has_functions=True))
        # By hash and not by the message itself, so that no old text is kept alive.
        key = (hash(message), len(message.text))
        size = self._sizes.get(key)
        if size is None:
            size = self._sizes[key] = len(self.message_ids(message))
            if len(self._sizes) > CACHED_SIZES:
                self._sizes.popitem(last=False)
        return size

    def passing_size(self, message: HarmonyMessage) -> int:
        """The same of a message that will soon be another one: nothing is remembered."""
        return len(self._rendered(message, has_functions=False))

    def _rendered(self, message: HarmonyMessage, has_functions: bool) -> list[int]:
        match message:
            case SystemMessage():
                text = self._templates.system(message, has_functions=has_functions)
                return self._frame(["system"], text)
            case DeveloperMessage():
                return self._frame(["developer"], self._templates.developer(message))
            case UserMessage():
                return self._frame(["user"], message.text)
            case AssistantMessage():
                return self._assistant(message)
        name = tool_role(message.name)
        return self._frame([name, " to=assistant"], message.text, message.channel)

    def _assistant(self, message: AssistantMessage) -> list[int]:
        if message.recipient is None:
            return self._frame(["assistant"], message.text, message.channel)
        name = tool_role(message.recipient)
        content_type = " json" if name.startswith("functions.") else " code"
        channel = message.channel or Channel.COMMENTARY
        head = ["assistant", f" to={name}"]
        return self._frame(head, message.text, channel, content_type, CALL)

    def _frame(
        self,
        head: Sequence[str],
        text: str,
        channel: Channel | None = None,
        content_type: str = "",
        end: int = END,
    ) -> list[int]:
        ids = [START]
        for word in head:
            ids += self._encode(word)
        if channel is not None:
            ids += [CHANNEL, *self._encode(channel.value)]
        if content_type:
            ids += self._encode(content_type)
        return [*ids, MESSAGE, *self._encode(text), end]


def _cache_key(message: HarmonyMessage) -> Hashable:
    """The message itself, or its spelling where a tool's schema cannot be hashed."""
    if isinstance(message, DeveloperMessage) and message.tools:
        return repr(message)
    return message


def tool_role(name: str) -> str:
    """The name of a tool as it may stand in a header; never raises.

    A tool message carries the tool's name as its role, so a tool called `system` would
    speak with the system's authority.  Everything that is not a built-in tool is put
    under `functions.`, and what no identifier may hold becomes `_`.
    """
    plain = _NOT_IN_NAMES.sub("_", name)
    return plain if _TOOL_NAME.match(plain) else f"functions.{plain or '_'}"
