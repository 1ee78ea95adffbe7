"""Puts the lock over a window."""

from __future__ import annotations

from app.chats.ids import ChatId
from app.chats.service import ChatService
from ui.first_frame import AfterFirstFrame
from ui.lock.door import LockDoor
from ui.settings.desk import SettingsDesk
from ui.settings_doors import SettingsDoors
from ui.window import MainWindow


def lock_over(
    window: MainWindow,
    service: ChatService,
    desk: SettingsDesk,
    doors: SettingsDoors,
) -> LockDoor:
    """The lock of a window, which follows the settings once the window stands there.

    Args:
        window: what is locked.
        service: shows what was open before.
        desk: look, language and the settings in force.
        doors: to the settings of this window.
    """

    def show(chat_id: ChatId | None) -> None:
        if chat_id is None:
            service.new_chat()
        else:
            service.open_chat(chat_id)

    made = LockDoor(window, desk.theme, desk.words, desk.privacy.keeper, desk.chores, doors, show)
    desk.current.subscribe(made.follow)
    AfterFirstFrame(window, lambda: made.follow(desk.current.value))
    return made
