"""Which tokens may come next, as arrays of ids.  Knows nothing of harmony or grammars."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class OnlyThese:
    """These ids and no other.

    Attributes:
        ids: sorted, each once; made by `sorted_ids`.
    """

    ids: Ids

    def allows(self, token: int) -> bool:
        """Whether the token may come next."""
        place = int(np.searchsorted(self.ids, token))
        return place < len(self.ids) and int(self.ids[place]) == token


@dataclass(frozen=True, slots=True, eq=False)
class AllButThese:
    """Every id except these few.

    Attributes:
        ids: sorted, each once; made by `sorted_ids`.
    """

    ids: Ids
    _set: frozenset[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Asked for every token of an answer: a set answers in 50 ns, a search takes 1 µs.
        object.__setattr__(self, "_set", frozenset(self.ids.tolist()))

    def allows(self, token: int) -> bool:
        """Whether the token may come next."""
        return token not in self._set


class OnlyAllowed:
    """What a grammar allows at one place: cheap to ask of one id, dear to list.

    Args:
        allows: whether an id may come next.
        list_ids: every id that may, sorted; called once at most.
    """

    def __init__(self, allows: Callable[[int], bool], list_ids: Callable[[], Ids]) -> None:
        self.allows = allows
        self._list_ids = list_ids

    @cached_property
    def ids(self) -> Ids:
        """Every id that may come next, sorted."""
        return self._list_ids()


Restriction = OnlyThese | OnlyAllowed | AllButThese
"""What `engine.llama.sampler.Sampler.choose` heeds; make it once and use it often."""


class TokenGuard(Protocol):
    """Watches the tokens of a turn and says which may come next."""

    def restriction(self) -> Restriction | None:
        """What may come next; None allows everything.  Asked once before each token."""
        ...

    def take(self, token: int) -> None:
        """A token was chosen, or put in by the engine."""
        ...


def sorted_ids(ids: Iterable[int]) -> Ids:
    """The ids as an array in order, each once."""
    return np.array(sorted(set(ids)), np.intp)
