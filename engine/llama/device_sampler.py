"""Lets the device that computes the logits draw the token as well, so that none come back.

Which samplers a backend can run is known only once it has run them: `llama_set_sampler`
says yes to every chain, and what the device does not support is left to the caller
(llama-context.cpp, llama-sampler.cpp `llama_sampler_backend_support`).  So the proof is the
first token: where there is none, the chain's kind is not tried again.  Engine thread only.
"""

from __future__ import annotations

import logging
import random
from typing import Final, Protocol

from engine.requests import MAX_SEED, Sampling

_LOGGER: Final = logging.getLogger(__name__)


class SamplingContext(Protocol):
    """The part of `engine.llama.context.Context` that draws."""

    def attach_sampler(self, sampling: Sampling, seed: int) -> bool:
        """Have the tokens of the chat drawn by these rules; False when it cannot be."""
        ...

    def detach_sampler(self) -> None:
        """Have logits again."""
        ...

    def sampled_token(self) -> int | None:
        """The token that the last decode drew; None when it drew none."""
        ...


class DeviceSampler:
    """Draws on the device of one context.

    Args:
        context: the context.
    """

    def __init__(self, context: SamplingContext) -> None:
        self._context = context
        self._refused: set[tuple[bool, ...]] = set()
        self._kind: tuple[bool, ...] = ()

    def attach(self, sampling: Sampling) -> bool:
        """Draw from the next decode on; False when this kind of chain is not supported.

        The same seed makes the same draws.
        """
        self._kind = _kind(sampling)
        if self._kind in self._refused:
            return False
        seed = random.randrange(MAX_SEED) if sampling.seed is None else sampling.seed  # noqa: S311 - no secret
        if self._context.attach_sampler(sampling, seed):
            return True
        self._refuse()
        return False

    def sampled_token(self) -> int | None:
        """The token that the last decode drew; None when the device left it to the caller."""
        token = self._context.sampled_token()
        if token is None:
            self._refuse()
        return token

    def detach(self) -> None:
        """Have logits again from the next decode on."""
        self._context.detach_sampler()

    def _refuse(self) -> None:
        if self._kind not in self._refused:
            self._refused.add(self._kind)
            _LOGGER.info("tokens are drawn on the CPU: the device does not support %s", self._kind)


def _kind(sampling: Sampling) -> tuple[bool, ...]:
    """Which samplers a chain is made of: greedy, top_k, top_p, min_p."""
    is_greedy = sampling.temperature == 0.0
    if is_greedy:
        return (True,)
    return (False, sampling.top_k > 0, sampling.top_p < 1.0, sampling.min_p > 0.0)
