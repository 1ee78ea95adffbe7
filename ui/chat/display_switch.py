"""The three ways to show thoughts, as a row of choices."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from app.thoughts.display import ThoughtsDisplay
from app.words import Words
from ui.controls.segmented import SegmentedControl
from ui.theme.theme import Theme
from ui.theme.tokens import Space

DISPLAYS: Final = tuple(ThoughtsDisplay)


class DisplaySwitch(SegmentedControl):
    """Hidden, Summary, Detail.

    Args:
        theme: the look.
        words: the user's language.
        display: the way that holds at first.
        parent: the panel of thoughts.
    """

    def __init__(
        self, theme: Theme, words: Words, display: ThoughtsDisplay, parent: QWidget
    ) -> None:
        names = (words("Hidden"), words("Summary"), words("Detail"))
        name = words("How thoughts are shown")
        super().__init__(theme, name, names, DISPLAYS.index(display), parent)
        tips = (
            words("Only how long the model thought"),
            words("A headline for each step, written by the model"),
            words("The thoughts sentence by sentence, without what was withheld"),
        )
        for segment, tip in zip(self.segments, tips, strict=True):
            segment.setToolTip(tip)

    def stand_by(self, line: QWidget, width: int, before: int) -> int:
        """Take a place at the right of a line, or below it where there is no room.

        Args:
            line: says how long the model thought.
            width: of the panel.
            before: room that something else needs behind the line; all in logical px.

        Returns:
            Where the lower of the two ends.
        """
        size, at = self.sizeHint(), line.geometry()
        below = at.bottom() + 1
        if at.right() + before + size.width() + Space.SECTION <= width:
            y = max(Space.TINY, at.center().y() - size.height() // 2 + 1)
            self.setGeometry(width - size.width() - Space.GAP, y, size.width(), size.height())
        else:
            left = at.x() + Space.GAP
            own = min(size.width(), width - 2 * left)
            self.setGeometry(left, below + Space.TINY, own, size.height())
        return max(below, self.geometry().bottom() + 1)
