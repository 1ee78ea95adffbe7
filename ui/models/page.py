"""The page of models: those that are here, on their way, offered, and elsewhere on the disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from typing_extensions import override

from app.chats.changes import StatusChanged
from ui.controls.button import ButtonKind, TextButton
from ui.models.doors import ModelDoors
from ui.models.downloads_section import DownloadsSection
from ui.models.found_section import FoundSection
from ui.models.keeping_section import KeepingSection
from ui.models.library_section import LibrarySection
from ui.models.offered_section import OfferedSection
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.settings.page_name import PageName


class ModelsPage(SettingsPage):
    """Everything about which models there are.

    Args:
        desk: what the page works with.
        doors: questions to the user.
    """

    def __init__(self, desk: SettingsDesk, doors: ModelDoors | None = None) -> None:
        super().__init__(desk, desk.words("Models"))
        models, asking = desk.models(), doors or ModelDoors()
        self.downloads = DownloadsSection(desk, models.downloads, models.library.refresh)
        self.library = LibrarySection(desk, models, asking)
        self.offered = OfferedSection(desk, models)
        self.found = FoundSection(desk, models, asking)
        self.keeping = KeepingSection(desk, models, asking)
        self.first_start = TextButton(
            desk.theme, desk.words("First start…"), kind=ButtonKind.GHOST, icon="clipboard-list"
        )
        self.first_start.setToolTip(
            desk.words("What this computer can run, and the way to a model.")
        )
        self._sections = (self.downloads, self.library, self.offered, self.found, self.keeping)
        for section in self._sections:
            self.add(section)
            section.resized.connect(self.settle)
        self.add(self.first_start, Qt.AlignmentFlag.AlignLeft)
        self.first_start.clicked.connect(lambda _=False: desk.first_start())
        self.library.settings_requested.connect(self._open_settings)
        self.setAcceptDrops(True)

    @override
    def show_status(self, status: StatusChanged) -> None:
        self.library.show_status(status)

    @override
    def show_busy(self, *, is_busy: bool) -> None:
        self.library.show_busy(is_busy=is_busy)

    @override
    def refresh(self) -> None:
        self.downloads.forget_cancelled()
        self.library.refresh()
        self.offered.refresh()
        self.keeping.refresh()

    def _open_settings(self, id_: str) -> None:
        self.page_requested.emit(PageName.MODEL, id_)

    def take_files(self, paths: tuple[Path, ...]) -> None:
        """Take files that were dropped, here or elsewhere."""
        self.found.take_files(paths)
        self.ensureWidgetVisible(self.found.panel.said, 0, 48)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        paths = tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
        if paths:
            event.acceptProposedAction()
            self.take_files(paths)
