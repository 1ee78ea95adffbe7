"""The way from a question that needs the web to one that has it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.attachments.values import Files
from app.settings import SettingsFile
from app.tools.browser.provider_settings import SearchProvider
from app.tools.toolbox import BROWSER
from engine.harmony.messages import Effort
from ui.chat.panel import ChatPanel
from ui.chat_commands import ChatCommands


class WebDoor(QObject):
    """Asks a question again with the web on, for this one answer.

    Signals:
        settings_needed: nobody searches yet; the page of the web has to be shown.

    Args:
        service: sends; each call goes the way of all calls, to a permission card.
        panel: where the answers are; owns this.
        settings: say who searches.
    """

    settings_needed = Signal()

    def __init__(self, service: ChatCommands, panel: ChatPanel, settings: SettingsFile) -> None:
        super().__init__(panel)
        self._service = service
        self._settings = settings
        panel.view.honesty.ask_web = self._ask
        panel.view.honesty.set_on(settings.load().honesty_signs)

    def _ask(self, question: str, effort: Effort, files: Files) -> None:
        is_searching = self._settings.load().search_provider is not SearchProvider.NONE
        if is_searching and BROWSER in self._service.tools.available:
            self._service.send(question, effort, (BROWSER,), files)
        else:
            self.settings_needed.emit()
