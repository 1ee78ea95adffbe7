"""Tools that run on this computer: what new chats begin with, Python, the user's functions."""

from __future__ import annotations

from typing_extensions import override

from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.settings.section import SettingsSection
from ui.settings.tools.functions_section import FunctionsSection
from ui.settings.tools.python_section import PythonSection
from ui.settings.tools.rows import SwitchRow


class ToolsPage(SettingsPage):
    """What chats begin with, where code runs, and the folder of functions."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Tools"))
        words = desk.words
        self._tools = desk.tools
        self.python_on = SwitchRow(
            desk,
            "tools_python",
            words("Python"),
            words("Calculates, draws and works on this chat's files."),
        )
        self.files_on = SwitchRow(
            desk,
            "tools_files",
            words("Files"),
            words("Lists and reads this chat's files, and changes nothing."),
        )
        self.web_on = SwitchRow(
            desk,
            "tools_browser",
            words("Web"),
            words("Searches the web and reads pages. You are asked first, unless you made a rule."),
        )
        self.functions_on = SwitchRow(
            desk,
            "tools_functions",
            words("Servers and functions"),
            words("All servers of tools and all functions of yours."),
        )
        self.python = PythonSection(desk)
        self.functions = FunctionsSection(desk)
        remark = words("Each chat has its own switches, below the message.")
        rows = (self.python_on, self.files_on, self.web_on, self.functions_on)
        self.add(SettingsSection(desk.theme, words("New chats begin with"), remark, *rows))
        self.add(self.python)
        self.add(self.functions)
        for section in (self.python, self.functions):
            section.resized.connect(self.settle)

    @override
    def refresh(self) -> None:
        self._tools.begin()
        self.python.refresh()
        self.functions.refresh()
