"""Hands a window and its settings the ways to files of chats."""

from __future__ import annotations

from app.backup.desk import BackupDesk
from app.chats.service import ChatService
from app.current_settings import CurrentSettings
from app.locking import LockKeeper
from app.words import Words
from ui.actions import ActionId
from ui.archive.door import ArchiveWindowDoor
from ui.settings.privacy.desk import PrivacyDesk
from ui.theme.theme import Theme
from ui.updates.door import UpdateDoor
from ui.window import MainWindow


def privacy_desk(
    window: MainWindow,
    service: ChatService,
    theme: Theme,
    words: Words,
    current: CurrentSettings,
    keeper: LockKeeper,
    backup: BackupDesk,
    updates: UpdateDoor,
) -> PrivacyDesk:
    """What the page of privacy works with; the window gets the same as actions."""
    door = ArchiveWindowDoor(theme, words, service.archive, lambda: current.value.checks_thoughts)

    def why_no_chat() -> str:
        return "" if window.chat_id else words("This chat is new and still empty.")

    def export() -> None:
        title = window.top_bar.title.text()
        door.export(window, window.chat_id, title)

    window.actions_here.add(ActionId.EXPORT_CHAT, export, why_no_chat)
    window.actions_here.add(ActionId.IMPORT_CHATS, lambda: door.bring_in(window))
    return PrivacyDesk(door, keeper, backup, updates)
