"""The whole of a call: what ran, word for word, and what came back."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.tools.records import CallRecord, CallStatus
from app.tools.values import ToolFamily
from ui.chat.tools.result_box import ResultBox
from ui.chat.tools.wording import answered, plain, suggested
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.markdown.blocks import CodeBlock
from ui.markdown.code_segment import CodeSegment
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Space, TypeSize

_GAP: Final = Space.GAP
_ENDED_BADLY: Final = frozenset({CallStatus.FAILED, CallStatus.REFUSED, CallStatus.TIMED_OUT})


class CallDetails(QWidget):
    """Made when a card is opened for the first time.

    Signals:
        height_changed: it needs another height at the same width.
        page_requested: the user wants to see the page the call read.

    Args:
        context: shared with all messages.
        parent: the card.
    """

    height_changed = Signal()
    page_requested = Signal()

    def __init__(self, context: MarkdownContext, parent: QWidget) -> None:
        super().__init__(parent)
        theme, words = context.theme, context.words
        self._context = context
        self.who = Label(theme, size=TypeSize.CODE, role="muted", wrap=True, parent=self)
        self.body = CodeSegment(context, self)
        self.original_name = Label(
            theme,
            words("You changed it before it ran. The model wrote:"),
            size=TypeSize.CODE,
            role="muted",
            wrap=True,
            parent=self,
        )
        self.original = CodeSegment(context, self)
        self.result = ResultBox(context, self)
        self.page_button = TextButton(
            theme,
            words("Show the page"),
            kind=ButtonKind.GHOST,
            icon="file-text",
            compact=True,
            parent=self,
        )
        self.page_button.clicked.connect(self.page_requested)
        for code in (self.body, self.original):
            code.height_changed.connect(self.height_changed)

    def show_call(self, call: CallRecord) -> None:
        """Show a call as far as it is; `fit` must follow."""
        view = call.view
        self.body.show_spec(CodeBlock(view.language, plain(view.body)))
        self.original_name.setVisible(bool(call.original))
        self.original.setVisible(bool(call.original))
        if call.original:
            self.original.show_spec(CodeBlock(view.language, plain(call.original)))
        words = self._context.words
        said = (suggested(words, call), answered(words, call))
        self.who.setText(" ".join(part for part in said if part))
        self.who.setVisible(bool(self.who.text()))
        self._show_result(call)
        self.page_button.setVisible(call.page is not None)

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        y = 0
        for part in (self.who, self.body, self.original_name, self.original, self.result):
            if part.isHidden():
                continue
            if isinstance(part, Label):
                height = part.heightForWidth(max(1, width))
            else:
                height = part.fit(width)
            part.setGeometry(0, y, width, height)
            y += height + _GAP
        if not self.page_button.isHidden():
            hint = self.page_button.sizeHint()
            self.page_button.setGeometry(-Space.GAP, y, hint.width(), hint.height())
            y += hint.height() + _GAP
        return max(0, y - _GAP)

    def _show_result(self, call: CallRecord) -> None:
        words = self._context.words
        if call.status is CallStatus.RUNNING:
            said = call.progress.text if call.progress else ""
            self.result.show_text(words("So far"), said)
        else:
            said = call.result
            name = words("Error") if call.status in _ENDED_BADLY else words("Result")
            if call.view.family is ToolFamily.PYTHON and call.status is CallStatus.DONE:
                name = words("Output")
            self.result.show_text(name, said)
        self.result.setVisible(bool(said.strip()))
