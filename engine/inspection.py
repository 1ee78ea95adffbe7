"""The next prompt as it is, token by token.  Engine thread only.

It is rendered by the writer that renders prompts, and what needs no reading is asked of the
cache itself, so what is shown is what happens (tests/engine/test_inspection.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from engine.context_fit import Fitted
from engine.errors import EngineError
from engine.events import PromptInspected
from engine.harmony import tokens
from engine.harmony.messages import DeveloperMessage, HarmonyMessage, SystemMessage
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.prompt_view import PromptMessage, PromptPart
from engine.reading_ahead import ReadingAhead
from engine.requests import InspectRequest

_NAMES: Final = {
    tokens.START: "start",
    tokens.END: "end",
    tokens.MESSAGE: "message",
    tokens.CHANNEL: "channel",
    tokens.CONSTRAIN: "constrain",
    tokens.CALL: "call",
    tokens.RETURN: "return",
}
"""Plain words for special tokens; their spelling stays out of anything that can be copied."""


class Inspection:
    """Answers `InspectRequest`.

    Args:
        writer: renders prompts.
        vocabulary: spells ids.
    """

    def __init__(self, writer: HarmonyWriter, vocabulary: Vocabulary) -> None:
        self._writer = writer
        self._vocabulary = vocabulary

    def look(self, request: InspectRequest, ahead: ReadingAhead | None) -> PromptInspected:
        """What the next prompt of a conversation begins with.

        Args:
            request: the conversation, without the user's next message.
            ahead: knows what fits and what is in the cache; None while no model is loaded.
        """
        conversation = request.conversation
        try:
            fitted = ahead.history(conversation) if ahead is not None else Fitted(conversation, 0)
            rendered = self._writer.each(fitted.conversation)
        except EngineError as error:
            return PromptInspected(request.number, problem=error.title, fields=error.fields)
        ids = [one for message in rendered for one in message]
        # The user's next message follows, so that the logits of the last token are not needed.
        reused = min(ahead.reusable([*ids, tokens.START]), len(ids)) if ahead is not None else 0
        seen = tuple(self._seen(fitted.conversation, rendered, reused))
        return PromptInspected(
            request.number,
            messages=self._with_left_out(conversation, fitted, seen),
            context_tokens=ahead.context_tokens if ahead is not None else 0,
            reused_tokens=reused,
            opening_tokens=len(self._writer.next_assistant()),
        )

    def _seen(
        self,
        conversation: Sequence[HarmonyMessage],
        rendered: Sequence[tuple[int, ...]],
        reused: int,
    ) -> Iterator[PromptMessage]:
        for message, ids in zip(conversation, rendered, strict=True):
            cached = max(0, min(reused, len(ids)))
            reused -= len(ids)
            yield PromptMessage(message, len(ids), ids, self._parts(ids), cached)

    def _with_left_out(
        self,
        conversation: Sequence[HarmonyMessage],
        fitted: Fitted,
        seen: tuple[PromptMessage, ...],
    ) -> tuple[PromptMessage, ...]:
        """In their places, the messages that the context has no room for."""
        count = fitted.left_out_messages
        head = len(
            [one for one in conversation if isinstance(one, SystemMessage | DeveloperMessage)]
        )
        left_out = tuple(
            PromptMessage(one, self._writer.message_size(one), is_left_out=True)
            for one in conversation[head : head + count]
        )
        return (*seen[:head], *left_out, *seen[head:])

    def _parts(self, ids: Sequence[int]) -> tuple[PromptPart, ...]:
        parts: list[PromptPart] = []
        for is_text, run in groupby(ids, lambda one: one < tokens.ORDINARY_TOKENS):
            if is_text:
                parts.append(PromptPart(self._vocabulary.decode(tuple(run))))
            else:
                parts += [PromptPart(special=_NAMES.get(one, "reserved")) for one in run]
        return tuple(parts)
