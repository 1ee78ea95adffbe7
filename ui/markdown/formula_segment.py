"""A formula on its own lines; its source while it is written or when it cannot be drawn."""

from __future__ import annotations

from html import escape
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget
from typing_extensions import override

from ui.markdown.blocks import FormulaBlock
from ui.markdown.code_text import CodeText
from ui.markdown.context import MarkdownContext
from ui.markdown.formulas import Formula
from ui.markdown.segment import Segment
from ui.markdown.selected_ground import selected_ground
from ui.markdown.specs import Spec
from ui.markdown.typesetter import FormulaKey
from ui.theme.tokens import TypeSize

_MARGIN: Final = 4
_SMALLEST: Final = 0.6
"""Wider formulas are shrunk down to this; beyond it their source is shown, which scrolls."""


class FormulaSegment(Segment):
    """Show one formula, centred.

    Args:
        context: shared with all segments.
        parent: the column.
    """

    def __init__(self, context: MarkdownContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._block = FormulaBlock("")
        self._formula: Formula | None = None
        self._image: QImage | None = None
        self._scale = 1.0
        self._is_marked = False
        self.source = CodeText(context, self)
        """Shows the LaTeX while there is no drawing."""
        context.typesetter.arrived.connect(self._on_formulas)
        context.theme.changed.connect(self._on_theme_changed)

    @property
    def is_drawn(self) -> bool:
        """Whether the formula itself is shown, not its source."""
        return self.source.isHidden()

    @override
    def show_spec(self, spec: Spec) -> bool:
        if not isinstance(spec, FormulaBlock):
            return False
        self._block = spec
        self.setAccessibleName(spec.tex)
        self.source.setAccessibleName(self._context.words("Formula"))
        self.source.set_code("", spec.tex, is_open=spec.is_open)
        self._look_up()
        return True

    @override
    def fit(self, width: int) -> int:
        formula = self._formula
        self._scale = 1.0
        fits = False
        if formula is not None and formula.svg:
            self._scale = min(1.0, width / max(1.0, formula.width))
            fits = self._scale >= _SMALLEST
        self.source.setVisible(not fits)
        if fits and formula is not None:
            return round(formula.height * self._scale) + 2 * _MARGIN
        self.source.resize(width, max(1, self.source.height()))
        height = self.source.height_needed()
        self.source.setGeometry(0, 0, width, height)
        return height

    @override
    def whole_text(self) -> str:
        return f"$${self._block.tex}$$" if self.is_drawn else ""

    @override
    def whole_html(self) -> str:
        return f"<p>{escape(self.whole_text())}</p>" if self.is_drawn else ""

    @override
    def mark_whole(self, *, is_marked: bool) -> None:
        self._is_marked = is_marked
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._formula is None or not self.is_drawn:
            return
        if self._is_marked:
            QPainter(self).fillRect(self.rect(), selected_ground(self._context.theme))
        ratio = self.devicePixelRatioF() * self._scale
        if self._image is None or self._image.devicePixelRatio() != ratio:
            self._image = self._context.typesetter.image(self._formula, ratio)
        size = self._formula.width * self._scale, self._formula.height * self._scale
        place = QRectF((self.width() - size[0]) / 2, _MARGIN, *size)
        QPainter(self).drawImage(place, self._image)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        tex = self._block.tex
        menu.addAction(self._context.words("Copy LaTeX"), lambda: self._context.copy(tex))
        menu.popup(event.globalPos())

    def _look_up(self) -> None:
        self._formula = None
        self._image = None
        if not self._block.is_open and self._block.tex:
            theme = self._context.theme
            size = theme.fonts.text(TypeSize.BODY + 2).pixelSize()
            key = FormulaKey(self._block.tex, size, theme.colors.text, is_display=True)
            self._formula = self._context.typesetter.find(key)

    def _on_formulas(self) -> None:
        if self._formula is not None or self._block.is_open:
            return
        self._look_up()
        self.update()
        self.height_changed.emit()

    def _on_theme_changed(self) -> None:
        self._look_up()
        self.update()
