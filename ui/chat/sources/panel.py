"""A page that the model read, beside the chat, or over it where there is little room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
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
from ui.controls.painting import draw_box
from ui.markdown.addresses import is_allowed
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

WIDTH: Final = 420
BESIDE_FROM: Final = 1000
"""In a narrower room (px at 100 %) it lies over the chat."""


class SourcePanel(QWidget):
    """Show a page as the model saw it, at the lines that an answer quotes.

    Signals:
        room_taken: (px: int) so much at the right belongs to the panel and not to the chat.

    Args:
        theme: the look.
        words: the user's language.
        doors: where the lines come from.
        ask_link: asks whether an address is to be opened in a browser.
        parent: the chat panel.
    """

    room_taken = Signal(int)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        doors: ToolDoors,
        ask_link: Callable[[str], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._doors = doors
        self._chat = parent
        self._wish: SourceWish | None = None
        self._before: QWidget | None = None
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
        theme.changed.connect(self.place)

    @property
    def is_beside(self) -> bool:
        """Whether there is room beside the chat."""
        return self._chat.width() >= self._theme.scaled(BESIDE_FROM)

    def open(self, wish: SourceWish) -> None:
        """Show a page; the focus goes there and comes back when the panel is left."""
        if self.isHidden():
            self._before = QApplication.focusWidget()
        self._wish = wish
        page = wish.spot.page
        self.title.setText(one_line(page.title) or self._words("Search results"))
        self._link = address_behind(page)
        self.address.setText(self._link)
        self.address.setVisible(bool(self._link))
        self.open_button.setVisible(is_allowed(self._link))
        self.note.setText(self._words("Being fetched from this chat…"))
        self.text.show_lines((), range(0))
        self.show()
        self.raise_()
        self.place()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        self._doors.load_page(
            wish.spot.message_id, wish.spot.number, lambda found: self._take(wish, found)
        )

    def leave(self) -> None:
        """Go away and give the focus back."""
        if self.isHidden():
            return
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        self._wish = None
        self.room_taken.emit(0)
        before, self._before = self._before, None
        if had_focus and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> None:
        """Take the right side, or all of it where the chat is narrow."""
        if self.isHidden():
            return
        whole = self._chat.rect()
        width = self._theme.scaled(WIDTH)
        if not self.is_beside and whole.width() < width + Size.WINDOW_MIN // 2:
            width = whole.width()
        self.setGeometry(whole.width() - width, 0, width, whole.height())
        self.room_taken.emit(width if self.is_beside else 0)

    @override
    def event(self, event: QEvent) -> bool:
        # Esc means this panel while the focus is in it, not Stop.
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        draw_box(painter, QRectF(self.rect()), 0, fill=self._theme.color("surface"))
        painter.fillRect(0, 0, 1, self.height(), self._theme.color("border"))

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
