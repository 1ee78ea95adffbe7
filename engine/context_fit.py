"""Which messages of a long conversation the model reads when the context does not hold all.

The rule is seen by the user and written down in docs/decisions/009.md.  It depends on the
conversation, the effort and the size of the context alone: nothing is remembered, and adding
to a conversation does not move the place where it is cut until the context is full again.
Engine thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from engine.errors import EngineError
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.harmony.writer import HarmonyWriter

LEAST_ROOM_TOKENS: Final = 256
"""With less room for the answer than this (or an eighth of the context), nothing is asked."""


class MessageTooLongError(EngineError):
    """The newest message alone leaves no room for an answer."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What the model reads of a conversation.

    Attributes:
        conversation: without the messages that are left out.
        left_out_messages: so many messages after the system and developer messages.
    """

    conversation: tuple[HarmonyMessage, ...]
    left_out_messages: int


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a message would do that is not sent yet.

    Attributes:
        prompt_tokens: of the messages that the model would read before it.
        answer_room_tokens: kept free for the answer; where that is not possible any more, the
            oldest messages go.
        left_out_messages: so many messages after the system and developer messages.
        is_too_long: it alone leaves no room for an answer, and would be refused.
    """

    prompt_tokens: int
    answer_room_tokens: int
    left_out_messages: int
    is_too_long: bool = False


def room_for_answer(context_tokens: int, effort: Effort) -> int:
    """Tokens that a prompt leaves free: an eighth of the context, a quarter for high effort."""
    if effort is Effort.HIGH:
        return min(max(4096, context_tokens // 4), context_tokens // 2)
    return min(max(1024, context_tokens // 8), context_tokens // 4)


class _Turns:
    """A conversation as turns: each begins with a message of the user.

    Args:
        conversation: system message first.
        size: tokens of a message.
    """

    def __init__(
        self, conversation: Sequence[HarmonyMessage], size: Callable[[HarmonyMessage], int]
    ) -> None:
        self._messages = tuple(conversation)
        self._sizes = [size(message) for message in conversation]
        self._before = list(accumulate(self._sizes, initial=0))
        self.starts = [
            index for index, one in enumerate(conversation) if isinstance(one, UserMessage)
        ]
        first = self._messages[0] if self._messages else None
        self.effort = first.effort if isinstance(first, SystemMessage) else Effort.MEDIUM

    def prompt_tokens(self, first: int, last: int) -> int:
        """Tokens of the prompt that ended with turn `last` and began with turn `first`.

        Of an older turn, only the question stood there then.
        """
        is_newest = last == len(self.starts) - 1
        end = len(self._messages) if is_newest else self.starts[last] + 1
        return self._before[self.starts[0]] + self._before[end] - self._before[self.starts[first]]

    def tokens(self, first: int) -> int:
        """Tokens of everything from turn `first` on, and of what stands before the first turn."""
        if not self.starts:
            return self._before[-1]
        return self.prompt_tokens(first, len(self.starts) - 1)

    def fitted(self, first: int) -> Fitted:
        """The conversation without the turns before `first`."""
        if first == 0:
            return Fitted(self._messages, 0)
        head, begin = self.starts[0], self.starts[first]
        return Fitted(self._messages[:head] + self._messages[begin:], begin - head)


class ContextFit:
    """Leaves out the oldest turns of conversations that are longer than the context.

    Args:
        writer: knows how many tokens a message has.
        context_tokens: positions of the KV cache.
    """

    def __init__(self, writer: HarmonyWriter, context_tokens: int) -> None:
        self._writer = writer
        self._context_tokens = context_tokens
        self._frame = len(writer.next_assistant())

    def prompt(self, conversation: Sequence[HarmonyMessage], begun: str = "") -> Fitted:
        """What to read before an answer, or before it goes on.

        Args:
            conversation: system message first; the newest turn last, which always stays.
            begun: the answer so far, for which there has to be room as well.

        Raises:
            MessageTooLongError: the newest turn alone is too long.
            EngineError: the answer so far leaves no room for more.
        """
        if begun:
            return self._to_go_on(conversation, AssistantMessage(Channel.FINAL, begun))
        turns = _Turns(conversation, self._writer.message_size)
        first = self._first_turn(turns)
        least = min(LEAST_ROOM_TOKENS, self._context_tokens // 8)
        if turns.tokens(first) + self._frame > self._context_tokens - least:
            raise MessageTooLongError(
                "This message is too long for the model's context of {tokens} tokens.",
                "Shorten it, or choose a larger context in the settings.",
                f"{turns.tokens(first)} tokens",
                {"tokens": f"{self._context_tokens:,}"},
            )
        return turns.fitted(first)

    def _to_go_on(self, conversation: Sequence[HarmonyMessage], begun: AssistantMessage) -> Fitted:
        try:
            fitted = self.prompt((*conversation, begun))
        except MessageTooLongError as error:
            raise EngineError(
                "This answer is as long as the model's context of {tokens} tokens allows.",
                "Ask for the rest in a new message, or choose a larger context in the settings.",
                error.detail,
                error.fields,
            ) from error
        return replace(fitted, conversation=fitted.conversation[:-1])

    def history(self, conversation: Sequence[HarmonyMessage]) -> Fitted:
        """What the next prompt will begin with, when the user has written nothing yet."""
        turns = _Turns((*conversation, UserMessage("")), self._writer.message_size)
        fitted = turns.fitted(self._first_turn(turns))
        return Fitted(fitted.conversation[:-1], fitted.left_out_messages)

    def with_draft(self, conversation: Sequence[HarmonyMessage], draft_tokens: int) -> Drafted:
        """What would be read if a message of so many tokens were sent now.

        Args:
            conversation: system message first, without the user's next message.
            draft_tokens: of that message, its frame included; 0 for none yet.
        """
        draft = UserMessage("")
        measure = self._writer.message_size
        empty = measure(draft)
        turns = _Turns(
            (*conversation, draft),
            lambda one: (draft_tokens or empty) if one is draft else measure(one),
        )
        first = self._first_turn(turns)
        tokens = turns.tokens(first)
        least = min(LEAST_ROOM_TOKENS, self._context_tokens // 8)
        return Drafted(
            tokens - (draft_tokens or empty),
            room_for_answer(self._context_tokens, turns.effort),
            turns.fitted(first).left_out_messages,
            tokens + self._frame > self._context_tokens - least,
        )

    def _first_turn(self, turns: _Turns) -> int:
        """The first turn that is read, found by going through the chat as it came about.

        When a turn did not fit, so many are left out that the following ones fit without a
        further cut: each cut changes the beginning of the prompt, and all of it is read again.
        """
        limit = self._context_tokens - room_for_answer(self._context_tokens, turns.effort)
        generous = limit * 7 // 10
        first = 0
        for last in range(len(turns.starts)):
            if turns.prompt_tokens(first, last) + self._frame <= limit:
                continue
            while first < last and turns.prompt_tokens(first, last) + self._frame > generous:
                first += 1
            if first == last > 0 and turns.prompt_tokens(last - 1, last) + self._frame <= limit:
                first = last - 1  # what was said just before is worth more than the margin
        return first
