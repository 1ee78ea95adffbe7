"""What the actions do in the window: which of its rooms they show and what they ask of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from app.chats.ids import ChatId
from app.words import Words
from engine.harmony.messages import Effort
from ui.actions import ActionId, Actions
from ui.chat.panel import ChatPanel
from ui.inspector.door import InspectorDoor
from ui.sidebar.drawer import Drawer
from ui.sidebar.sidebar import Sidebar

EFFORTS: Final = {
    ActionId.EFFORT_LOW: Effort.LOW,
    ActionId.EFFORT_MEDIUM: Effort.MEDIUM,
    ActionId.EFFORT_HIGH: Effort.HIGH,
}


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a window is made of, for who leads through it.

    Attributes:
        sidebar: the list of chats.
        drawer: holds the sidebar.
        panel: the open chat.
        inspector: what the model sees.
        show_chats: shows these rooms in place of the settings.
        new_chat, new_private_chat: show an empty chat.
        open_files: shows the files of the open chat.
        chat_id: the open chat; None is a new one.
        has_files: whether chats have files here.
    """

    sidebar: Sidebar
    drawer: Drawer
    panel: ChatPanel
    inspector: InspectorDoor
    show_chats: Callable[[], None]
    new_chat: Callable[[], None]
    new_private_chat: Callable[[], None]
    open_files: Callable[[], None]
    chat_id: Callable[[], ChatId | None]
    has_files: Callable[[], bool]


class WindowActions(Actions):
    """The actions of a window with these rooms; features add theirs.

    Args:
        words: the user's language.
        window: where the keys hold.
        rooms: what it is made of.
    """

    def __init__(self, words: Words, window: QWidget, rooms: Rooms) -> None:
        super().__init__(words, window)
        self._rooms = rooms
        panel = rooms.panel
        self.add(ActionId.NEW_CHAT, self.start_chat)
        self.add(ActionId.FIND_CHAT, self._find_chat)
        self.add(ActionId.FIND_IN_CHAT, self._find_in_chat, self._why_empty)
        for action_id, forward in ((ActionId.FIND_NEXT, True), (ActionId.FIND_PREVIOUS, False)):
            act = partial(panel.finding.step, forward=forward)
            self.add(action_id, act, self._why_empty)
        self.add(ActionId.SIDEBAR, rooms.drawer.toggle)
        self.add(ActionId.RENAME_CHAT, self._rename_chat, self._why_no_chat)
        self.add(ActionId.PIN_CHAT, self._pin, self._why_not_pinned)
        self.add(ActionId.NEW_FOLDER, self._add_folder)
        self.add(ActionId.CHAT_FILES, rooms.open_files, self._why_no_files)
        self.add(ActionId.ATTACH, panel.composer.attach_button.click)
        self.add(ActionId.WRITE, self._write)
        self.add(ActionId.QUIT, window.close)
        for action_id, effort in EFFORTS.items():
            self.add(action_id, partial(self._choose_effort, effort))
        reach = panel.view.reach
        self.add(ActionId.CHANGE_LAST, partial(self._in_chat, reach.edit_last), self._why_empty)
        self.add(ActionId.ANSWER_AGAIN, partial(self._in_chat, reach.again), self._why_empty)
        self.adopt(ActionId.INSPECTOR, rooms.inspector.action)
        none = words("No answer is being written.")
        self.adopt(ActionId.STOP, panel.stop_action, none)
        self.adopt(ActionId.ANSWER_NOW, panel.hurry_action, none)
        unasked = words("No call waits for an answer.")
        self.adopt(ActionId.GO_TO_QUESTION, panel.tools.go_action, unasked)

    def start_chat(self) -> None:
        """Show an empty chat with the caret in its composer."""
        self._rooms.show_chats()
        self._rooms.new_chat()
        self._rooms.panel.focus_composer()

    def start_private_chat(self) -> None:
        """Show an empty private chat with the caret in its composer."""
        self._rooms.show_chats()
        self._rooms.new_private_chat()
        self._rooms.panel.focus_composer()

    def _find_chat(self) -> None:
        self._rooms.show_chats()
        self._rooms.drawer.open_sidebar()
        self._rooms.sidebar.focus_filter()

    def _find_in_chat(self) -> None:
        self._rooms.show_chats()
        self._rooms.panel.finding.open()

    def _in_chat(self, act: Callable[[], object]) -> None:
        self._rooms.show_chats()
        act()

    def _why_empty(self) -> str:
        has_messages = self._rooms.panel.view.message_count > 0
        return "" if has_messages else self._words("This chat is new and still empty.")

    def _rename_chat(self) -> None:
        chat_id = self._rooms.chat_id()
        if chat_id is not None:
            self._rooms.show_chats()
            self._rooms.drawer.open_sidebar()
            self._rooms.sidebar.rename(chat_id)

    def _pin(self) -> None:
        self._rooms.sidebar.chats.pin(self._rooms.chat_id())

    def _why_not_pinned(self) -> str:
        return "" if self._rooms.sidebar.chats.hasFocus() else self._why_no_chat()

    def _add_folder(self) -> None:
        self._rooms.show_chats()
        self._rooms.drawer.open_sidebar()
        self._rooms.sidebar.add_folder()

    def _write(self) -> None:
        self._rooms.show_chats()
        self._rooms.panel.focus_composer()

    def _choose_effort(self, effort: Effort) -> None:
        self._rooms.panel.set_effort(effort)
        self._rooms.panel.effort_changed.emit(effort)

    def _why_no_chat(self) -> str:
        is_new = self._rooms.chat_id() is None
        return self._words("This chat is new and still empty.") if is_new else ""

    def _why_no_files(self) -> str:
        if not self._rooms.has_files():
            return self._words("Files need Python, which cannot run here.")
        return self._why_no_chat()
