"""Formulas typeset on a thread of their own, so that no frame waits for one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from ui.markdown.formulas import Formula, typeset
from ui.markdown.highlighting import highlight

_KEPT: Final = 2000
_KEPT_IMAGES: Final = 300


@dataclass(frozen=True, slots=True)
class FormulaKey:
    """Which drawing is wanted: see `ui.markdown.formulas.typeset`."""

    tex: str
    size: int
    color: str
    is_display: bool


class Typesetter(QObject):
    """Hand out formulas that are drawn; order those that are not.  UI thread.

    The thread starts with the first order and ends with `close`, or with the process.

    Signals:
        arrived: some formulas that were ordered are there now.
    """

    arrived = Signal()
    _drawn = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._formulas: dict[FormulaKey, Formula] = {}
        self._images: dict[tuple[bytes, float, float], QImage] = {}
        self._ordered: set[FormulaKey] = set()
        self._orders: SimpleQueue[FormulaKey | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[FormulaKey, Formula]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._drawn.connect(self._on_drawn, Qt.ConnectionType.QueuedConnection)

    def find(self, key: FormulaKey) -> Formula | None:
        """A formula, or None while it is being drawn (`arrived` follows)."""
        found = self._formulas.get(key)
        if found is None and key not in self._ordered:
            self._ordered.add(key)
            self._orders.put(key)
            self._start()
        return found

    def image(self, formula: Formula, ratio: float, below: float = 0.0) -> QImage:
        """A formula as an image; see `draw`.  Do not change it: it is shared."""
        key = (formula.svg, ratio, below)
        found = self._images.get(key)
        if found is None:
            if len(self._images) >= _KEPT_IMAGES:
                self._images.pop(next(iter(self._images)))
            found = self._images[key] = draw(formula, ratio, below)
        return found

    def warm_up(self) -> None:
        """Load fonts and lexers before somebody waits for them."""
        self.find(FormulaKey("x", 17, "#000000", is_display=False))

    def close(self) -> None:
        """End the thread after the formula it is drawing."""
        if self._thread is not None:
            self._orders.put(None)
            self._thread.join()
            self._thread = None
        self._is_closed = True

    def _start(self) -> None:
        if self._thread is None and not self._is_closed:
            self._thread = threading.Thread(target=self._work, name="formulas", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        highlight("python", "x")  # loads what the first code block needs
        while (key := self._orders.get()) is not None:
            formula = typeset(key.tex, key.size, key.color, is_display=key.is_display)
            self._done.put((key, formula))
            try:
                self._drawn.emit()
            except RuntimeError:
                return  # the window is gone

    def _on_drawn(self) -> None:
        any_new = False
        while True:
            try:
                key, formula = self._done.get_nowait()
            except Empty:
                break
            if len(self._formulas) >= _KEPT:
                self._formulas.pop(next(iter(self._formulas)))
            self._formulas[key] = formula
            self._ordered.discard(key)
            any_new = True
        if any_new:
            self.arrived.emit()


def draw(formula: Formula, ratio: float, below: float = 0.0) -> QImage:
    """A formula as an image with empty room below it.

    Args:
        formula: must have been drawn.
        ratio: device pixels per logical pixel.
        below: logical px.
    """
    width = max(1, round(formula.width * ratio))
    height = max(1, round((formula.height + below) * ratio))
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    place = QRectF(0, 0, formula.width * ratio, formula.height * ratio)
    QSvgRenderer(QByteArray(formula.svg)).render(painter, place)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image
