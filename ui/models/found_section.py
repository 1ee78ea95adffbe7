"""Models that are on this computer already, as a section of the page of models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.desk import ModelDesk
from ui.models.doors import ModelDoors
from ui.models.finding_panel import FindingPanel
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection
from ui.theme.tokens import Space


class FoundSection(QWidget):
    """The panel that finds models, in a card.

    Signals:
        resized: it needs another height.
        added: (model: LibraryModel) it is one of the user's models now.

    Args:
        desk: what the page works with.
        models: the models.
        doors: questions to the user.
    """

    resized = Signal()
    added = Signal(object)

    def __init__(self, desk: SettingsDesk, models: ModelDesk, doors: ModelDoors) -> None:
        super().__init__()
        words, theme = desk.words, desk.theme
        title = words("Choose gpt-oss model files")
        self.panel = FindingPanel(
            theme, words, models, lambda: doors.ask_files(self, words, title), adds=True
        )
        held = QWidget()
        inner = QVBoxLayout(held)
        inner.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        inner.addWidget(self.panel)
        remark = words("No copy is made: the file is linked, or used where it is.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(SettingsSection(theme, words("Already on this computer"), remark, held))
        self.panel.taken.connect(self.added)
        self.panel.resized.connect(self.resized)

    def take_files(self, paths: Sequence[Path]) -> None:
        """Look at files or folders that the user dropped, and take what can be used."""
        self.panel.examine(paths)
