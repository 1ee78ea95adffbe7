"""The tags above the list of chats: which chats are shown is chosen by them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget
from typing_extensions import override

from app.words import Words
from ui.controls.button import PaintedButton
from ui.controls.painting import RING, draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

_WIDEST: Final = 120


class TagChip(PaintedButton):
    """One tag that can be on.

    Args:
        theme: the look.
        text: what stands there.
        name: its accessible name.
        parent: the widget it lives in.
    """

    def __init__(self, theme: Theme, text: str, name: str, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def _pad(self) -> int:
        return self._theme.scaled(Space.GAP)

    @override
    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.fonts.text(TypeSize.SMALL))
        width = metrics.horizontalAdvance(self.text()) + 2 * self._pad + 2
        return QSize(min(width, self._theme.scaled(_WIDEST)), self._theme.scaled(Size.CHIP))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, theme, is_on = QPainter(self), self._theme, self.isChecked()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        fill = "soft" if is_on else "hover" if self.is_hovered else None
        line = "accent" if is_on else "edge" if theme.colors.is_high_contrast else "border"
        color = theme.color(fill) if fill else None  # type: ignore[arg-type]
        draw_box(painter, box, box.height() / 2, fill=color, line=theme.color(line))  # type: ignore[arg-type]
        if self.has_ring:
            draw_box(painter, box, box.height() / 2, line=theme.color("focus"), width=RING)
        font = theme.fonts.text(TypeSize.SMALL)
        painter.setFont(font)
        painter.setPen(theme.color("accent" if is_on else "muted"))
        room = self.rect().adjusted(self._pad, 0, -self._pad, 0)
        text = QFontMetrics(font).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width() + 1
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), text)


class TagRow(QWidget):
    """One line of tags, those on most chats first; what does not fit is in a menu.

    Hidden while no chat has a tag.

    Signals:
        chosen: (tags: tuple[str, ...]) only chats with all of these are wanted.
        removed: (tag: str) no chat is to have it any more.
    """

    chosen = Signal(object)
    removed = Signal(str)

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._tags: tuple[str, ...] = ()
        self._on: tuple[str, ...] = ()
        self.chips: dict[str, TagChip] = {}
        self.more = TagChip(theme, "…", words("More tags"), self)
        self.more.setCheckable(False)
        self.more.clicked.connect(self._open_menu)
        self.setAccessibleName(words("Tags"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._arrange)
        self.hide()

    @property
    def on(self) -> tuple[str, ...]:
        """The tags that are chosen."""
        return self._on

    def show_tags(self, tags: tuple[str, ...]) -> None:
        """Offer these; one that is gone is chosen no more."""
        if tags == self._tags:
            return
        self._tags = tags
        for tag in [one for one in self.chips if one not in tags]:
            self.chips.pop(tag).deleteLater()
        kept = tuple(tag for tag in self._on if tag in tags)
        is_other = kept != self._on
        self._on = kept
        self.setVisible(bool(tags))
        self._arrange()
        if is_other:
            self.chosen.emit(kept)

    def clear(self) -> None:
        """Choose none."""
        self._choose(())

    def make_menu(self) -> QMenu:
        """All tags."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for tag in self._tags:
            one = menu.addAction(tag.replace("&", "&&"))
            one.setCheckable(True)
            one.setChecked(tag in self._on)
            one.triggered.connect(lambda _=False, tag=tag: self.toggle(tag))
        return menu

    def make_tag_menu(self, tag: str) -> QMenu:
        """What can be done with one tag."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        remove = menu.addAction(self._words("Take this tag off all chats"))
        remove.triggered.connect(lambda: self.removed.emit(tag))
        return menu

    def toggle(self, tag: str) -> None:
        """Choose a tag as well, or no more."""
        on = tuple(one for one in self._on if one != tag)
        self._choose(on if tag in self._on else (*on, tag))

    @override
    def sizeHint(self) -> QSize:
        return QSize(10, self._theme.scaled(Size.CHIP))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _choose(self, tags: tuple[str, ...]) -> None:
        if tags != self._on:
            self._on = tags
            self._arrange()
            self.chosen.emit(tags)

    def _open_menu(self) -> None:
        self.make_menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _arrange(self) -> None:
        """What is chosen comes first, so that it can always be seen and taken back."""
        order = [*self._on, *(tag for tag in self._tags if tag not in self._on)]
        more = self.more.sizeHint().width() + Space.TINY
        x, height, shown = 0, self._theme.scaled(Size.CHIP), 0
        for at, tag in enumerate(order):
            chip = self._chip(tag)
            width = chip.sizeHint().width()
            is_last = at + 1 == len(order)
            if x + width + (0 if is_last else more) > self.width():
                break
            chip.setGeometry(x, 0, width, height)
            x += width + Space.TINY
            shown += 1
        for at, tag in enumerate(order):
            if at < shown or tag in self.chips:
                self._chip(tag).setVisible(at < shown)
        self.more.setVisible(shown < len(order))
        self.more.setGeometry(x, 0, self.more.sizeHint().width(), height)
        self.updateGeometry()

    def _chip(self, tag: str) -> TagChip:
        if tag not in self.chips:
            chip = TagChip(self._theme, tag, self._words("Only chats tagged {tag}", tag=tag), self)
            chip.clicked.connect(lambda: self.toggle(tag))
            chip.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            chip.customContextMenuRequested.connect(
                lambda at: self.make_tag_menu(tag).popup(chip.mapToGlobal(at))
            )
            self.chips[tag] = chip
        self.chips[tag].setChecked(tag in self._on)
        return self.chips[tag]
