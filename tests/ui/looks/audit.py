"""What can be said of any window without knowing what it shows: facts of geometry and pixels.

Each finding is one line of text that names the widget, so that an empty list is the wish.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QWidget,
)

Pixels = NDArray[np.uint8]

LEAST_CONTRAST = 4.5
"""Of text against what is behind it (WCAG 2.2, success criterion 1.4.3, level AA)."""

_SLACK_PX = 1
_RATIO = 2
_PLACES = np.array([65_536, 256, 1], np.uint32)
"""Makes one number of the three parts of a colour."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A window as it is painted.

    Attributes:
        pixels: shape (height, width, 3), RGB.
        ratio: of its pixels to the window's.
    """

    pixels: Pixels
    ratio: float

    @classmethod
    def of(cls, window: QWidget) -> Picture:
        """Paint a window, twice as large, so that thin letters reach their full colour."""
        image = QImage(window.size() * _RATIO, QImage.Format.Format_RGB888)
        image.setDevicePixelRatio(_RATIO)
        window.render(image)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
        pixels = rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3)
        return cls(pixels.copy(), image.devicePixelRatio())

    def part(self, place: QRect) -> Pixels:
        """The pixels of a rectangle of the window."""
        left, top = round(place.left() * self.ratio), round(place.top() * self.ratio)
        right = round((place.right() + 1) * self.ratio)
        bottom = round((place.bottom() + 1) * self.ratio)
        return self.pixels[max(0, top) : bottom, max(0, left) : right]


def geometry_findings(window: QWidget) -> list[str]:
    """Children that stick out, words that are cut off, neighbours that lie over each other."""
    found: list[str] = []
    for widget in _shown(window):
        found += _sticking_out(widget)
        found += _cut_words(widget)
        found += _overlaps(widget)
    return found


def contrast_findings(window: QWidget, least: float = LEAST_CONTRAST) -> list[str]:
    """Words that stand out too little from what is behind them; disabled ones may."""
    picture = Picture.of(window)
    found = []
    for widget in _shown(window):
        if not _words_of(widget) or not widget.isEnabled():
            continue
        seen = _seen_part(widget, window)
        if seen.height() < 0.8 * widget.height() or _is_covered(widget, seen, window):
            continue
        ratio = contrast(picture.part(seen))
        if ratio < least:
            found.append(f"{name_of(widget)}: contrast {ratio:.2f}")
    return found


def contrast(pixels: Pixels) -> float:
    """Of the most frequent colour to the one that differs most from it, by WCAG's formula."""
    packed = pixels.reshape(-1, 3).astype(np.uint32) @ _PLACES
    colours, counts = np.unique(packed, return_counts=True)
    light = _luminance((colours[:, None] // _PLACES % 256).astype(np.uint8))
    behind = light[counts.argmax()]
    lighter, darker = np.maximum(light, behind), np.minimum(light, behind)
    return float(((lighter + 0.05) / (darker + 0.05)).max())


def _luminance(colours: Pixels) -> NDArray[np.float64]:
    """Relative luminance of sRGB colours (WCAG 2.2, definition of the same name)."""
    part = colours.astype(np.float64) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]), np.float64)


def name_of(widget: QWidget) -> str:
    """Kind, words and place of a widget, for people."""
    words = " ".join(_words_of(widget).split())[:40] or widget.accessibleName()[:40]
    place = widget.geometry()
    where = f"{place.x()},{place.y()} {place.width()}x{place.height()}"
    return f"{type(widget).__name__} {words!r} in {type(widget.parentWidget()).__name__} ({where})"


def _shown(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and not widget.isWindow() and _is_own(widget):
            yield widget


def _is_own(widget: QWidget) -> bool:
    """Not a part that Qt itself places, such as a scroll area's viewport and bars."""
    return not widget.objectName().startswith("qt_")


def _words_of(widget: QWidget) -> str:
    if isinstance(widget, QLabel):
        return widget.text()
    return widget.text() if isinstance(widget, QAbstractButton) else ""


def _sticking_out(widget: QWidget) -> list[str]:
    parent = widget.parentWidget()
    if parent is None or _scrolls(parent) or isinstance(parent, QMainWindow | QStackedWidget):
        return []
    inside, place = parent.rect(), widget.geometry()
    too_far = max(inside.left() - place.left(), place.right() - inside.right())
    return [f"{name_of(widget)} sticks out by {too_far} px"] if too_far > _SLACK_PX else []


def _scrolls(parent: QWidget) -> bool:
    return isinstance(parent.parentWidget(), QAbstractScrollArea)


def _cut_words(widget: QWidget) -> list[str]:
    if isinstance(widget, QLabel) and widget.text():
        return [] if _paints_itself(widget) else _cut_label(widget)
    wanted = widget.minimumSizeHint()
    if isinstance(widget, QAbstractButton) and widget.width() + _SLACK_PX < wanted.width():
        return [f"{name_of(widget)} needs a width of {wanted.width()}"]
    return []


def _paints_itself(label: QLabel) -> bool:
    """It shortens its words by rules of its own."""
    return type(label).paintEvent is not QLabel.paintEvent


def _cut_label(label: QLabel) -> list[str]:
    if label.wordWrap():
        wanted = label.heightForWidth(label.width())
        if label.height() + _SLACK_PX < wanted:
            return [f"{name_of(label)} needs a height of {wanted}"]
        return []
    wide = label.sizeHint().width()
    is_rich = label.textFormat() == Qt.TextFormat.RichText
    if not is_rich and label.width() + _SLACK_PX < wide:
        return [f"{name_of(label)} needs a width of {wide}"]
    return []


def _overlaps(parent: QWidget) -> list[str]:
    """Widgets of one layout never lie over each other; what floats above is in none."""
    layout = parent.layout()
    if layout is None or isinstance(parent, QStackedWidget):
        return []
    items = [item for index in range(layout.count()) if (item := layout.itemAt(index))]
    shown = [
        (widget, item.geometry())
        for item in items
        if (widget := item.widget()) is not None and widget.isVisible()
    ]
    found = []
    for number, (one, place) in enumerate(shown):
        for other, its_place in shown[number + 1 :]:
            common = place.intersected(its_place)
            if common.width() > _SLACK_PX and common.height() > _SLACK_PX:
                found.append(f"{name_of(one)} lies over {name_of(other)}")
    return found


def _is_covered(widget: QWidget, seen: QRect, window: QWidget) -> bool:
    """Something that floats, as the drawer does, lies over it."""
    inside = seen.adjusted(1, 1, -1, -1)
    for point in (inside.topLeft(), inside.topRight(), inside.center(), inside.bottomLeft()):
        top = window.childAt(point)
        if top is not None and top is not widget and not widget.isAncestorOf(top):
            return True
    return False


def _seen_part(widget: QWidget, window: QWidget) -> QRect:
    """Where a widget is seen: what a scroll area or a parent cuts off is not."""
    seen = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        seen = seen.intersected(QRect(parent.mapTo(window, QPoint(0, 0)), parent.size()))
        parent = parent.parentWidget()
    return seen.intersected(window.rect())
