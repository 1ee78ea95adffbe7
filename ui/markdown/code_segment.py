"""A code block: its language, a copy button and the code."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.controls.button import ButtonKind, IconButton, TextButton
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.markdown.blocks import CodeBlock
from ui.markdown.code_text import CodeText
from ui.markdown.context import MarkdownContext
from ui.markdown.segment import Segment
from ui.markdown.specs import Spec
from ui.theme.tokens import Radius, TypeSize

FOLD_ABOVE: Final = 24
"""Finished code with more lines than this is shown folded."""
FOLDED_LINES: Final = 16

_PAD: Final = 14
_HEAD: Final = 36
_BOTTOM: Final = 12
_BUTTON: Final = 28
_COPIED_MS: Final = 1500


class CodeSegment(Segment):
    """Show one code block; while it grows it is never folded.

    Args:
        context: shared with all segments.
        parent: the column.
    """

    def __init__(self, context: MarkdownContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        words = context.words
        self._is_folded = False
        self._was_open = False
        self.label = Label(context.theme, size=TypeSize.SMALL, role="muted", parent=self)
        self.copy_button = IconButton(
            context.theme, "copy", words("Copy code"), size=_BUTTON, parent=self
        )
        self.text = CodeText(context, self)
        self.fold_button = TextButton(
            context.theme, "", kind=ButtonKind.GHOST, compact=True, parent=self
        )
        self.fold_button.hide()
        self._copied = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._copied.timeout.connect(self._show_copy)
        self.copy_button.clicked.connect(self._on_copy)
        self.fold_button.clicked.connect(self._on_fold)
        context.theme.changed.connect(self.update)

    @override
    def show_spec(self, spec: Spec) -> bool:
        if not isinstance(spec, CodeBlock):
            return False
        self._was_open = self._was_open or spec.is_open
        if not self.text.code and not self._was_open:
            self._is_folded = spec.code.count("\n") + 1 > FOLD_ABOVE
        self.text.set_code(spec.language, spec.code, is_open=spec.is_open)
        self.label.setText(spec.language or self._context.words("Code"))
        name = self._context.words("{language} code", language=self.label.text())
        self.text.setAccessibleName(name)
        self._name_fold()
        return True

    @override
    def fit(self, width: int) -> int:
        theme = self._context.theme
        head, button = theme.scaled(_HEAD), theme.scaled(_BUTTON)
        self.copy_button.setGeometry(width - button - 6, 4, button, button)
        self.label.setGeometry(_PAD, 2, max(0, width - button - 2 * _PAD), head - 4)
        self.text.resize(max(1, width - 2 * _PAD), max(1, self.text.height()))
        height = self.text.height_needed()
        if self._is_folded:
            height = min(height, FOLDED_LINES * height // max(1, self._line_count()))
        self.text.setGeometry(_PAD, head, max(1, width - 2 * _PAD), height)
        bottom = head + height
        if not self.fold_button.isHidden():
            size = self.fold_button.sizeHint()
            self.fold_button.setGeometry(_PAD - 10, bottom + 4, size.width(), size.height())
            bottom += size.height() - 2
        return bottom + _BOTTOM

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = self._context.theme
        draw_box(
            QPainter(self),
            QRectF(self.rect()),
            Radius.CODE,
            fill=theme.color("surface"),
            line=theme.color("border"),
        )

    def _line_count(self) -> int:
        return self.text.code.count("\n") + 1

    def _name_fold(self) -> None:
        count = self._line_count()
        can_fold = count > FOLD_ABOVE and not self._was_open
        words = self._context.words
        text = words("Show all {count} lines", count=count) if self._is_folded else words("Fold")
        icon = "chevron-down" if self._is_folded else "chevron-up"
        self.fold_button.set_look(text, icon, ButtonKind.GHOST)
        self.fold_button.setVisible(can_fold)

    def unfold(self) -> None:
        """Show all lines of folded code."""
        if self._is_folded:
            self._on_fold()

    def _on_fold(self) -> None:
        self._is_folded = not self._is_folded
        self._name_fold()
        self.height_changed.emit()

    def _on_copy(self) -> None:
        self._context.copy(self.text.code)
        self.copy_button.set_look("check", self._context.words("Copied"))
        self._copied.start()

    def _show_copy(self) -> None:
        self.copy_button.set_look("copy", self._context.words("Copy code"))
