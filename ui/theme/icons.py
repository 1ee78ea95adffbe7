"""Lucide icons in any colour, size and device ratio, drawn once and kept.

The files and their licence are in `resources/icons`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_STROKE_PX: Final = 1.3125
"""Stroke of every icon in logical px: 1.75 of 24 at the usual 18 px."""


class Icons:
    """Draw icons.  UI thread.

    Args:
        folder: where the SVG files are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}

    def pixmap(self, name: str, color: str, size: int, ratio: float = 1.0) -> QPixmap:
        """An icon as a pixmap.

        Args:
            name: a Lucide name, e.g. "lock".
            color: "#RRGGBB" for the strokes.
            size: edge in logical px.
            ratio: device pixels per logical pixel.
        """
        key = (name, color, size, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._draw(name, color, size, ratio)
        return found

    def icon(self, name: str, color: str, size: int, ratio: float = 1.0) -> QIcon:
        """An icon for menus and windows."""
        return QIcon(self.pixmap(name, color, size, ratio))

    def _draw(self, name: str, color: str, size: int, ratio: float) -> QPixmap:
        edge = max(1, round(size * ratio))
        pixmap = QPixmap(edge, edge)
        pixmap.fill(Qt.GlobalColor.transparent)
        stroke = _STROKE_PX * 24 / max(size, 1) if size <= 18 else 1.75
        text = self._source(name).replace("currentColor", color)
        text = re.sub(r'stroke-width="[\d.]+"', f'stroke-width="{stroke:.3f}"', text)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, edge, edge))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _source(self, name: str) -> str:
        if name not in self._sources:
            self._sources[name] = (self._folder / f"{name}.svg").read_text("utf-8")
        return self._sources[name]
