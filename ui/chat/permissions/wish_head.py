"""The head of a permission card: what Sotto wants to do, and the button to edit the call."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from app.tools.values import CallView
from ui.chat.permissions.visible import breakable
from ui.chat.permissions.wording import wish
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.signs import IconSign
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Size, Space, TypeSize

_LEAST_TITLE: Final = 180


class WishHead(QWidget):
    """An icon, a sentence and a button, which goes below where it would squeeze the sentence.

    Args:
        context: shared with all messages.
        view: the call.
        parent: the card.
    """

    def __init__(self, context: MarkdownContext, view: CallView, parent: QWidget) -> None:
        super().__init__(parent)
        theme, words = context.theme, context.words
        self._theme = theme
        self._icon = IconSign(theme, "shield-alert", "warn", Size.ICON, self)
        self.title = Label(
            theme,
            breakable(wish(words, view)),
            size=TypeSize.CARD_TITLE,
            bold=True,
            wrap=True,
            parent=self,
        )
        self.edit = TextButton(
            theme,
            words("Edit"),
            kind=ButtonKind.GHOST,
            icon="pencil",
            key_hint="E",
            compact=True,
            parent=self,
        )

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        edit, icon = self.edit.sizeHint(), self._icon.sizeHint()
        x = icon.width() + Space.ROOM
        beside = width - x - edit.width() - Space.GAP
        is_squeezed = beside < self._theme.scaled(_LEAST_TITLE)
        room = max(1, width - x if is_squeezed else beside)
        height = self.title.heightForWidth(room)
        if not is_squeezed:
            height = max(height, edit.height())
        self.title.setGeometry(x, 0, room, height)
        is_one_line = height < 2 * self.title.fontMetrics().height()
        top = (height - icon.height()) // 2 if is_one_line else Space.HAIR
        self._icon.setGeometry(0, top, icon.width(), icon.height())
        at = (0, height) if is_squeezed else (width - edit.width(), 0)
        self.edit.setGeometry(*at, edit.width(), edit.height())
        return height + (edit.height() if is_squeezed else 0)
