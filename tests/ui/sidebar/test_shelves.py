"""Folders, pins, tags and dragging in the sidebar, by pointer and by keyboard."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatsChanged
from app.chats.ids import ChatId, FolderId
from app.chats.values import Chat, Folder
from app.words import Words
from ui.sidebar.dragging import MIME_TYPE, Load
from ui.sidebar.sidebar import Sidebar
from ui.sidebar.tag_dialog import TagDialog
from ui.sidebar.wishes import (
    AddFolder,
    ChatInFolder,
    DeleteChats,
    DeleteFolder,
    FoldFolder,
    MoveChats,
    PinChats,
    PlaceFolder,
    RenameFolder,
    ShelfWish,
    TagChats,
)
from ui.theme.theme import Theme

NOW = 1_790_000_000_000
WORK, HOME = Folder(FolderId(1), "Work"), Folder(FolderId(2), "Home")
HEAT, BIKE, TRIP, RENT = (
    Chat(ChatId(number), title, NOW, NOW - number)
    for number, title in enumerate(("Heat", "Bike", "제주도 여행", "Rent"), start=1)
)
CHATS = (
    replace(HEAT, is_pinned=True),
    replace(BIKE, folder_id=WORK.id, tags=("sport",)),
    replace(TRIP, tags=("여행",)),
    RENT,
)
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


class User:
    """Has a sidebar with chats and folders; what is wanted of them is written down."""

    def __init__(self, sidebar: Sidebar, qtbot: QtBot) -> None:
        self.sidebar, self.qtbot = sidebar, qtbot
        self.list, self.model = sidebar.chats, sidebar.model
        self.wishes: list[ShelfWish] = []
        self.opened: list[ChatId] = []
        self.list.wished.connect(self.wishes.append)
        sidebar.chat_chosen.connect(self.opened.append)

    def show(self, chats: tuple[Chat, ...], *folders: Folder) -> None:
        self.sidebar.show_chats(ChatsChanged(chats, HEAT.id, folders))

    def at(self, thing: Chat | Folder) -> QModelIndex:
        if isinstance(thing, Folder):
            return self.model.index_of_folder(thing)
        return self.model.index_of(thing.id)

    def click(
        self, thing: Chat | Folder, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        place = self.list.visualRect(self.at(thing)).center()
        left = Qt.MouseButton.LeftButton
        self.qtbot.mouseClick(self.list.viewport(), left, modifiers, place)

    def press(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        self.qtbot.keyClick(self.list, key, modifiers)

    def go_to(self, thing: Chat | Folder) -> None:
        self.list.setFocus(Qt.FocusReason.TabFocusReason)
        self.list.go_to(self.at(thing))

    @property
    def cursor(self) -> str:
        return str(self.list.currentIndex().data())

    def menu(self, thing: Chat | Folder | None) -> QMenu:
        return self.list.make_menu(self.model.row(self.at(thing)) if thing else None)

    def end_editing(self) -> None:
        """By Return; what was typed is taken a moment later."""
        before = len(self.wishes)
        self.qtbot.keyClick(self.field(), Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: len(self.wishes) > before)

    def field(self) -> QLineEdit:
        (found,) = self.list.viewport().findChildren(QLineEdit)
        assert isinstance(found, QLineEdit)
        return found

    def drag(
        self, thing: Chat | Folder, to: int, *, is_lower_half: bool = False
    ) -> list[ShelfWish]:
        """Drag what is there to a row and let go; returns what was asked for."""
        load = self.list.load_of(self.at(thing))
        assert load is not None
        before = len(self.wishes)
        row = self.list.visualRect(self.model.index(to))
        at = QPoint(row.center().x(), row.bottom() - 2 if is_lower_half else row.top() + 2)
        self._drop(load, at)
        return self.wishes[before:]

    def _drop(self, load: Load, at: QPoint) -> None:
        drop(self.list.viewport(), load, at)


def drop(view: QWidget, load: Load, at: QPoint) -> None:
    """What Qt sends to a widget over which something is let go."""
    data = load.pack()
    move, left = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    events = (
        QDragEnterEvent(at, move, data, left, none),
        QDragMoveEvent(at, move, data, left, none),
        QDropEvent(QPointF(at), move, data, left, none),
    )
    for event in events:
        QApplication.sendEvent(view, event)


@pytest.fixture
def user(theme: Theme, words: Words, show_together: Callable[..., QWidget], qtbot: QtBot) -> User:
    sidebar = Sidebar(theme, words, lambda: NOW)
    sidebar.resize(264, 700)
    page = show_together(sidebar)
    page.resize(300, 720)
    made = User(sidebar, qtbot)
    made.show(CHATS, WORK, HOME)
    return made


def entry(menu: QMenu, text: str) -> QAction:
    """An entry of a menu, or of one that opens from it."""
    for one in menu.actions():
        if one.text() == text:
            return one
        inner = one.menu()
        if isinstance(inner, QMenu) and any(deep.text() == text for deep in inner.actions()):
            return entry(inner, text)
    raise AssertionError(text)


# ---- folders


def test_a_click_closes_a_folder_and_opens_no_chat(user: User) -> None:
    user.click(WORK)
    assert user.wishes == [FoldFolder(WORK.id, is_open=False)]
    assert user.opened == []


def test_left_and_right_lead_out_of_a_folder_and_into_it(user: User) -> None:
    user.go_to(BIKE)
    user.press(Qt.Key.Key_Left)
    assert user.cursor == "Work"
    user.press(Qt.Key.Key_Right)
    assert user.cursor == "Bike"
    user.press(Qt.Key.Key_Left)
    user.press(Qt.Key.Key_Left)
    assert user.wishes == [FoldFolder(WORK.id, is_open=False)]
    user.show(CHATS, replace(WORK, is_open=False), HOME)
    assert user.cursor == "Work"
    user.press(Qt.Key.Key_Return)
    user.press(Qt.Key.Key_Right)
    assert user.wishes[1:] == [FoldFolder(WORK.id, is_open=True)] * 2


def test_the_arrows_step_over_headings_and_hints(user: User) -> None:
    user.go_to(HEAT)
    seen = []
    for _ in range(5):
        user.press(Qt.Key.Key_Down)
        seen.append(user.cursor)
    assert seen == ["Work", "Bike", "Home", "제주도 여행", "Rent"]


def test_a_new_folder_is_named_where_it_stands(user: User) -> None:
    user.qtbot.mouseClick(user.sidebar.new_folder, Qt.MouseButton.LeftButton)
    assert user.wishes == [AddFolder("New folder")]
    new = Folder(FolderId(7), "New folder")
    user.show(CHATS, WORK, HOME, new)
    assert user.field().selectedText() == "New folder"
    assert user.field().accessibleName() == "Name of the folder"
    user.qtbot.keyClicks(user.field(), "  Taxes  2026 ")
    user.end_editing()
    assert user.wishes[1:] == [RenameFolder(new.id, "Taxes 2026")]


def test_a_folder_that_another_window_made_asks_for_no_name(user: User) -> None:
    user.show(CHATS, WORK, HOME, Folder(FolderId(7), "Theirs"))
    assert user.list.viewport().findChildren(QLineEdit) == []


def test_f2_renames_a_folder_and_delete_deletes_it(user: User) -> None:
    user.go_to(WORK)
    user.press(Qt.Key.Key_F2)
    user.qtbot.keyClicks(user.field(), "Works")
    user.end_editing()
    user.press(Qt.Key.Key_Delete)
    assert user.wishes == [RenameFolder(WORK.id, "Works"), DeleteFolder(WORK.id)]


def test_a_folder_moves_by_alt_and_arrows(user: User) -> None:
    user.go_to(WORK)
    user.press(Qt.Key.Key_Up, ALT)
    user.press(Qt.Key.Key_Down, ALT)
    user.go_to(HOME)
    user.press(Qt.Key.Key_Up, ALT)
    assert user.wishes == [PlaceFolder(WORK.id, None), PlaceFolder(HOME.id, WORK.id)]


def test_the_menu_of_a_folder_has_all_that_keys_can_do(user: User) -> None:
    menu = user.menu(WORK)
    assert [one.text() for one in menu.actions() if one.text()] == [
        "New chat here",
        "Rename",
        "Collapse",
        "Move up",
        "Move down",
        "Delete folder",
    ]
    assert not entry(menu, "Move up").isEnabled()
    for text in ("New chat here", "Collapse", "Move down", "Delete folder"):
        entry(menu, text).trigger()
    assert user.wishes == [
        ChatInFolder(WORK.id),
        FoldFolder(WORK.id, is_open=False),
        PlaceFolder(WORK.id, None),
        DeleteFolder(WORK.id),
    ]


# ---- several chats


def test_ctrl_and_shift_select_more_and_open_nothing(user: User) -> None:
    user.click(TRIP)
    user.click(HEAT, CTRL)
    assert user.list.selected_chats() == (HEAT.id, TRIP.id)
    user.click(RENT, SHIFT)
    assert user.list.selected_chats() == (HEAT.id, BIKE.id, TRIP.id, RENT.id)
    assert user.opened == [TRIP.id]
    user.press(Qt.Key.Key_Escape)
    assert user.list.selected_chats() == (RENT.id,)


def test_what_is_selected_is_deleted_together_by_key_and_by_menu(user: User, qtbot: QtBot) -> None:
    user.click(TRIP)
    user.click(BIKE, CTRL)
    user.press(Qt.Key.Key_Delete)
    menu = user.menu(TRIP)
    assert menu.actions()[0].text() == "2 chats"
    entry(menu, "Delete").trigger()
    assert user.wishes == [DeleteChats((BIKE.id, TRIP.id))] * 2
    with qtbot.waitSignal(user.list.delete_requested) as deleted:
        entry(user.menu(RENT), "Delete").trigger()
    assert deleted.args == [RENT.id], "it is not selected, so it alone is meant"


def test_a_selection_stays_when_the_list_changes(user: User) -> None:
    user.click(TRIP)
    user.click(BIKE, CTRL)
    user.show((replace(RENT, updated_ms=NOW), *CHATS[:3]), WORK, HOME)
    assert user.list.selected_chats() == (BIKE.id, TRIP.id)


def test_a_title_that_changes_moves_nothing(user: User) -> None:
    user.list.selectionModel().setCurrentIndex(
        user.at(RENT), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    before = [user.list.visualRect(user.at(chat)) for chat in CHATS]
    with user.qtbot.assertNotEmitted(user.model.modelReset):
        user.show((*CHATS[:3], replace(RENT, title="The rent of March")), WORK, HOME)
    assert [user.list.visualRect(user.at(chat)) for chat in CHATS] == before
    assert user.cursor == "The rent of March"


def test_the_menu_of_a_chat_moves_pins_and_tags_it(user: User) -> None:
    for text in ("Pin", "Home", "sport", "New folder"):
        entry(user.menu(RENT), text).trigger()
    assert user.wishes == [
        PinChats((RENT.id,), is_pinned=True),
        MoveChats((RENT.id,), HOME.id),
        TagChats((RENT.id,), "sport", is_on=True),
        AddFolder("New folder", (RENT.id,)),
    ]
    user.wishes.clear()
    for text in ("No folder", "sport"):
        entry(user.menu(BIKE), text).trigger()
    entry(user.menu(HEAT), "Unpin").trigger()
    assert user.wishes == [
        MoveChats((BIKE.id,), None),
        TagChats((BIKE.id,), "sport", is_on=False),
        PinChats((HEAT.id,), is_pinned=False),
    ]
    here = entry(user.menu(BIKE), "Work")
    assert here.isChecked()
    assert not here.isEnabled()


def test_a_new_tag_is_asked_for(user: User) -> None:
    entry(user.menu(RENT), "New tag…").trigger()
    (dialog,) = user.sidebar.window().findChildren(TagDialog)
    assert not dialog.add_button.isEnabled()
    user.qtbot.keyClicks(dialog.field, " #home  rent")
    user.qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert user.wishes == [TagChats((RENT.id,), "home rent", is_on=True)]


def test_where_there_is_nothing_a_folder_can_be_made(user: User) -> None:
    entry(user.menu(None), "New folder").trigger()
    assert user.wishes == [AddFolder("New folder")]


# ---- dragging: rows are Pinned 0, Heat 1, Work 2, Bike 3, Home 4, hint 5, Today 6, Trip 7, Rent 8


@pytest.mark.parametrize(
    ("dragged", "to", "wanted"),
    [
        (RENT, 2, [MoveChats((RENT.id,), WORK.id)]),
        (RENT, 3, [MoveChats((RENT.id,), WORK.id)]),
        (RENT, 5, [MoveChats((RENT.id,), HOME.id)]),
        (RENT, 0, [PinChats((RENT.id,), is_pinned=True)]),
        (RENT, 1, [PinChats((RENT.id,), is_pinned=True)]),
        (RENT, 7, []),
        (BIKE, 2, []),
        (BIKE, 6, [MoveChats((BIKE.id,), None)]),
        (HEAT, 8, [PinChats((HEAT.id,), is_pinned=False)]),
        (HEAT, 4, [PinChats((HEAT.id,), is_pinned=False), MoveChats((HEAT.id,), HOME.id)]),
        (HEAT, 1, []),
    ],
)
def test_a_chat_falls_where_it_is_let_go(
    user: User, dragged: Chat, to: int, wanted: list[ShelfWish]
) -> None:
    assert user.drag(dragged, to) == wanted


@pytest.mark.parametrize(
    ("dragged", "to", "is_lower_half", "before"),
    [
        (HOME, 2, False, WORK.id),
        (HOME, 1, False, WORK.id),
        (WORK, 4, True, None),
        (WORK, 7, False, None),
    ],
)
def test_a_folder_falls_between_others(
    user: User, dragged: Folder, to: int, is_lower_half: bool, before: FolderId | None
) -> None:
    found = user.drag(dragged, to, is_lower_half=is_lower_half)
    assert found == [PlaceFolder(dragged.id, before)]


@pytest.mark.parametrize(
    ("dragged", "to", "is_lower_half"), [(WORK, 2, True), (WORK, 4, False), (HOME, 8, False)]
)
def test_a_folder_that_would_stand_where_it_is_falls_nowhere(
    user: User, dragged: Folder, to: int, is_lower_half: bool
) -> None:
    assert user.drag(dragged, to, is_lower_half=is_lower_half) == []


def test_all_that_is_selected_is_dragged_together(user: User) -> None:
    user.click(RENT)
    user.click(TRIP, CTRL)
    assert user.drag(RENT, 2) == [MoveChats((TRIP.id, RENT.id), WORK.id)]
    assert user.drag(BIKE, 0) == [PinChats((BIKE.id,), is_pinned=True)], "not selected: alone"


def test_the_place_of_a_drop_is_seen_while_it_is_there(user: User) -> None:
    data = Load((RENT.id,)).pack()
    at = user.list.visualRect(user.at(WORK)).center()
    move, left = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    before = user.list.viewport().grab().toImage()
    for kind in (QDragEnterEvent, QDragMoveEvent):
        event = kind(at, move, data, left, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(user.list.viewport(), event)
    place = user.list.drop_place
    assert place is not None
    assert (place.first, place.last) == (2, 3)
    assert user.list.viewport().grab().toImage() != before
    user.drag(RENT, 2)
    assert user.list.drop_place is None


def test_what_is_dragged_is_numbers_and_no_words(user: User) -> None:
    load = user.list.load_of(user.at(TRIP))
    assert load is not None
    data = load.pack()
    assert data.formats() == [MIME_TYPE]
    carried = bytes(data.data(MIME_TYPE).data())
    assert json.loads(carried) == {"chats": [3], "folder": None, "process": os.getpid()}
    for other in (b'{"chats": ["x"]}', carried.replace(b'"process": ', b'"process": 1')):
        data.setData(MIME_TYPE, other)
        assert Load.unpack(data) is None


# ---- tags


def test_a_tag_above_the_list_narrows_it(user: User) -> None:
    row = user.sidebar.tags
    assert [chip.text() for chip in row.chips.values()] == ["sport", "여행"]
    user.qtbot.mouseClick(row.chips["여행"], Qt.MouseButton.LeftButton)
    assert user.list.first_chat() == CHATS[2]
    assert row.chips["여행"].isChecked()
    user.qtbot.mouseClick(row.chips["sport"], Qt.MouseButton.LeftButton)
    assert user.sidebar.empty.text() == "No chat has all of these tags: 여행, sport"
    row.clear()
    assert user.list.first_chat() == CHATS[0]


def test_a_tag_that_no_chat_has_any_more_is_chosen_no_more(user: User) -> None:
    row = user.sidebar.tags
    row.toggle("여행")
    user.show((*CHATS[:2], replace(TRIP, tags=()), RENT), WORK, HOME)
    assert row.on == ()
    assert not user.model.is_filtered
    user.show((RENT,))
    assert not row.isVisible()


def test_tags_without_room_are_in_a_menu(user: User) -> None:
    many = tuple(f"tag number {number}" for number in range(9))
    user.show((replace(RENT, tags=many),))
    row = user.sidebar.tags
    assert row.more.isVisible()
    shown = [chip for chip in row.chips.values() if chip.isVisible()]
    assert 0 < len(shown) < len(many)
    assert all(chip.geometry().right() <= row.width() for chip in (*shown, row.more))
    menu = row.make_menu()
    entry(menu, many[8]).trigger()
    assert row.on == (many[8],)
    assert row.chips[many[8]].isVisible(), "what is chosen is always seen"


def test_a_tag_is_taken_off_all_chats_from_its_own_menu(user: User) -> None:
    user.show((*CHATS[:3], replace(RENT, tags=("Sport",))), WORK, HOME)
    entry(user.sidebar.tags.make_tag_menu("sport"), "Take this tag off all chats").trigger()
    assert user.wishes == [TagChats((BIKE.id, RENT.id), "sport", is_on=False)]


def test_the_first_chat_is_pinned_by_a_drop_where_the_search_field_is(user: User) -> None:
    zone = user.sidebar.pin_zone
    load = Load((RENT.id,))
    user.list.dragged.emit(load)
    assert not zone.isVisible(), "there are pins to drop on"
    user.show((RENT,), WORK)
    user.list.dragged.emit(Load(folder_id=WORK.id))
    assert not zone.isVisible(), "folders are not pinned"
    user.list.dragged.emit(load)
    assert zone.isVisible()
    assert zone.geometry() == user.sidebar.filter.geometry()
    drop(zone, load, zone.rect().center())
    user.list.dragged.emit(None)
    assert not zone.isVisible()
    assert user.wishes == [PinChats((RENT.id,), is_pinned=True)]


def test_a_chat_in_a_closed_folder_is_renamed_once_that_is_open(user: User) -> None:
    user.show(CHATS, replace(WORK, is_open=False))
    user.sidebar.rename(BIKE.id)
    assert user.wishes == [FoldFolder(WORK.id, is_open=True)]
    user.show(CHATS, WORK)
    assert user.field().selectedText() == "Bike"


def test_all_chats_are_selected_by_one_key_and_no_folder_is(user: User) -> None:
    user.go_to(WORK)
    user.press(Qt.Key.Key_A, CTRL)
    assert user.list.selected_chats() == tuple(chat.id for chat in CHATS)
    user.go_to(TRIP)  # Ctrl still counts as held, which must add nothing
    user.press(Qt.Key.Key_Down, SHIFT)
    assert user.list.selected_chats() == (TRIP.id, RENT.id)


def test_screen_readers_find_a_list_whose_rows_say_how_they_stand(user: User) -> None:
    interface = QAccessible.queryAccessibleInterface(user.list)
    assert interface.role() in (QAccessible.Role.List, QAccessible.Role.ListItem)
    rows = [interface.child(number) for number in range(interface.childCount())]
    said = [row.text(QAccessible.Text.Name) for row in rows]
    assert "Folder Work, 1 chat, expanded" in said
    assert "Bike, in folder Work, tagged sport" in said
    assert any(one.startswith("Heat, open, pinned") for one in said)
    named = (user.sidebar.new_folder, user.sidebar.tags, *user.sidebar.tags.chips.values())
    assert all(one.accessibleName() for one in named)
