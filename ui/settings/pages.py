"""Makes the settings screen with all its pages."""

from __future__ import annotations

from ui.card.page import CardPage
from ui.lab.page import LabPage
from ui.models.page import ModelsPage
from ui.settings.adapters_page import AdaptersPage
from ui.settings.answers_page import AnswersPage
from ui.settings.appearance_page import AppearancePage
from ui.settings.desk import SettingsDesk
from ui.settings.desktop_page import DesktopPage
from ui.settings.diagnostics_page import DiagnosticsPage
from ui.settings.instructions_page import InstructionsPage
from ui.settings.machines_page import MachinesPage
from ui.settings.model_page import ModelPage
from ui.settings.page_name import PageName
from ui.settings.permissions_page import PermissionsPage
from ui.settings.privacy_page import PrivacyPage
from ui.settings.prompts_page import PromptsPage
from ui.settings.safeguards_page import SafeguardsPage
from ui.settings.screen import PageDoor, SettingsScreen
from ui.settings.servers_page import ServersPage
from ui.settings.tools_page import ToolsPage
from ui.settings.trash_page import TrashPage
from ui.settings.web_page import WebPage


def make_settings(desk: SettingsDesk) -> SettingsScreen:
    """The screen, its pages in the order of their list."""
    words, name = desk.words, PageName
    return SettingsScreen(
        desk,
        (
            PageDoor(name.MODELS, ModelsPage, words("Models"), "library"),
            PageDoor(name.MODEL, ModelPage, words("Model and memory"), "cpu"),
            PageDoor(name.CARD, CardPage, words("About the model"), "info"),
            PageDoor(name.LAB, LabPage, words("Evaluation lab"), "chart-line"),
            PageDoor(name.ADAPTERS, AdaptersPage, words("Adapters"), "layers"),
            PageDoor(name.ANSWERS, AnswersPage, words("Answers"), "gauge"),
            PageDoor(name.INSTRUCTIONS, InstructionsPage, words("Instructions"), "notebook-pen"),
            PageDoor(name.PROMPTS, PromptsPage, words("Prompts"), "square-slash"),
            PageDoor(name.SAFEGUARDS, SafeguardsPage, words("Safeguards"), "shield"),
            PageDoor(name.TOOLS, ToolsPage, words("Tools"), "wrench"),
            PageDoor(name.WEB, WebPage, words("Web"), "globe"),
            PageDoor(name.SERVERS, ServersPage, words("Servers of tools"), "plug"),
            PageDoor(name.PERMISSIONS, PermissionsPage, words("Permissions"), "shield-check"),
            PageDoor(name.MACHINES, MachinesPage, words("Other machines"), "hard-drive"),
            PageDoor(name.PRIVACY, PrivacyPage, words("Privacy and data"), "lock"),
            PageDoor(name.TRASH, TrashPage, words("Trash"), "trash-2"),
            PageDoor(name.APPEARANCE, AppearancePage, words("Appearance"), "sun-moon"),
            PageDoor(name.DESKTOP, DesktopPage, words("Desktop"), "monitor"),
            PageDoor(name.DIAGNOSTICS, DiagnosticsPage, words("Diagnostics"), "file-text"),
        ),
    )
