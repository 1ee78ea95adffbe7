"""A page that the model read, beside the chat, or over it where there is little room."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid
from typing_extensions import override

from app.tools.browser.citations import address_behind
from app.tools.values import SourcePage
from app.words import Words
from ui.chat.sources.page_text import PageText
from ui.chat.sources.values import SourceWish
from ui.chat.tools.doors import ToolDoors
from ui.chat.tools.wording import one_line
from ui.controls.button import ButtonKind, IconButton, TextButton
from ui.controls.label import ElidedLabel, Label
from ui.controls.side_panel import SidePanel
from ui.markdown.addresses import is_allowed
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize


class SourcePanel(SidePanel):
    """Show a page as the model saw it, at the lines that an answer quotes.

    Args:
        theme: the look.
        words: the user's language.
        doors: where the lines come from.
        ask_link: asks whether an address is to be opened in a browser.
        parent: the chat panel.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        doors: ToolDoors,
        ask_link: Callable[[str], None],
        parent: QWidget,
    ) -> None:
        super().__init__(theme, parent)
        self._words = words
        self._doors = doors
        self._wish: SourceWish | None = None
        self.title = Label(theme, size=TypeSize.CARD_TITLE, bold=True, wrap=True)
        self.address = ElidedLabel(theme, size=TypeSize.SMALL, role="muted")
        self.note = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True)
        self.close_button = IconButton(theme, "x", words("Close the source"), key_hint="Esc")
        self.open_button = TextButton(
            theme,
            words("Open in the browser…"),
            kind=ButtonKind.GHOST,
            icon="external-link",
            compact=True,
        )
        self.text = PageText(theme, words("The page, as the model read it"))
        self.setAccessibleName(words("Source"))
        self._lay_out()
        self.hide()
        self.close_button.clicked.connect(self.leave)
        self.open_button.clicked.connect(lambda: ask_link(self._link))

    def open(self, wish: SourceWish) -> None:
        """Show a page; the focus goes there and comes back when the panel is left."""
        self._wish = wish
        page = wish.spot.page
        self.title.setText(one_line(page.title) or self._words("Search results"))
        self._link = address_behind(page)
        self.address.setText(self._link)
        self.address.setVisible(bool(self._link))
        self.open_button.setVisible(is_allowed(self._link))
        self.note.setText(self._words("Being fetched from this chat…"))
        self.text.show_lines((), range(0))
        self.come()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        self._doors.load_page(
            wish.spot.message_id, wish.spot.number, lambda found: self._take(wish, found)
        )

    @override
    def leave(self) -> None:
        self._wish = None
        super().leave()

    def _take(self, wish: SourceWish, page: SourcePage | None) -> None:
        if not isValid(self) or wish is not self._wish:
            return  # another page was asked for meanwhile
        words = self._words
        if page is None:
            self.note.setText(words("This page is no longer kept with the chat."))
            return
        first, last = wish.first, wish.last
        count = len(page.lines)
        quoted = range(0)
        if first is not None and last is not None:
            quoted = range(min(first, count), min(last + 1, count))
        self.text.show_lines(page.lines, quoted)
        self.note.setText(self._said(quoted, is_asked=first is not None))

    def _said(self, quoted: range, *, is_asked: bool) -> str:
        words = self._words
        if not is_asked:
            return words("The page, as the model read it.")
        if not quoted:
            return words("The answer names lines that the page does not have.")
        if len(quoted) == 1:
            return words("The answer names line {line}.", line=quoted.start)
        return words(
            "The answer names lines {first} to {last}.", first=quoted.start, last=quoted.stop - 1
        )

    def _lay_out(self) -> None:
        self._link = ""
        head = QHBoxLayout()
        head.setSpacing(Space.GAP)
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.GAP, 0)
        column.setSpacing(Space.TINY)
        column.addLayout(head)
        column.addWidget(self.address)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.note)
        column.addSpacing(Space.TINY)
        column.addWidget(self.text, 1)
