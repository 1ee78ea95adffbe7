"""Makes the settings screen with all its pages."""

from __future__ import annotations

from ui.card.page import CardPage
from ui.settings.adapters_page import AdaptersPage
from ui.settings.answers_page import AnswersPage
from ui.settings.appearance_page import AppearancePage
from ui.settings.desk import SettingsDesk
from ui.settings.diagnostics_page import DiagnosticsPage
from ui.settings.machines_page import MachinesPage
from ui.settings.model_page import ModelPage
from ui.settings.permissions_page import PermissionsPage
from ui.settings.screen import SettingsScreen
from ui.settings.servers_page import ServersPage
from ui.settings.tools_page import ToolsPage
from ui.settings.web_page import WebPage


def make_settings(desk: SettingsDesk) -> SettingsScreen:
    """The screen, its pages in the order of their list."""
    return SettingsScreen(
        desk,
        (
            (ModelPage(desk), "cpu"),
            (CardPage(desk), "info"),
            (AdaptersPage(desk), "layers"),
            (AnswersPage(desk), "gauge"),
            (ToolsPage(desk), "wrench"),
            (WebPage(desk), "globe"),
            (ServersPage(desk), "plug"),
            (PermissionsPage(desk), "shield-check"),
            (MachinesPage(desk), "hard-drive"),
            (AppearancePage(desk), "sun-moon"),
            (DiagnosticsPage(desk), "file-text"),
        ),
    )
