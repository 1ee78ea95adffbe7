"""Keeps a turn's output well-formed while it is sampled: which ids may stand where.

The rules are those of openai/harmony docs/format.md: a header names the assistant, one of
the channels and perhaps a declared tool, and a marker begins its content; content holds text
alone, and one marker ends it.  What no header may hold cannot be sampled, so the repairs of
`engine.harmony.reader` are left for turns without this guard.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from engine.harmony.messages import Channel
from engine.harmony.tokens import (
    CALL,
    CHANNEL,
    CONSTRAIN,
    END,
    END_OF_TEXT,
    MESSAGE,
    ORDINARY_TOKENS,
    RETURN,
    START,
    VOCABULARY_TOKENS,
)
from engine.llama.restriction import AllButThese, OnlyThese, Restriction, sorted_ids

Encode = Callable[[str], Sequence[int]]


def _text_and(*markers: int) -> AllButThese:
    special = set(range(ORDINARY_TOKENS, VOCABULARY_TOKENS))
    return AllButThese(sorted_ids(special - set(markers)))


_IN_TEXT: Final = _text_and(END, RETURN, END_OF_TEXT)
_IN_CALL: Final = _text_and(CALL)
_AT_ANSWER: Final = _text_and()
"""The first token of an answer is text: an answer is never empty."""


@dataclass(slots=True, eq=False)
class _Place:
    """A place in a turn.

    Attributes:
        restriction: what may come next.
        instead: takes the place of a forbidden id where there are no logits to choose by.
        following: where the markers and header words lead.
        after_text: where text leads; None stays here.
        forced: the one id that may come next, if there is no other.
    """

    restriction: Restriction
    instead: int
    following: dict[int, _Place] = field(default_factory=dict)
    after_text: _Place | None = None
    forced: int | None = field(init=False)

    def __post_init__(self) -> None:
        allowed = self.restriction
        is_forced = isinstance(allowed, OnlyThese) and len(allowed.ids) == 1
        self.forced = self.instead if is_forced else None


class HeaderGuard:
    """Says which id may come next in one turn, from behind `<|start|>assistant`.

    - A channel is one of those the system message names.  Commentary is open only where tools
      are declared: without them it would be a call of a tool that is not there, or an answer
      in the wrong place.
    - A recipient is a declared tool, spelt as the tokenizer spells it, once, before or behind
      the channel; an answer has none.
    - `<|start|>` cannot be sampled inside content.  A message that breaks off without `<|end|>`
      would stay malformed in the ids and teach the model to go on like that; the model ends
      the message first, and then `<|start|>` is what may follow.
    - An answer is never empty, and nothing but the end of the turn follows it.
    - A call ends in `<|call|>`, and nothing else does.

    Engine thread only.

    Args:
        encode: text to ids.
        tools: addresses of the declared tools.
        has_response_format: the answer is JSON, which the model may announce in its header.
    """

    def __init__(
        self, encode: Encode, tools: Collection[str] = (), *, has_response_format: bool = False
    ) -> None:
        self._encode = encode
        self._tools = sorted(tools)
        answer = self._answer()
        thought, preamble = _Place(_IN_TEXT, END), _Place(_IN_TEXT, END)
        call = _Place(_IN_CALL, CALL)
        typed_call = self._typed(call, ("json", "code"))
        open_answer = _branch([((MESSAGE,), answer)])
        if has_response_format:
            open_answer = self._typed(answer, ("json",))
        channels = {
            Channel.FINAL: open_answer,
            Channel.ANALYSIS: self._addressed(thought, typed_call),
        }
        if tools:
            channels[Channel.COMMENTARY] = self._addressed(preamble, typed_call)
        calls = dict.fromkeys((Channel.COMMENTARY, Channel.ANALYSIS), typed_call)
        self._later_head = self._head(channels, calls)
        begin = _branch([(self._encode("assistant"), self._later_head)])
        over = _Place(_IN_CALL, RETURN)
        for content in (thought, preamble):
            content.following[END] = _branch([((START,), begin), ((RETURN,), over)])
        first = {Channel.ANALYSIS: channels[Channel.ANALYSIS], **channels}
        self._place = self._head(first, calls)
        self._anywhere = {START: begin, CHANNEL: self._later_head.following[CHANNEL]}

    def restriction(self) -> Restriction:
        """What may come next."""
        return self._place.restriction

    def forced(self) -> int | None:
        """The one id that may come next; None where there is a choice."""
        return self._place.forced

    def instead_of(self, token: int) -> int:
        """The id itself, or where it is forbidden the likeliest of the allowed ones.

        For samplers on the GPU, from where no logits come back to choose another by.
        """
        place = self._place
        return token if place.restriction.allows(token) else place.instead

    def take(self, token: int) -> None:
        """An id was chosen, or put in by the engine, which may do that anywhere."""
        place = self._place
        after = place.following.get(token)
        if after is None:
            after = place.after_text if token < ORDINARY_TOKENS else self._anywhere.get(token)
        if after is not None:
            self._place = after

    def begin_message(self) -> None:
        """The engine wrote `<|start|>assistant`, behind a tool's result."""
        self._place = self._later_head

    # ---- the places, from their ends to the beginning

    def _answer(self) -> _Place:
        over = _branch([((RETURN,), _Place(_IN_CALL, RETURN))])
        text = _Place(_IN_TEXT, END, {END: over})
        return _Place(_AT_ANSWER, END, {END: over}, after_text=text)

    def _typed(self, content: _Place, words: Sequence[str]) -> _Place:
        """Behind a call's address: `<|message|>`, or a content type in any usual spelling."""
        opened = _branch([((MESSAGE,), content)])
        ways: list[_Way] = [((), opened)]
        for word in words:
            ways.append((self._encode(f" {word}"), opened))
            constrained = (CONSTRAIN, *self._encode(word))
            ways += [(constrained, opened), ((*self._encode(" "), *constrained), opened)]
        return _branch(ways)

    def _addressed(self, content: _Place, after_address: _Place) -> _Place:
        """Behind a channel: `<|message|>`, or the address of a tool."""
        return _branch([((MESSAGE,), content), *self._addresses(after_address)])

    def _addresses(self, after: _Place) -> list[_Way]:
        return [(self._encode(f" to={tool}"), after) for tool in self._tools]

    def _head(self, channels: dict[Channel, _Place], calls: dict[Channel, _Place]) -> _Place:
        """Behind `<|start|>assistant`: a channel, or the address of a tool and a channel."""
        addressed = self._channel(calls)
        return _branch([((), self._channel(channels)), *self._addresses(addressed)])

    def _channel(self, goals: dict[Channel, _Place]) -> _Place:
        ways: list[_Way] = [
            ((CHANNEL, *self._encode(channel.value)), goal) for channel, goal in goals.items()
        ]
        return _branch(ways)


_Way = tuple[Sequence[int], _Place]
"""Ids, and the place they lead to."""


def _branch(ways: Sequence[_Way]) -> _Place:
    """A place from which ids lead to places; the likeliest way stands first.

    A way without ids opens what its place allows here as well.
    """
    longer: dict[int, list[_Way]] = {}
    following: dict[int, _Place] = {}
    for ids, goal in ways:
        if ids:
            longer.setdefault(ids[0], []).append((ids[1:], goal))
        else:
            following |= goal.following
    for first, rest in longer.items():
        is_there = len(rest) == 1 and not rest[0][0]
        following[first] = rest[0][1] if is_there else _branch(rest)
    return _Place(OnlyThese(sorted_ids(following)), next(iter(following)), following)
