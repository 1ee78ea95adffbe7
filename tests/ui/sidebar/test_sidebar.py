from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatMark, ChatMarksChanged, ChatsChanged, ModelState, StatusChanged
from app.chats.ids import ChatId
from app.chats.values import Chat
from app.words import Words
from ui.sidebar.chat_list import ChatRole
from ui.sidebar.sidebar import Sidebar
from ui.theme.theme import Theme

NOW = 1_790_000_000_000
HEAT, BIKE, TRIP = (
    Chat(ChatId(number), title, NOW, NOW - number)
    for number, title in enumerate(("Heat equation", "Bike brakes", "제주도 여행"), start=1)
)
CHATS = (HEAT, BIKE, TRIP)


@pytest.fixture
def sidebar(theme: Theme, words: Words, show_together: Callable[..., QWidget]) -> Sidebar:
    made = Sidebar(theme, words, lambda: NOW)
    made.resize(264, 700)
    page = show_together(made)
    page.resize(300, 720)
    made.show_chats(ChatsChanged(CHATS, HEAT.id))
    return made


def click_on(qtbot: QtBot, sidebar: Sidebar, chat: Chat) -> None:
    place = sidebar.chats.visualRect(sidebar.model.index_of(chat.id)).center()
    qtbot.mouseClick(sidebar.chats.viewport(), Qt.MouseButton.LeftButton, pos=place)


def editor(sidebar: Sidebar) -> QLineEdit:
    field = sidebar.chats.viewport().findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    return field


def shown_title(sidebar: Sidebar) -> Any:
    return sidebar.chats.currentIndex().data()


def test_a_click_chooses_a_chat(sidebar: Sidebar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sidebar.chat_chosen) as chosen:
        click_on(qtbot, sidebar, BIKE)
    assert chosen.args == [BIKE.id]


def test_a_click_on_a_heading_chooses_nothing(sidebar: Sidebar, qtbot: QtBot) -> None:
    heading = sidebar.chats.visualRect(sidebar.model.index(0)).center()
    with qtbot.assertNotEmitted(sidebar.chat_chosen):
        qtbot.mouseClick(sidebar.chats.viewport(), Qt.MouseButton.LeftButton, pos=heading)


def test_arrows_step_over_headings_and_return_opens(sidebar: Sidebar, qtbot: QtBot) -> None:
    old = Chat(ChatId(9), "Old things", 0, NOW - 40 * 86_400_000)
    sidebar.show_chats(ChatsChanged((HEAT, old), HEAT.id))
    sidebar.chats.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(sidebar.chats, Qt.Key.Key_Down)
    assert shown_title(sidebar) == "Old things"
    with qtbot.waitSignal(sidebar.chat_chosen) as chosen:
        qtbot.keyClick(sidebar.chats, Qt.Key.Key_Return)
    assert chosen.args == [old.id]
    qtbot.keyClick(sidebar.chats, Qt.Key.Key_Up)
    assert shown_title(sidebar) == "Heat equation"


def test_f2_renames_in_place_and_return_says_so(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.chats.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(sidebar.chats, Qt.Key.Key_F2)
    field = editor(sidebar)
    assert field.selectedText() == "Heat equation"
    assert field.accessibleName() == "Title of the chat"
    qtbot.keyClicks(field, "  Heat   pump  ")
    not_opened = qtbot.assertNotEmitted(sidebar.chat_chosen)
    with not_opened, qtbot.waitSignal(sidebar.rename_requested) as renamed:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert renamed.args == [HEAT.id, "Heat pump"]


@pytest.mark.parametrize("typed", ["", "   ", "Heat equation"])
def test_a_title_that_is_blank_or_the_same_is_no_wish(
    sidebar: Sidebar, qtbot: QtBot, typed: str
) -> None:
    sidebar.rename(HEAT.id)
    field = editor(sidebar)
    field.setText(typed)
    with qtbot.assertNotEmitted(sidebar.rename_requested):
        qtbot.keyClick(field, Qt.Key.Key_Return)


def test_escape_gives_up_renaming(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.rename(HEAT.id)
    field = editor(sidebar)
    field.setText("Something else")
    with qtbot.assertNotEmitted(sidebar.rename_requested):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert sidebar.chats.state() == sidebar.chats.State.NoState


def test_typing_a_title_is_not_lost_when_the_list_changes(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.rename(HEAT.id)
    field = editor(sidebar)
    field.setText("Heat pu")
    moved = Chat(BIKE.id, BIKE.title, NOW, NOW + 5)
    sidebar.show_chats(ChatsChanged((moved, HEAT, TRIP), HEAT.id))
    assert editor(sidebar) is field
    assert field.text() == "Heat pu"
    with qtbot.waitSignal(sidebar.rename_requested) as renamed:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert renamed.args == [HEAT.id, "Heat pu"]
    assert sidebar.model.index(1).data(ChatRole.CHAT) == moved


def test_tab_ends_renaming_instead_of_editing_the_next_chat(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.rename(HEAT.id)
    field = editor(sidebar)
    field.setText("Heat pump")
    with qtbot.waitSignal(sidebar.rename_requested):
        qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert sidebar.chats.state() != sidebar.chats.State.EditingState


def test_the_delete_key_asks_for_the_chat_under_the_cursor(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.chats.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(sidebar.chats, Qt.Key.Key_Down)
    with qtbot.waitSignal(sidebar.delete_requested) as deleted:
        qtbot.keyClick(sidebar.chats, Qt.Key.Key_Delete)
    assert deleted.args == [BIKE.id]
    sidebar.show_chats(ChatsChanged((HEAT, TRIP), HEAT.id))
    assert shown_title(sidebar) == TRIP.title


def test_the_cursor_stays_on_its_chat_when_another_one_moves_up(sidebar: Sidebar) -> None:
    sidebar.chats.setCurrentIndex(sidebar.model.index_of(BIKE.id))
    moved = Chat(TRIP.id, TRIP.title, NOW, NOW + 5)
    sidebar.show_chats(ChatsChanged((moved, HEAT, BIKE), HEAT.id))
    assert shown_title(sidebar) == BIKE.title


def test_the_menu_key_opens_the_menu_at_the_cursor(sidebar: Sidebar, qapp: QApplication) -> None:
    reason = QContextMenuEvent.Reason.Keyboard
    qapp.sendEvent(sidebar.chats, QContextMenuEvent(reason, QPoint(0, 0), QPoint(0, 0)))
    menu = qapp.activePopupWidget()
    assert menu is not None
    assert menu.parent() is sidebar.chats
    menu.close()


def test_the_filter_narrows_the_list_and_return_opens_the_first_match(
    sidebar: Sidebar, qtbot: QtBot
) -> None:
    sidebar.focus_filter()
    qtbot.keyClicks(sidebar.filter, "bike")
    assert sidebar.model.rowCount() == 2
    with qtbot.waitSignal(sidebar.chat_chosen) as chosen:
        qtbot.keyClick(sidebar.filter, Qt.Key.Key_Return)
    assert chosen.args == [BIKE.id]


def test_escape_empties_the_filter(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.focus_filter()
    qtbot.keyClicks(sidebar.filter, "bike")
    qtbot.keyClick(sidebar.filter, Qt.Key.Key_Escape)
    assert sidebar.filter.text() == ""
    assert sidebar.model.rowCount() == 4


def test_an_empty_list_says_why_it_is_empty(sidebar: Sidebar) -> None:
    assert not sidebar.empty.isVisible()
    sidebar.filter.setText("heat pump")
    assert sidebar.empty.isVisible()
    assert sidebar.empty.text() == "No chat matches “heat pump”"
    sidebar.filter.clear()
    sidebar.show_chats(ChatsChanged((), None))
    assert sidebar.empty.text() == "Your chats will be listed here."


def test_the_open_chat_has_an_accent_bar(sidebar: Sidebar, theme: Theme) -> None:
    rect = sidebar.chats.visualRect(sidebar.model.index_of(HEAT.id))
    image = sidebar.chats.viewport().grab().toImage()
    assert image.pixelColor(rect.x() + 1, rect.center().y()) == QColor(theme.colors.accent)
    other = sidebar.chats.visualRect(sidebar.model.index_of(BIKE.id))
    assert image.pixelColor(other.x() + 1, other.center().y()) != QColor(theme.colors.accent)


@pytest.mark.parametrize(
    ("status", "name", "state"),
    [
        (StatusChanged(), "No model", ""),
        (
            StatusChanged(ModelState.LOADING, "gpt-oss-20b", load_fraction=0.425),
            "gpt-oss-20b",
            "42",
        ),
        (StatusChanged(ModelState.READY, "gpt-oss-20b", "CPU"), "gpt-oss-20b", "ready"),
        (StatusChanged(ModelState.RESTING, "gpt-oss-20b", "CPU"), "gpt-oss-20b", "resting"),
        (StatusChanged(ModelState.FAILED, "gpt-oss-20b"), "gpt-oss-20b", "failed"),
    ],
)
def test_the_foot_says_which_model_there_is_and_how_it_is(
    sidebar: Sidebar, status: StatusChanged, name: str, state: str
) -> None:
    sidebar.show_status(status)
    assert sidebar.foot.model_name.text() == name
    assert state in sidebar.foot.model_state.text()
    assert not sidebar.foot.practice_sign.isVisible()


def test_the_foot_says_that_it_is_the_practice_model(sidebar: Sidebar) -> None:
    sidebar.show_status(StatusChanged(ModelState.READY, "tiny", "CPU", is_practice=True))
    assert sidebar.foot.practice_sign.isVisible()
    assert "Practice model" in sidebar.foot.practice_sign.text()
    assert "made up" in sidebar.foot.practice_sign.toolTip()


def test_the_models_name_leads_to_the_models_and_the_practice_sign_to_what_it_is(
    sidebar: Sidebar, qtbot: QtBot
) -> None:
    foot, asked = sidebar.foot, list[str]()
    foot.models_requested.connect(lambda: asked.append("models"))
    foot.card_requested.connect(lambda: asked.append("card"))
    foot.show_status(StatusChanged(ModelState.READY, "Practice", is_practice=True))
    qtbot.mouseClick(foot.model_name, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(foot.practice_sign, Qt.MouseButton.LeftButton)
    assert asked == ["models", "card"]
    assert foot.model_name.accessibleDescription() == "Models…"


def test_the_look_is_chosen_in_the_foot(
    sidebar: Sidebar, theme: Theme, qtbot: QtBot, qapp: QApplication
) -> None:
    qtbot.mouseClick(sidebar.foot.look, Qt.MouseButton.LeftButton)
    menu = qapp.activePopupWidget()
    assert menu is not None
    by_text = {action.text(): action for action in menu.actions()}
    assert by_text["Light"].isChecked()
    by_text["Dark"].trigger()
    menu.close()
    assert theme.colors.is_dark
    assert sidebar.foot.look.text() == "Look: Dark"


def test_every_place_in_the_sidebar_is_reached_by_tab(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.new_folder.setFocus(Qt.FocusReason.TabFocusReason)
    order = [sidebar.hide_button, sidebar.new_chat, sidebar.filter, sidebar.chats]
    order.insert(0, sidebar.new_folder)
    order.append(sidebar.foot.model_name)
    for place, following in zip(order, [*order[1:], sidebar.foot.look], strict=True):
        assert place.hasFocus()
        qtbot.keyClick(place, Qt.Key.Key_Tab)
        assert following.hasFocus()
    assert [place.accessibleName() for place in order] == [
        "New folder",
        "Hide the sidebar",
        "New chat",
        "Search all chats",
        "Chats",
        "No model",
    ]


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (ChatMark.ANSWERING, "is being answered"),
        (ChatMark.ASKING, "waits for your answer"),
        (ChatMark.UNREAD, "has a new answer"),
    ],
)
def test_a_mark_is_painted_and_said(sidebar: Sidebar, mark: ChatMark, said: str) -> None:
    row = sidebar.chats.visualRect(sidebar.model.index_of(BIKE.id))
    before = sidebar.chats.viewport().grab(row).toImage()
    sidebar.show_marks(ChatMarksChanged({BIKE.id: mark}))
    index = sidebar.model.index_of(BIKE.id)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == f"Bike brakes, {said}"
    assert sidebar.chats.viewport().grab(row).toImage() != before
    assert sidebar.model.index_of(HEAT.id).data(ChatRole.MARK) is None
    sidebar.show_marks(ChatMarksChanged({}))
    assert sidebar.chats.viewport().grab(row).toImage() == before
