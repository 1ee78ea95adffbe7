"""Where a chat forks, and at which of the ways each message of a branch stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.chats.ids import MessageId
from app.chats.values import Message

Forks = Mapping[MessageId | None, tuple[MessageId, ...]]
"""The messages that follow a message (None: that a chat can begin with), the oldest first,
where there are several.  None of them is deleted."""


@dataclass(frozen=True, slots=True)
class BranchPlace:
    """A message among its siblings: those that could stand in its place.

    Attributes:
        ids: all of them, the oldest first; at least two.
        index: of the message itself, from 0.
    """

    ids: tuple[MessageId, ...]
    index: int


def places_in(branch: Sequence[Message], forks: Forks) -> dict[MessageId, BranchPlace]:
    """The places of those messages of a branch that have siblings."""
    places: dict[MessageId, BranchPlace] = {}
    for message in branch:
        ids = forks.get(message.parent_id, ())
        if message.id in ids:
            places[message.id] = BranchPlace(ids, ids.index(message.id))
    return places
