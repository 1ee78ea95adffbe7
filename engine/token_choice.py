"""Chooses a turn's tokens: the sampler, and the guards that say what may come next."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from engine.equipment import Equipment
from engine.harmony.guard import HeaderGuard
from engine.harmony.messages import Channel
from engine.llama.restriction import Restriction
from engine.llama.sampler import Sampler
from engine.requests import AnswerRequest


class TokenChoice:
    """The choice of one attempt at a turn.  Engine thread only.

    Tokens are drawn from the logits (`engine.llama.sampler`) unless the device draws them
    itself (`engine.llama.device_sampler`).  From there no logits come back, so a token that
    the header guard forbids gives way to the likeliest that it allows, before it is decoded;
    answers with a grammar are never drawn there.

    Args:
        request: has the sampling and says which guards there are.
        equipment: what turns on this model share.
        tools: addresses of the declared tools.
        guarded: tokens that a guard put in another's place in an attempt before.
    """

    def __init__(
        self,
        request: AnswerRequest,
        equipment: Equipment,
        tools: Collection[str],
        guarded: int = 0,
    ) -> None:
        self._cache = equipment.cache
        self._sampling = request.sampling
        self._sampler = Sampler(request.sampling)
        self._answer_guard = equipment.make_answer_guard(request)
        self._header_guard: HeaderGuard | None = None
        if request.has_header_guard:
            has_format = self._answer_guard is not None
            encode = equipment.vocabulary.encode
            self._header_guard = HeaderGuard(encode, tools, has_response_format=has_format)
        self._device = equipment.device if self._answer_guard is None else None
        self._is_on_device = False
        self._is_drawn = False  # the device drew behind the last token; there are no logits
        self._guarded = guarded

    @property
    def guarded(self) -> int:
        """Tokens that a guard put in another's place."""
        return self._guarded + self._sampler.redraws

    @contextmanager
    def sampling(self) -> Iterator[None]:
        """Around the choice of tokens, from the first after a prompt to the last."""
        if self._device is not None:
            self._is_on_device = self._device.attach(self._sampling)
        try:
            yield
        finally:
            self._leave_device()

    def forced(self, channel: Channel | None) -> int | None:
        """The one token that the header guard allows next; None where there is a choice.

        It needs no logits.  That saves a decode for each word of a header that stands fixed.

        Args:
            channel: of the message in progress, None in a header or between messages.
        """
        if self._header_guard is None or (
            channel is Channel.FINAL and self._answer_guard is not None
        ):
            return None
        return self._header_guard.forced()

    def choose(self, channel: Channel | None) -> int:
        """The next token.

        Args:
            channel: of the message in progress, None in a header or between messages.
        """
        if self._device is not None and self._is_drawn:
            token = self._device.sampled_token()
            if token is not None:
                return self._allowed(token)
            # It took the chain but does not draw all of it: go on with the logits.
            self._leave_device()
            self._cache.sync(list(self._cache.tokens), keeps_end=False)
        return self._sampler.choose(self._cache.logits(), self._restriction(channel))

    def take(self, token: int, channel: Channel | None) -> None:
        """A token was chosen, or put in by the engine, while `channel` was in progress."""
        if self._header_guard is not None:
            self._header_guard.take(token)
        if self._answer_guard is not None and channel is Channel.FINAL:
            self._answer_guard.take(token)

    def extend(self, tokens: Sequence[int]) -> bool:
        """Evaluate tokens; False when the abort flag ended it."""
        self._is_drawn = self._is_on_device
        return self._cache.extend(tokens, reads_logits=not self._is_on_device)

    def begin_message(self) -> None:
        """The engine wrote `<|start|>assistant`, behind a tool's result."""
        if self._header_guard is not None:
            self._header_guard.begin_message()

    def _restriction(self, channel: Channel | None) -> Restriction | None:
        if self._answer_guard is not None and channel is Channel.FINAL:
            # Alone: a grammar allows no special token but the end of the turn, and what two
            # allow together would have to be listed for each token (0.5 ms instead of 10 µs).
            return self._answer_guard.restriction()
        return None if self._header_guard is None else self._header_guard.restriction()

    def _allowed(self, token: int) -> int:
        if self._header_guard is None:
            return token
        allowed = self._header_guard.instead_of(token)
        self._guarded += allowed != token
        return allowed

    def _leave_device(self) -> None:
        self._is_drawn = False
        if self._device is not None and self._is_on_device:
            self._is_on_device = False
            self._device.detach()
