"""A line that says what came of something, where it was asked for."""

from __future__ import annotations

from ui.controls.announcing import announce
from ui.controls.label import Label


def tell(line: Label, text: str, *, is_wrong: bool = False) -> None:
    """Show a text in a line and have it read aloud; "" hides the line."""
    line.setText(text)
    line.set_role("danger" if is_wrong else "text")
    line.setVisible(bool(text))
    if text:
        announce(line, text)
