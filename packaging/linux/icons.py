"""Draws the app's icon in all sizes from `sotto.svg`, into `icons/`; needs PySide6.

QT_QPA_PLATFORM=offscreen .venv/bin/python packaging/linux/icons.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

HERE: Final = Path(__file__).resolve().parent
SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def draw(edge: int) -> QImage:
    """The icon in a square of so many pixels."""
    image = QImage(edge, edge, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(HERE / "sotto.svg")).render(painter)
    painter.end()
    return image


if __name__ == "__main__":
    for size in SIZES:
        draw(size).save(str(HERE / "icons" / f"{size}x{size}.png"))
