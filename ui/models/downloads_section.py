"""Downloads that are not over, as rows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.desk import Downloads
from app.models.values import Download, DownloadState
from ui.chat.tools.doors import while_alive
from ui.controls.row_card import PlainRows
from ui.models.download_row import DownloadRow
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection


class DownloadsSection(QWidget):
    """Rows of downloads; hidden while there are none.

    One that was cancelled keeps its row, with the way back, until the page is opened again.

    Signals:
        resized: it needs another height.

    Args:
        desk: what the page works with.
        downloads: what is being fetched.
        on_ended: told when a download became one of the user's models.
    """

    resized = Signal()

    def __init__(
        self, desk: SettingsDesk, downloads: Downloads, on_ended: Callable[[], None]
    ) -> None:
        super().__init__()
        self._desk = desk
        self._downloads = downloads
        self._on_ended = on_ended
        self.rows: dict[str, DownloadRow] = {}
        self._cancelled: dict[str, Download] = {}
        self._ended: frozenset[str] = frozenset()
        self._held = QVBoxLayout()
        self._held.setContentsMargins(0, 0, 0, 0)
        held = QWidget()
        held.setLayout(self._held)
        words = desk.words
        remark = words("They go on when Sotto starts again.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(SettingsSection(desk.theme, words("Downloads"), remark, held))
        unsubscribe = downloads.subscribe(while_alive(self, self.show_downloads))
        self.destroyed.connect(unsubscribe)
        self.show_downloads()

    def forget_cancelled(self) -> None:
        """The page is opened anew: what was cancelled before stays so."""
        self._cancelled.clear()
        self.show_downloads()

    def show_downloads(self) -> None:
        """Show what there is now."""
        found = self._downloads.all()
        ended = frozenset(one.model.id for one in found if one.state is DownloadState.DONE)
        going = {one.model.id: one for one in found if one.state is not DownloadState.DONE}
        for id_ in going:
            self._cancelled.pop(id_, None)
        shown = {**going, **self._cancelled}
        if tuple(shown) != tuple(self.rows):
            self._lay_out(shown)
        self.setVisible(bool(shown))
        for id_, download in going.items():
            self.rows[id_].show_download(download)
        if ended - self._ended:
            self._on_ended()
        self._ended = ended

    def _lay_out(self, shown: dict[str, Download]) -> None:
        """Rows that stay keep their focus and what they say."""
        kept = {id_: self.rows.get(id_) or self._make_row(one) for id_, one in shown.items()}
        while (item := self._held.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                for row in kept.values():
                    if row.parent() is old:
                        row.setParent(self)
                old.hide()
                old.deleteLater()
        self.rows = kept
        if kept:
            self._held.addWidget(PlainRows(self._desk.theme, *kept.values()))
            for row in kept.values():
                row.show()
        self.resized.emit()

    def _make_row(self, download: Download) -> DownloadRow:
        row, id_ = DownloadRow(self._desk.theme, self._desk.words), download.model.id
        row.show_download(download)
        row.pause_requested.connect(lambda: self._downloads.pause(id_))
        row.resume_requested.connect(lambda: self._downloads.resume(id_))
        row.cancel_requested.connect(lambda: self._cancel(row, id_))
        row.undo_requested.connect(lambda: self._take_up(id_))
        row.resized.connect(self.resized)
        return row

    def _cancel(self, row: DownloadRow, id_: str) -> None:
        if row.download is None:
            return
        self._cancelled[id_] = row.download
        self._downloads.cancel(id_)
        row.show_cancelled()

    def _take_up(self, id_: str) -> None:
        cancelled = self._cancelled.pop(id_, None)
        if cancelled is not None:
            self._downloads.start(cancelled.model, cancelled.folder)
