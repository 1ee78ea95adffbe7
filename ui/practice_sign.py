"""The sign that the practice model answers.  Every screen that can show an answer has one."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.controls.pressable_chip import PressableChip
from ui.theme.theme import Theme


class PracticeSign(PressableChip):
    """A quiet, permanent chip; shorter words where there is little room, never none.

    Pressed, the user wants to know more.
    """

    def __init__(
        self, theme: Theme, words: Words, *, is_short: bool = False, parent: QWidget | None = None
    ) -> None:
        short = words("Practice model")
        text = short if is_short else words("Practice model – knows nothing, tests the app")
        super().__init__(
            theme,
            text,
            short="" if is_short else short,
            icon="flask-conical",
            tone="warn",
            tooltip=words(
                "This is a tiny model that comes with Sotto so that you can try everything "
                "at once. What it says is made up. For real answers choose a gpt-oss model file."
            ),
            parent=parent,
        )
