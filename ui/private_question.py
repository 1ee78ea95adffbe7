"""The question before private chats are forgotten."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize


def ask_to_forget(
    theme: Theme, words: Words, window: QWidget, count: int, on_forget: Callable[[], None]
) -> PlainDialog:
    """Ask whether Sotto is to close with so many private chats; not twice at a time."""
    for open_one in window.findChildren(PlainDialog, "forget"):
        open_one.raise_()
        return open_one
    title = words("Close and forget the private chat?")
    if count > 1:
        title = words("Close and forget {count} private chats?", count=count)
    dialog = PlainDialog(theme, title, window)
    dialog.setObjectName("forget")
    said = words("They are in memory only. Keep what you still need, with Private in the top bar.")
    stay = TextButton(theme, words("Go back"))
    forget = TextButton(theme, words("Close and forget"), kind=ButtonKind.DANGER)
    stay.clicked.connect(dialog.reject)
    forget.clicked.connect(dialog.accept)
    dialog.accepted.connect(on_forget)
    dialog.lay_out([Label(theme, said, size=TypeSize.BODY, wrap=True)], [stay, forget])
    dialog.open()
    stay.setFocus()
    return dialog
