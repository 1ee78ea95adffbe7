"""Finding in the open chat: from what is typed to the places in the messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QLocale, QObject, Qt, QTimer

from app.chats.changes import (
    AnswerPreambleAdded,
    AnswerTextAdded,
    ChatChange,
    ChatGlimpsed,
    ChatOpened,
    MessageAdded,
    MessageEnded,
    MessageSought,
)
from app.chats.ids import MessageId
from app.chats.values import MessageStatus
from app.search.folding import Folding
from app.search.query import parse
from ui.chat.conversation_view import ConversationView
from ui.chat.find.bar import FindBar
from ui.chat.find.flash import Flash
from ui.chat.find.needle import Needle
from ui.chat.find.pointing import FindMarks, Pointing, place_of
from ui.chat.find.shown_texts import shown_texts, text_views, unfold
from ui.chat.find.tally import Spot, Tally
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser

_RECOUNT_MS: Final = 150
"""An answer that is being written is looked at anew so often."""


class FindRoom(QObject):
    """One search in the chat that is shown, or words pointed out in a message that was sought.

    Args:
        view: shows the messages; owns this.
        context: shared with all messages.
        parser: shared with all messages.
        on_closed: told when the bar is gone and the focus needs a place.
    """

    def __init__(
        self,
        view: ConversationView,
        context: MarkdownContext,
        parser: MarkdownParser,
        on_closed: Callable[[], None],
    ) -> None:
        super().__init__(view)
        self._view = view
        self._seeking = view.seeking
        self._context = context
        self._parser = parser
        self._on_closed = on_closed
        self._folding = Folding()
        self._pointing = Pointing(context.theme)
        self._bar: FindBar | None = None
        self._needle: Needle | None = None
        self._sought: tuple[MessageId, FindMarks] | None = None
        self._current: Spot | None = None
        self._first = 0
        self._shown: dict[int, object] = {}
        self._growing: set[MessageId] = set()
        self.tally = Tally(lambda: view.message_count, self._seeking.message, self._texts_of, self)
        self.tally.counted.connect(self._on_counted)
        self._recount = QTimer(self, singleShot=True, interval=_RECOUNT_MS)
        self._recount.timeout.connect(self._count_growing)
        view.placed.connect(self._point_out)
        context.theme.changed.connect(self._repaint, Qt.ConnectionType.QueuedConnection)

    @property
    def bar(self) -> FindBar:
        """The bar; made when it is first wanted."""
        if self._bar is None:
            self._bar = FindBar(self._context.theme, self._context.words, self._view)
            self._bar.hide()
            self._bar.typed.connect(self._on_typed)
            self._bar.next_wanted.connect(self._step)
            self._bar.closed.connect(self.close)
        return self._bar

    @property
    def is_open(self) -> bool:
        """Whether somebody is finding something."""
        return self._bar is not None and not self._bar.isHidden()

    def open(self) -> None:
        """Show the bar with what was looked for last, ready to be replaced."""
        self._sought = None
        bar = self.bar
        if not self.is_open:
            self._first = self._seeking.first_in_view
            bar.show()
            bar.stand()
            self._on_typed(bar.field.text())
        bar.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        bar.field.selectAll()

    def close(self) -> None:
        """Take the bar away; what is read stays where it is."""
        if self.is_open:
            self.bar.hide()
            self._search(None)
            self._on_closed()

    def step(self, *, forward: bool) -> None:
        """Go to the next place, or the one before; opens the bar where there is none."""
        if self.is_open:
            self._step(forward)
        else:
            self.open()

    def apply(self, change: ChatChange) -> None:
        """Take a change of the open chat, after the view has."""
        match change:
            case MessageSought():
                self._seek(change)
            case ChatGlimpsed() | ChatOpened():
                self._sought = None
                self._growing.clear()
                self._first = self._seeking.first_in_view
                self._search(self._needle)
            case MessageAdded(message=message) | MessageEnded(message=message):
                self._growing.discard(message.id)
                self._sought = None if isinstance(change, MessageAdded) else self._sought
                self._recount_message(message.id)
            case AnswerTextAdded() | AnswerPreambleAdded() if self._needle is not None:
                self._growing.add(change.message_id)
                if not self._recount.isActive():
                    self._recount.start()

    # ---- finding

    def _on_typed(self, text: str) -> None:
        self._search(Needle(text, self._folding) if text.strip() else None)

    def _search(self, needle: Needle | None) -> None:
        self._needle, self._current = needle, None
        self.tally.begin(needle, self._first)
        self._repaint()

    def _on_counted(self) -> None:
        if self._current is not None and not self.tally.holds(self._current):
            self._current = None
        if self._needle is not None and self._current is None:
            found = self.tally.first_from(self._first)
            if found is not None:
                self._go(found)
        self._show_count()

    def _step(self, forward: bool) -> None:
        found = self.tally.next(self._current, forward=forward)
        if found is not None:
            self._first = found.row
            self._go(found)
            self._show_count()

    def _go(self, spot: Spot) -> None:
        self._current = spot
        if self._needle is not None:
            self._show_place(spot, self._needle.marks)
        self._point_out()

    def _show_place(self, spot: Spot, find: FindMarks) -> bool:
        """Bring a place into view; False where the message shows nothing of the kind."""
        widget = self._seeking.widget(spot.row)
        found = place_of(widget, find, spot.number)
        if found is None:
            for view in text_views(widget):
                unfold(widget, view)
            found = place_of(self._seeking.widget(spot.row), find, spot.number)
        if found is None:
            self._seeking.go(spot.row, lambda: 0, lambda: 0)
            return False
        view, rect = found
        if rect.bottom() > view.mapTo(widget, view.rect().bottomLeft()).y():
            unfold(widget, view)

        def edge(*, is_bottom: bool) -> int:
            place = place_of(widget, find, spot.number)
            rect = place[1] if place is not None else rect_before
            return rect.bottom() if is_bottom else rect.top()

        rect_before = rect
        self._seeking.go(spot.row, lambda: edge(is_bottom=False), lambda: edge(is_bottom=True))
        return True

    def _show_count(self) -> None:
        if not self.is_open:
            return
        words, total, is_whole = self._context.words, self.tally.total, self.tally.is_whole
        said = QLocale(words.language).toString
        if self._needle is None:
            text = ""
        elif not total:
            text = words("Not found") if is_whole else words("Looking…")
        elif self._current is not None and is_whole:
            text = words(
                "{number} of {total}",
                number=said(self.tally.rank(self._current)),
                total=said(total),
            )
        else:
            text = words("{total} so far", total=said(total))
        self.bar.show_count(text, can_go=total > 0, is_final=is_whole)

    def _texts_of(self, row: int) -> tuple[str, ...]:
        message = self._seeking.message(row)
        if message.status is MessageStatus.STREAMING:
            views = text_views(self._seeking.widget(row))
            return tuple(view.toPlainText() for view in views)
        return shown_texts(message, self._parser)

    def _count_growing(self) -> None:
        growing, self._growing = self._growing, set()
        for message_id in growing:
            self._recount_message(message_id)

    def _recount_message(self, message_id: MessageId) -> None:
        row = self._seeking.row_of(message_id)
        if row is not None:
            self._shown.pop(row, None)
            self.tally.recount(row)
            self._point_out()

    # ---- a message that is sought

    def _seek(self, sought: MessageSought) -> None:
        row = self._seeking.row_of(sought.message_id)
        if row is None:
            return
        query = parse(sought.text)

        def find(text: str) -> tuple[tuple[int, int], ...]:
            return query.marks(text, self._folding)

        self._repaint()
        self._sought = (sought.message_id, find)
        self._show_place(Spot(row, 0), find)
        self._point_out()
        Flash(self._context.theme, self._seeking.widget(row))

    # ---- looks

    def _point_out(self) -> None:
        if self._needle is None and self._sought is None:
            return
        for row in self._shown.keys() - self._seeking.widgets.keys():
            del self._shown[row]
        for row, widget in self._seeking.widgets.items():
            find, current = self._found_in(row)
            sizes = [(id(one), one.document().characterCount()) for one in text_views(widget)]
            state = (find is None, self._needle, current, sizes)
            if self._shown.get(row) != state:
                self._shown[row] = state
                self._pointing.point_out(widget, find or _nothing, current)

    def _found_in(self, row: int) -> tuple[FindMarks | None, int | None]:
        if self._needle is not None:
            is_current = self._current is not None and self._current.row == row
            current = self._current.number if is_current and self._current else None
            return self._needle.marks, current
        is_sought = self._sought and self._seeking.message(row).id == self._sought[0]
        return (self._sought[1] if is_sought and self._sought else None), None

    def _repaint(self) -> None:
        self._shown.clear()
        self._pointing.clear(self._seeking.widgets.values())
        self._point_out()


def _nothing(_text: str) -> tuple[tuple[int, int], ...]:
    return ()
