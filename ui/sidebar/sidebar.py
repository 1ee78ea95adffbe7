"""The column at the left: brand, new chat, filter, chats, model."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import ChatMarksChanged, ChatsChanged, StatusChanged
from app.chats.ids import ChatId
from app.words import Words
from ui.actions import ActionId, key_hint
from ui.controls.button import IconButton, TextButton
from ui.controls.field import Field
from ui.controls.label import Label
from ui.controls.signs import Logo
from ui.sidebar.chat_list import ChatListModel
from ui.sidebar.chat_view import ChatListView
from ui.sidebar.dragging import Load
from ui.sidebar.foot import SidebarFoot
from ui.sidebar.pin_zone import PinZone
from ui.sidebar.tag_row import TagRow
from ui.sidebar.tag_words import split_tags
from ui.sidebar.wishes import AddFolder
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize


class Sidebar(QWidget):
    """Show the chats; announce what the user wants and decide nothing.

    Signals:
        new_chat_requested: show an empty chat.
        chat_chosen: (chat_id: ChatId) show it.
        message_chosen: a message that was found is about to be shown.
        rename_requested: (chat_id: ChatId, title: str) never blank.
        delete_requested: (chat_id: ChatId) take it away.
        hide_requested: the user wants the room for the chat.

    Args:
        theme: the look.
        words: the user's language.
        clock_ms: Unix time in milliseconds, UTC.
        parent: the widget it lives in.
    """

    new_chat_requested = Signal()
    chat_chosen = Signal(object)
    message_chosen = Signal()
    rename_requested = Signal(object, str)
    delete_requested = Signal(object)
    hide_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        words: Words,
        clock_ms: Callable[[], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._shown: ChatsChanged | None = None
        self._is_searching = False
        self._results: QWidget | None = None
        self.is_modal = False
        """Whether it lies over the chat, so that Tab stays inside."""
        self.model = ChatListModel(words, clock_ms, self)
        self.chats = ChatListView(self.model, theme, words)
        self.hide_button = IconButton(
            theme, "panel-left", words("Hide the sidebar"), key_hint=key_hint(ActionId.SIDEBAR)
        )
        self.new_chat = TextButton(
            theme,
            words("New chat"),
            icon="square-pen",
            key_hint=key_hint(ActionId.NEW_CHAT),
            align_left=True,
        )
        self.filter = Field(
            theme,
            words("Search all chats"),
            placeholder=words("Search"),
            icon="search",
            key_hint=key_hint(ActionId.FIND_CHAT),
        )
        self.filter.setClearButtonEnabled(False)
        self.new_folder = IconButton(theme, "folder-plus", words("New folder"))
        self.tags = TagRow(theme, words)
        self.pin_zone = PinZone(theme, words, self)
        self.empty = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.empty.setContentsMargins(10, Space.TINY, 10, 0)
        self.foot = SidebarFoot(theme, words)
        self._lay_out()
        self._connect()
        self._explain_emptiness()

    def show_chats(self, change: ChatsChanged) -> None:
        """Show another snapshot of the list."""
        self._shown = change
        self.chats.show_chats(change)
        self.tags.show_tags(self.model.tags)
        self._explain_emptiness()

    def show_marks(self, change: ChatMarksChanged) -> None:
        """Say which chats are being answered, wait for the user or have a new answer."""
        self.model.set_marks(change.marks)

    def show_status(self, status: StatusChanged) -> None:
        """Say which model there is."""
        self.foot.show_status(status)

    def refresh_days(self) -> None:
        """Group the chats anew, for a day may have passed."""
        if self._shown is not None:
            self.show_chats(self._shown)

    def rename(self, chat_id: ChatId) -> None:
        """Begin to edit a title in place."""
        self.filter.clear()
        self.tags.clear()
        self.chats.rename(chat_id)

    def add_results(self, results: QWidget) -> None:
        """Give what a search finds its place, where the list stands."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)  # noqa: S101 - it was made below
        layout.insertWidget(layout.indexOf(self.chats), results, stretch=1)
        QWidget.setTabOrder(self.filter, results)
        self._results = results
        results.hide()

    def show_results(self, *, is_shown: bool) -> None:
        """Show what a search found in place of the list, or the list again."""
        self._is_searching = is_shown
        self.chats.setVisible(not is_shown)
        if self._results is not None:
            self._results.setVisible(is_shown)
        self._explain_emptiness()

    def add_folder(self) -> None:
        """Make a folder; its name is asked for where it stands."""
        self.filter.clear()
        self.tags.clear()
        self.chats.wish(AddFolder(self._words("New folder")))

    def focus_filter(self) -> None:
        """Put the caret into the filter field."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.scaled(Size.SIDEBAR), super().sizeHint().height())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.filter.hasFocus() and self.filter.text():
            self.filter.clear()
            return
        super().keyPressEvent(event)

    @override
    def focusNextPrevChild(self, forward: bool) -> bool:
        if not self.is_modal:
            return super().focusNextPrevChild(forward)
        stops = self._tab_stops()
        current = self.focusWidget()
        if not stops or current is None:
            return False
        at = stops.index(current) if current in stops else 0
        wanted = stops[(at + (1 if forward else -1)) % len(stops)]
        tab, backtab = Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason
        wanted.setFocus(tab if forward else backtab)
        return True

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("side"))
        line = self.rect().adjusted(self.width() - 1, 0, 0, 0)
        painter.fillRect(line, self._theme.color("border"))

    def _tab_stops(self) -> list[QWidget]:
        """Everything in here that Tab reaches, in order."""
        stops: list[QWidget] = []
        widget = self.nextInFocusChain()
        while widget is not None and widget is not self:
            takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
            if takes_tab and self.isAncestorOf(widget) and widget.isVisible():
                stops.append(widget)
            widget = widget.nextInFocusChain()
        return stops

    def _lay_out(self) -> None:
        brand = QHBoxLayout()
        brand.setContentsMargins(Space.TINY, 0, 0, 0)
        brand.setSpacing(10)
        brand.addWidget(Logo(self._theme))
        name = Label(self._theme, "Sotto", size=TypeSize.CARD_TITLE, bold=True)
        brand.addWidget(name)
        brand.addStretch()
        brand.addWidget(self.new_folder)
        brand.addWidget(self.hide_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.ROOM, Space.ROOM, Space.ROOM + 1, Space.ROOM)
        layout.setSpacing(Space.GAP)
        layout.addLayout(brand)
        layout.addWidget(self.new_chat)
        layout.addWidget(self.filter)
        layout.addWidget(self.tags)
        layout.addWidget(self.empty)
        layout.addWidget(self.chats, stretch=1)
        layout.addWidget(self.foot)

    def _connect(self) -> None:
        self.new_chat.clicked.connect(self.new_chat_requested)
        self.new_folder.clicked.connect(self.add_folder)
        self.hide_button.clicked.connect(self.hide_requested)
        self.tags.chosen.connect(self._on_tags_chosen)
        self.chats.dragged.connect(self._on_dragged)
        self.pin_zone.wished.connect(self.chats.wish)
        self.tags.removed.connect(self.chats.untag_all)
        self.chats.chat_chosen.connect(self.chat_chosen)
        self.chats.rename_requested.connect(self.rename_requested)
        self.chats.delete_requested.connect(self.delete_requested)
        self.filter.textChanged.connect(self._on_filter_changed)
        self.filter.returnPressed.connect(self._choose_first)
        self._theme.changed.connect(self.updateGeometry)

    def _on_filter_changed(self, text: str) -> None:
        is_seen = not self._is_searching or not split_tags(text)[0]
        if is_seen:  # a long list is not sorted at each letter while results lie over it
            self.model.set_filter(text)
        self._explain_emptiness()

    def _on_dragged(self, load: Load | None) -> None:
        """Chats can be pinned by dragging, even the first."""
        self.pin_zone.offer(None if self.model.has_pins else load, self.filter)

    def _on_tags_chosen(self, tags: tuple[str, ...]) -> None:
        self.model.set_tags(tags)
        self._explain_emptiness()

    def _choose_first(self) -> None:
        """Return in the filter field opens the first match."""
        chat = self.chats.first_chat()
        if self.filter.text() and chat is not None:
            self.chat_chosen.emit(chat.id)

    def _explain_emptiness(self) -> None:
        if not self.model.has_chats:
            self.empty.setText(self._words("Your chats will be listed here."))
        elif self.tags.on and not self.filter.text().strip():
            tags = ", ".join(self.tags.on)
            self.empty.setText(self._words("No chat has all of these tags: {tags}", tags=tags))
        else:
            wanted = self.filter.text().strip()
            self.empty.setText(self._words("No chat matches “{query}”", query=wanted))
        self.empty.setVisible(not self.model.has_matches and not self._is_searching)
