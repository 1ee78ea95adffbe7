"""Where code runs: in a closed box, or nowhere until the user has said otherwise."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from app.tools.python.tool import RUN_SECONDS
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import Limits, SandboxKind
from ui.controls.setting_row import SettingRow
from ui.controls.signs import Hairline
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection
from ui.settings.tools.rows import SwitchRow


class PythonSection(SettingsSection):
    """Says what holds code, and asks for consent where nothing does.

    Signals:
        resized: it needs another height.

    Args:
        desk: what the pages work with.
    """

    resized = Signal()

    def __init__(self, desk: SettingsDesk) -> None:
        words, theme = desk.words, desk.theme
        self._words = words
        self._tools = desk.tools
        self._is_waiting = False
        self.state = SettingRow(theme, words("Where code runs"), words("Being looked at…"))
        limits = Limits()
        self.limits = SettingRow(
            theme,
            words("Limits"),
            words(
                "Each call: {minutes} minutes, {memory} GB of memory, {disk} MB of files.",
                minutes=round(RUN_SECONDS / 60),
                memory=limits.memory_bytes >> 30,
                disk=limits.disk_bytes >> 20,
            ),
        )
        self.consent = SwitchRow(
            desk,
            "python_without_sandbox_accepted",
            words("Run code without a box"),
            words(
                "Code the model writes could then read, change and send anything you can. "
                "Each call is still asked about. Only switch this on if you read the code."
            ),
        )
        self._line = Hairline(theme)
        held = QWidget()
        rows = QVBoxLayout(held)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for row in (self.state, self._line, self.consent):
            rows.addWidget(row)
        super().__init__(theme, words("Python"), "", held, self.limits)
        self._ask(is_asked=False)

    def refresh(self) -> None:
        """Find out what there is, if that is not known yet."""
        sandbox = self._tools.sandbox
        if sandbox.done() or self._is_waiting:
            self._show()
            return
        self._is_waiting = True

        def found(_: Future[Sandbox]) -> None:
            self._tools.post(self._show)

        sandbox.add_done_callback(found)

    def _show(self) -> None:
        sandbox = self._tools.sandbox
        if not isValid(self) or not sandbox.done():
            return
        words = self._words
        kind = SandboxKind.NONE if sandbox.exception() else sandbox.result().kind
        self.state.set_hint(
            {
                SandboxKind.BUBBLEWRAP: words(
                    "In a closed box: no network, only the files of its own chat."
                ),
                SandboxKind.LANDLOCK: words(
                    "In a closed box (the simpler kind): no network, only the files of its own "
                    "chat."
                ),
                SandboxKind.NONE: words(
                    "This computer has no closed box for code (on Linux: install bubblewrap). "
                    "Python and your functions are off."
                ),
            }[kind]
        )
        self._ask(is_asked=kind is SandboxKind.NONE)
        self.resized.emit()

    def _ask(self, *, is_asked: bool) -> None:
        self.consent.setVisible(is_asked)
        self._line.setVisible(is_asked)
