"""The way from the sidebar's field to the search of the chat service, and back with a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from typing_extensions import override

from app.search.values import SearchResults
from app.words import Words
from ui.chat_commands import OpensMessage, Searching
from ui.sidebar.sidebar import Sidebar
from ui.sidebar.tag_words import folded, split_tags
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from ui.search.results import SearchResultsView
    from ui.search.results_model import ResultRow

AGAIN_MS: Final = 700
"""While messages are not in the index yet, the search is made anew so often."""


class SearchDoor(QObject):
    """Shows results in place of the list while something is searched for.

    Args:
        theme: the look.
        words: the user's language.
        sidebar: has the field and the list; owns this.
        search: the service's.
        open_message: the service's.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        sidebar: Sidebar,
        search: Searching,
        open_message: OpensMessage,
    ) -> None:
        super().__init__(sidebar)
        self._theme, self._words = theme, words
        self._sidebar = sidebar
        self._field = sidebar.filter
        self._search = search
        self._open_message = open_message
        self._view: SearchResultsView | None = None
        self._text = ""
        self._tags: tuple[str, ...] = ()
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._find)
        self._field.textChanged.connect(self._on_typed)
        self._field.installEventFilter(self)
        sidebar.tags.chosen.connect(self._find)

    @property
    def view(self) -> SearchResultsView:
        """The results; made when they are first wanted."""
        if self._view is None:
            from ui.search.results import SearchResultsView as View  # noqa: PLC0415 - not at start

            self._view = View(self._theme, self._words)
            self._view.list.chosen.connect(self._on_chosen)
            self._view.list.left.connect(self._on_left)
            self._sidebar.add_results(self._view)
        return self._view

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        is_down = event.key() == Qt.Key.Key_Down
        if not self._text:
            if is_down:
                self._sidebar.chats.setFocus(Qt.FocusReason.TabFocusReason)
            return is_down
        if is_down and self.view.list.first().isValid():
            self.view.list.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.view.list.choose_current()
            return True
        return False

    def _on_typed(self, text: str) -> None:
        self._text, self._tags = split_tags(text)
        if self._text:
            self._find()
        else:
            self._end()

    def _find(self) -> None:
        if not self._text:
            return
        wanted = (*self._tags, *map(folded, self._sidebar.tags.on))
        chats = self._sidebar.model.chats_tagged(wanted) if wanted else None
        among = None if chats is None else lambda chat: chat.id in chats
        self._search.find(self._text, self._show, among)

    def _show(self, results: SearchResults) -> None:
        if results.text != self._text:
            return
        self.view.show_results(results)
        self._sidebar.show_results(is_shown=True)
        if results.waiting:
            self._again.start()

    def _end(self) -> None:
        self._again.stop()
        self._search.give_up()
        self._sidebar.show_results(is_shown=False)

    def _on_chosen(self, row: ResultRow) -> None:
        if row.chat_id is None:
            return
        if row.message_id is None:
            self._sidebar.chat_chosen.emit(row.chat_id)
        else:
            self._open_message(row.chat_id, row.message_id, self._text)
            self._sidebar.message_chosen.emit()

    def _on_left(self, typed: str) -> None:
        self._field.setFocus(Qt.FocusReason.TabFocusReason)
        self._field.end(False)
        if typed:
            self._field.insert(typed)
