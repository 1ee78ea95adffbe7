"""Shows a file in the file manager of the desktop."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from ui.desktop.bus import SessionBus

_NAME: Final = "org.freedesktop.FileManager1"
"""https://www.freedesktop.org/wiki/Specifications/file-manager-interface/"""


class FileManager:
    """Shows files, marked in their folder where the desktop can.  UI thread.

    Args:
        environ: where the message bus is named.
        platform: as `sys.platform`.
        run: starts a program.
        open_folder: shows a folder, where nothing can mark a file in it.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        platform: str = sys.platform,
        run: Callable[[list[str]], object] = subprocess.Popen,
        open_folder: Callable[[QUrl], object] = QDesktopServices.openUrl,
    ) -> None:
        self._environ = environ
        self._platform = platform
        self._run = run
        self._open_folder = open_folder
        self._bus: SessionBus | None = None

    def show(self, path: Path) -> None:
        """Show a file; what goes wrong then is the desktop's to tell."""
        try:
            if self._platform == "win32":
                self._run(["explorer", "/select,", str(path)])
                return
            if self._platform == "darwin":
                self._run(["open", "-R", str(path)])
                return
        except OSError:
            self._show_folder(path)
            return
        self._ask_desktop(path)

    def close(self) -> None:
        """Hang up."""
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.close()

    def _ask_desktop(self, path: Path) -> None:
        if self._bus is None:
            self._bus = SessionBus.open(self._environ)
        if self._bus is None:
            self._show_folder(path)
            return
        self._bus.call(
            _NAME,
            "ShowItems",
            "ass",
            ([path.absolute().as_uri()], ""),
            path="/org/freedesktop/FileManager1",
            on_error=lambda: self._show_folder(path),
        )

    def _show_folder(self, path: Path) -> None:
        self._open_folder(QUrl.fromLocalFile(str(path.parent)))
