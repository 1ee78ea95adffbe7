"""What the composer of a window leads to: the prompt library, the context, the spell check."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from app.chats.service import ChatService
from ui.actions import ActionId, Actions
from ui.chat.composer import Composer
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
        self._window, self._settings = window, settings
        composer = window.panel.composer
        self.prompts, self.spelling = self.equip(composer)
        self.context = ContextDoor(desk.theme, desk.words, window.panel, service.meter)
        self._unsubscribe = service.subscribe(self.context.apply)
        self._add_actions(window.actions_here, composer.effort)

    def equip(self, composer: Composer) -> tuple[PromptDoor, SpellingDoor]:
        """Give a composer, also of another window, prompts and the spell check."""
        desk = self._desk
        prompts = PromptDoor(desk.theme, desk.words, composer, desk.prompts)
        prompts.settings_requested.connect(self._show_prompts)
        spelling = SpellingDoor(
            desk.theme, desk.words, composer.edit, desk.spelling, desk.prompts.background
        )
        unsubscribe = desk.current.subscribe(spelling.follow)
        spelling.destroyed.connect(unsubscribe)
        spelling.follow(desk.current.value)
        return prompts, spelling

    def _show_prompts(self) -> None:
        self._settings.show(PageName.PROMPTS)
        self._window.activateWindow()

    def _add_actions(self, actions: Actions, effort: EffortControl) -> None:
        actions.add(ActionId.PROMPTS, self.prompts.open)
        actions.add(ActionId.CONTEXT, self.context.open)
        for action_id, one in EFFORTS.items():
            actions.set_note(action_id, partial(effort.time_of, one))

    def close(self) -> None:
        """Hear no more, and end the thread of the spell check; once."""
        self._unsubscribe()
        self._desk.spelling.close()
