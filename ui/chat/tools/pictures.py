"""A picture that a tool made: small in the card, large when it is pressed.

Its bytes come from the store and from nowhere else.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QImageReader,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.tools.values import AttachmentRef
from ui.chat.tools.doors import ToolDoors, while_alive
from ui.chat.tools.wording import one_line
from ui.controls.button import PaintedButton, TextButton
from ui.controls.label import ElidedLabel, Label
from ui.controls.painting import draw_box, draw_ring
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Radius, Space, TypeSize

FORMATS: Final = {
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
}
"""What is shown as a picture, by the reader that may read it; the rest are files."""

HEIGHT: Final = 220
_WIDEST: Final = 420
_MOST_PIXELS: Final = 40_000_000
_KIB: Final = 1024
_WORDS_BESIDE: Final = 190
_SCREEN_PART: Final = 0.9


def read_image(data: bytes, media_type: str) -> QImage:
    """The picture, null where it cannot be read or is too large to be drawn."""
    kind = FORMATS.get(media_type)
    if kind is None:
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind.encode()))
    reader.setDecideFormatFromContent(False)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > _MOST_PIXELS:
        return QImage()
    image = reader.read()
    del reader  # it goes before the buffer it reads
    return image


class _Thumbnail(PaintedButton):
    """The picture on a white ground, as plots are made for; pressing enlarges it."""

    def __init__(self, context: MarkdownContext, parent: QWidget) -> None:
        super().__init__(context.theme, parent)
        self.image = QImage()
        self._scaled = QPixmap()

    def show_image(self, image: QImage) -> None:
        self.image = image
        self._scaled = QPixmap()
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        theme = self._theme
        rect = QRectF(self.rect())
        if self.has_ring:
            rect = draw_ring(painter, rect, Radius.CODE, theme.color("focus"))
        path = QPainterPath()
        path.addRoundedRect(rect, Radius.CODE, Radius.CODE)
        painter.setClipPath(path)
        if self.image.isNull():
            draw_box(painter, rect, Radius.CODE, fill=theme.color("hover"))
            return
        painter.fillRect(rect, Qt.GlobalColor.white)
        ratio = self.devicePixelRatio()
        wanted = rect.size().toSize() * ratio
        if self._scaled.size() != wanted:
            keep = Qt.AspectRatioMode.KeepAspectRatio
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = QPixmap.fromImage(self.image.scaled(wanted, keep, smooth))
        size = self._scaled.size() / ratio
        box = QRectF(0, 0, size.width(), size.height())
        box.moveCenter(rect.center())
        painter.drawPixmap(box, self._scaled, QRectF(self._scaled.rect()))
        draw_box(painter, rect, Radius.CODE, line=theme.color("border"))


class Picture(QWidget):
    """A picture with its name, its size and what can be done with it.

    Its height is known before its bytes are there, so that nothing moves when they come.

    Args:
        context: shared with all messages.
        doors: where the bytes come from.
        ref: the stored picture.
        parent: the card.
    """

    def __init__(
        self, context: MarkdownContext, doors: ToolDoors, ref: AttachmentRef, parent: QWidget
    ) -> None:
        super().__init__(parent)
        words, theme = context.words, context.theme
        self._context = context
        self._doors = doors
        self._data = b""
        self.ref = ref
        self.thumbnail = _Thumbnail(context, self)
        self.name = Label(theme, one_line(_title(ref)), wrap=True, parent=self)
        self.facts = ElidedLabel(theme, size=TypeSize.SMALL, role="muted", parent=self)
        self.save_button = TextButton(
            theme, words("Save…"), icon="download", compact=True, parent=self
        )
        self.copy_button = TextButton(theme, words("Copy"), icon="copy", compact=True, parent=self)
        said = words("Picture: {name}", name=self.name.text())
        self.thumbnail.setAccessibleName(said)
        self.thumbnail.setToolTip(words("Show it larger"))
        self.save_button.setAccessibleName(words("Save the picture"))
        self.copy_button.setAccessibleName(words("Copy the picture"))
        self.thumbnail.clicked.connect(self.enlarge)
        self.save_button.clicked.connect(self._save)
        self.copy_button.clicked.connect(self._copy)
        self._enable(False)
        doors.load_attachment(ref.id, while_alive(self, self._take))

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        theme = self._context.theme
        height, widest = theme.scaled(HEIGHT), theme.scaled(_WIDEST)
        beside = theme.scaled(_WORDS_BESIDE)
        is_below = width < beside + theme.scaled(240)
        room = width if is_below else min(widest, width - beside - Space.PAD)
        size = self.thumbnail.image.size()
        wide = round(height * size.width() / max(1, size.height())) if size.height() else room
        shown = max(1, min(room, wide))
        self.thumbnail.setGeometry(0, 0, shown, height)
        x, y = (0, height + Space.GAP) if is_below else (shown + Space.PAD, Space.TINY)
        inner = max(1, width - x)
        for label, lines in ((self.name, 2), (self.facts, 1)):
            line = label.fontMetrics().lineSpacing()
            needed = min(lines * line, label.heightForWidth(inner) if lines > 1 else line)
            label.setGeometry(x, y, inner, max(line, needed))
            y += label.height() + Space.TINY
        y += Space.TINY
        for button in (self.save_button, self.copy_button):
            hint = button.sizeHint()
            button.setGeometry(x, y, hint.width(), hint.height())
            x += hint.width() + Space.GAP
        bottom = y + self.save_button.height()
        return max(height, bottom)

    def enlarge(self) -> None:
        """Show it as large as it is, or as the screen allows."""
        if not self.thumbnail.image.isNull():
            _Enlarged(self._context, self.thumbnail.image, self.name.text(), self.window()).open()

    def _take(self, data: bytes) -> None:
        self._data = data
        image = read_image(data, self.ref.media_type)
        words = self._context.words
        size = words("{size} KB", size=max(1, round(len(data) / _KIB)))
        if image.isNull():
            self.facts.setText(words("It cannot be shown here; {size}", size=size))
            self.save_button.setEnabled(bool(data))
            return
        self.facts.setText(f"{image.width()} × {image.height()}  ·  {size}")
        self.thumbnail.show_image(image)
        self._enable(True)
        self.fit(self.width())

    def _enable(self, enabled: bool) -> None:
        for button in (self.thumbnail, self.save_button, self.copy_button):
            button.setEnabled(enabled)

    def _save(self) -> None:
        if not self._doors.save(self, self.ref.name, self._data):
            self.facts.setText(self._context.words("It could not be saved there."))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self.thumbnail.image)
        self.copy_button.setText(self._context.words("Copied"))


def _title(ref: AttachmentRef) -> str:
    """What a picture says in words; what a library calls it, in angle brackets, is no title."""
    return ref.name if not ref.text or ref.text.startswith("<") else ref.text


class _Enlarged(QDialog):
    """One picture in a window of its own, which scrolls where the screen is smaller."""

    def __init__(self, context: MarkdownContext, image: QImage, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        label = QLabel()
        label.setPixmap(QPixmap.fromImage(image))
        label.setAccessibleName(name)
        area = QScrollArea()
        area.setWidget(label)
        area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        close = TextButton(context.theme, context.words("Close"))
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.addWidget(area)
        column.addLayout(row)
        screen = parent.screen().availableSize() * _SCREEN_PART
        wanted = image.size() + QSize(2 * Space.LARGE, 3 * Space.LARGE)
        self.resize(wanted.boundedTo(screen))
        close.setFocus(Qt.FocusReason.OtherFocusReason)
