"""What the composer of a window leads to: the prompt library, the context, the spell check."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from app.chats.service import ChatService
from ui.actions import ActionId, Actions
from ui.chat.effort_control import EffortControl
from ui.context_door import ContextDoor
from ui.prompts.door import PromptDoor
from ui.settings.desk import SettingsDesk
from ui.settings.page_name import PageName
from ui.settings_doors import SettingsDoors
from ui.spelling_door import SpellingDoor
from ui.window import MainWindow
from ui.window_actions import EFFORTS


class ComposerDoors(QObject):
    """Made once for each window.

    Args:
        window: has the composer.
        service: the chats of the window.
        desk: what the settings work with.
        settings: the way to their pages.

    Attributes:
        prompts: the prompt library.
        context: how full the context is.
        spelling: the spell check.
    """

    def __init__(
        self,
        window: MainWindow,
        service: ChatService,
        desk: SettingsDesk,
        settings: SettingsDoors,
    ) -> None:
        super().__init__(window)
        self._desk = desk
        composer = window.panel.composer
        self.prompts = PromptDoor(desk.theme, desk.words, composer, desk.prompts)
        self.prompts.settings_requested.connect(lambda: settings.show(PageName.PROMPTS))
        self.context = ContextDoor(desk.theme, desk.words, window.panel, service.meter)
        self._unsubscribe = service.subscribe(self.context.apply)
        self.spelling = SpellingDoor(
            desk.theme, desk.words, composer.edit, desk.spelling, desk.prompts.background
        )
        desk.current.subscribe(self.spelling.follow)
        self.spelling.follow(desk.current.value)
        self._add_actions(window.actions_here, composer.effort)

    def _add_actions(self, actions: Actions, effort: EffortControl) -> None:
        actions.add(ActionId.PROMPTS, self.prompts.open)
        actions.add(ActionId.CONTEXT, self.context.open)
        for action_id, one in EFFORTS.items():
            actions.set_note(action_id, partial(effort.time_of, one))

    def close(self) -> None:
        """Hear no more, and end the thread of the spell check; once."""
        self._unsubscribe()
        self._desk.spelling.close()
