"""Chooses a turn's tokens: the sampler, and the guards that say what may come next."""

from __future__ import annotations

from engine.harmony.messages import Channel
from engine.llama.restriction import Restriction, TokenGuard
from engine.llama.sampler import Sampler
from engine.llama.sync import PromptCache
from engine.requests import Sampling


class TokenChoice:
    """The choice of one turn.  Engine thread only.

    Args:
        sampling: how tokens are drawn.
        answer_guard: watches the text of the answer, behind the header of the final channel
            and up to the token that ends it; None leaves it free.
    """

    def __init__(self, sampling: Sampling, answer_guard: TokenGuard | None) -> None:
        self._sampler = Sampler(sampling)
        self._answer_guard = answer_guard

    @property
    def guarded(self) -> int:
        """Tokens that a guard put in another's place."""
        return self._sampler.redraws

    def choose(self, cache: PromptCache, channel: Channel | None) -> int:
        """The next token.

        Args:
            cache: knows the logits.
            channel: of the message in progress, None in a header or between messages.
        """
        return self._sampler.choose(cache.logits(), self._restriction(channel))

    def take(self, token: int, channel: Channel | None) -> None:
        """A token was chosen, or put in by the engine, while `channel` was in progress."""
        if self._answer_guard is not None and channel is Channel.FINAL:
            self._answer_guard.take(token)

    def _restriction(self, channel: Channel | None) -> Restriction | None:
        if self._answer_guard is None or channel is not Channel.FINAL:
            return None
        return self._answer_guard.restriction()
