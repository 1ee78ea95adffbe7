"""The menus of the sidebar's list: all that can be done with chats and folders."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from app.chats.ids import FolderId
from app.chats.values import Chat, Folder
from app.words import Words
from ui.sidebar.chat_list import ChatListModel
from ui.sidebar.wishes import (
    AddFolder,
    ChatInFolder,
    Chats,
    DeleteChats,
    DeleteFolder,
    FoldFolder,
    MoveChats,
    PinChats,
    PlaceFolder,
    ShelfWish,
    TagChats,
)
from ui.theme.theme import Theme
from ui.theme.tokens import Size

Wish = Callable[[ShelfWish], None]


class ShelfMenus:
    """Makes menus; each lives until it is closed.

    Args:
        view: the list; owns them.
        model: what is in it.
        theme: the look.
        words: the user's language.
        wish: hears what is wanted.
    """

    def __init__(
        self, view: QWidget, model: ChatListModel, theme: Theme, words: Words, wish: Wish
    ) -> None:
        self._view = view
        self._model = model
        self._theme = theme
        self._words = words
        self._wish = wish

    def of_chats(self, chats: tuple[Chat, ...], rename: Callable[[], None]) -> QMenu:
        """What can be done with chats; only one can be renamed."""
        words, menu = self._words, self._menu()
        ids = tuple(chat.id for chat in chats)
        if len(chats) == 1:
            self._add(menu, words("Rename"), "pencil", rename, "F2")
        else:
            menu.addAction(words("{count} chats", count=len(chats))).setEnabled(False)
            menu.addSeparator()
        is_pinned = all(chat.is_pinned for chat in chats)
        self._add(
            menu,
            words("Unpin") if is_pinned else words("Pin"),
            "pin-off" if is_pinned else "pin",
            lambda: self._wish(PinChats(ids, not is_pinned)),
            "Ctrl+Shift+D",
        )
        menu.addMenu(self._moves(menu, chats, ids))
        menu.addMenu(self._tags(menu, chats, ids))
        menu.addSeparator()
        self._add(menu, words("Delete"), "trash-2", lambda: self._wish(DeleteChats(ids)), "Del")
        return menu

    def of_folder(self, folder: Folder, rename: Callable[[], None]) -> QMenu:
        """What can be done with a folder."""
        words, menu, order = self._words, self._menu(), [one.id for one in self._model.folders]
        at = order.index(folder.id)
        begin = ChatInFolder(folder.id)
        self._add(menu, words("New chat here"), "square-pen", lambda: self._wish(begin))
        self._add(menu, words("Rename"), "pencil", rename, "F2")
        said = words("Collapse") if folder.is_open else words("Expand")
        icon = "chevron-right" if folder.is_open else "chevron-down"
        fold = FoldFolder(folder.id, not folder.is_open)
        self._add(menu, said, icon, lambda: self._wish(fold))
        up, down = place_above(order, folder.id), place_below(order, folder.id)
        rise = self._add(menu, words("Move up"), "arrow-up", lambda: self._wish_some(up), "Alt+Up")
        rise.setEnabled(at > 0)
        sink = self._add(
            menu, words("Move down"), "arrow-down", lambda: self._wish_some(down), "Alt+Down"
        )
        sink.setEnabled(at + 1 < len(order))
        menu.addSeparator()
        delete = self._add(
            menu,
            words("Delete folder"),
            "trash-2",
            lambda: self._wish(DeleteFolder(folder.id)),
            "Del",
        )
        delete.setToolTip(words("Its chats stay: they go back to the list."))
        return menu

    def of_nothing(self) -> QMenu:
        """What can be done where there is no row."""
        menu = self._menu()
        self._add_new_folder(menu, ())
        return menu

    def _moves(self, menu: QMenu, chats: tuple[Chat, ...], ids: Chats) -> QMenu:
        moves = QMenu(self._words("Move to"), menu)
        moves.setIcon(self._icon("folder"))
        here = {chat.folder_id for chat in chats}
        for folder in self._model.folders:
            self._add_choice(moves, folder.name, ids, folder.id, is_here=here == {folder.id})
        if self._model.folders:
            self._add_choice(moves, self._words("No folder"), ids, None, is_here=here == {None})
            moves.addSeparator()
        self._add_new_folder(moves, ids)
        return moves

    def _add_choice(
        self, menu: QMenu, name: str, ids: Chats, folder_id: FolderId | None, *, is_here: bool
    ) -> None:
        one = menu.addAction(name.replace("&", "&&"))
        one.setCheckable(True)
        one.setChecked(is_here)
        one.setEnabled(not is_here)
        one.triggered.connect(lambda: self._wish(MoveChats(ids, folder_id)))

    def _add_new_folder(self, menu: QMenu, ids: Chats) -> None:
        make = AddFolder(self._words("New folder"), ids)
        self._add(menu, self._words("New folder"), "folder-plus", lambda: self._wish(make))

    def _tags(self, menu: QMenu, chats: tuple[Chat, ...], ids: Chats) -> QMenu:
        tags = QMenu(self._words("Tags"), menu)
        tags.setIcon(self._icon("tag"))
        for tag in self._model.tags:
            one = tags.addAction(tag.replace("&", "&&"))
            one.setCheckable(True)
            is_on = all(tag in chat.tags for chat in chats)
            one.setChecked(is_on)
            wanted = TagChats(ids, tag, not is_on)
            one.triggered.connect(lambda _=False, wanted=wanted: self._wish(wanted))
        if not tags.isEmpty():
            tags.addSeparator()
        self._add(tags, self._words("New tag…"), "plus", lambda: self._ask_tag(ids))
        return tags

    def _ask_tag(self, ids: Chats) -> None:
        from ui.sidebar.tag_dialog import TagDialog  # noqa: PLC0415 - for who wants a new tag

        dialog = TagDialog(self._theme, self._words, self._view)
        dialog.chosen.connect(lambda tag: self._wish(TagChats(ids, tag, is_on=True)))
        dialog.open()

    def _wish_some(self, wanted: PlaceFolder | None) -> None:
        if wanted is not None:
            self._wish(wanted)

    def _menu(self) -> QMenu:
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        return menu

    def _add(
        self, menu: QMenu, text: str, icon: str, act: Callable[[], None], key: str = ""
    ) -> QAction:
        """An entry; its key is the list's own, which the menu only shows."""
        one = menu.addAction(self._icon(icon), text)
        if key:
            one.setShortcut(key)
        one.triggered.connect(act)
        return one

    def _icon(self, name: str) -> QPixmap:
        ratio = self._view.devicePixelRatio()
        return self._theme.pixmap(name, "muted", Size.ICON_SMALL, ratio)


def place_above(order: list[FolderId], folder_id: FolderId) -> PlaceFolder | None:
    """One place further up; None at the top."""
    at = order.index(folder_id)
    return PlaceFolder(folder_id, order[at - 1]) if at else None


def place_below(order: list[FolderId], folder_id: FolderId) -> PlaceFolder | None:
    """One place further down; None at the bottom."""
    at = order.index(folder_id)
    if at + 1 >= len(order):
        return None
    return PlaceFolder(folder_id, order[at + 2] if at + 2 < len(order) else None)
