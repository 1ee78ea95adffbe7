"""What of an answer is being read where the view begins, and where it goes when parts grow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtWidgets import QWidget

from ui.chat.answer_flow import AnswerFlow
from ui.chat.thoughts_panel import ThoughtsPanel

_END_OF_THOUGHTS: Final = 160
"""So few px of open thoughts at the top of the view are what is left of them, not what is read."""


def reading_place(
    thoughts: ThoughtsPanel, flow: AnswerFlow, others: Sequence[QWidget], y: int
) -> Callable[[], int]:
    """What stands `y` px below an answer's top, told as where it stands whenever it is asked.

    Args:
        thoughts: above all.
        flow: the words and calls.
        others: below, from the top.
        y: in logical px.
    """
    parts = (thoughts, flow, *others)
    above = [part for part in parts if not part.isHidden() and part.y() <= y]
    part = above[-1] if above else flow
    if part is thoughts and not flow.isHidden():
        # Only the end of the thoughts is in view: the answer below them is being read.
        is_end = thoughts.geometry().bottom() - y < _END_OF_THOUGHTS
        part = flow if is_end else part
    inside = y - part.y()
    place = flow.place_at(inside) if part is flow else lambda: inside
    return lambda: part.y() + place()
