"""Where reading a prompt should leave checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.harmony.tokens import START

USER_ROLE: Final = 1428
"""Id of the word `user`, which follows `<|start|>` in a user message's header."""

FIRST_MARK_TOKENS: Final = 512
"""Before this many tokens, reading again is cheaper than cutting a chunk for a checkpoint."""

MARK_SPACING_TOKENS: Final = 1024
"""Distance of checkpoints inside a long history that is read in one go."""


def checkpoint_marks(ids: Sequence[int]) -> tuple[int, ...]:
    """Where reading a prompt should leave checkpoints: before user messages.

    A user message is where an edit makes the chat branch.  The last one counts always, older
    ones only in some distance, since each mark cuts a chunk.
    """
    starts = [
        index
        for index in range(FIRST_MARK_TOKENS, len(ids) - 1)
        if ids[index] == START and ids[index + 1] == USER_ROLE
    ]
    marks: list[int] = []
    for start in starts[:-1]:
        if not marks or start - marks[-1] >= MARK_SPACING_TOKENS:
            marks.append(start)
    return (*marks, *starts[-1:])
