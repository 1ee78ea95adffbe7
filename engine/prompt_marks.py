"""Where reading a prompt should leave checkpoints.  Knows harmony's frames, not the KV cache."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.harmony.tokens import CHANNEL, START

USER_ROLE: Final = 1428
"""Id of the word `user`, which follows `<|start|>` in a user message's header."""

ASSISTANT_ROLE: Final = 173781
"""Id of the word `assistant`, which follows `<|start|>` where an answer begins."""

FIRST_MARK_TOKENS: Final = 512
"""Before this many tokens, reading again is cheaper than cutting a chunk for a checkpoint."""

MARK_SPACING_TOKENS: Final = 1024
"""Distance of checkpoints inside a long history that is read in one go."""


def checkpoint_marks(ids: Sequence[int]) -> tuple[int, ...]:
    """Lengths at which a checkpoint is of use: before user messages and where answers begin.

    An edit makes the chat branch before a user message; an answer that is written again
    branches behind `<|start|>assistant`.  The last of each counts always, older ones only in
    some distance, since each mark cuts a chunk.
    """
    questions: list[int] = []
    answers: list[int] = []
    for index in range(len(ids) - 1):
        if ids[index] != START:
            continue
        if ids[index + 1] == USER_ROLE:
            questions.append(index)
        elif ids[index + 1] == ASSISTANT_ROLE and ids[index + 2 : index + 3] == [CHANNEL]:
            answers.append(index + 2)
    last = {*questions[-1:], *answers[-1:]}
    marks: list[int] = []
    for place in sorted({*questions, *answers}):
        if place < FIRST_MARK_TOKENS:
            continue
        is_far = not marks or place - marks[-1] >= MARK_SPACING_TOKENS
        if is_far or place in last:
            marks.append(place)
    return tuple(marks)
