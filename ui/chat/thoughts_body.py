"""What stands in an open panel of thoughts: a summary, or the sentences that may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.thoughts.display import ThoughtsDisplay
from app.thoughts.summary_values import SummaryState, ThoughtsSummary
from engine.analysis_filter import ThoughtPiece
from ui.chat.thoughts_html import thought_blocks
from ui.chat.thoughts_steps import StepList
from ui.chat.withheld_line import WithheldLine
from ui.controls.label import Label
from ui.markdown.column import MarkdownColumn
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser
from ui.theme.tokens import Space, TypeSize

_GAP: Final = 12


class ThoughtsBody(QWidget):
    """The thoughts of one answer, in one of three ways.

    Signals:
        height_changed: (by_user: bool) it needs another height at the same width.

    Args:
        context: shared with all messages.
        parser: shared with all messages.
        parent: the panel.
    """

    height_changed = Signal(bool)

    def __init__(self, context: MarkdownContext, parser: MarkdownParser, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._words = context.words
        self._shown_pieces = -1
        self._display = ThoughtsDisplay.SUMMARY
        self.note = Label(context.theme, size=TypeSize.CODE, role="muted", wrap=True, parent=self)
        self.steps = StepList(context, parser, self)
        self.text = MarkdownColumn(
            context, parser, role="muted", size=TypeSize.CONTROL, parent=self
        )
        self.withheld = WithheldLine(context.theme, context.words, self)
        self.author = Label(context.theme, size=TypeSize.SMALL, role="muted", parent=self)
        self.text.height_changed.connect(lambda: self.height_changed.emit(False))
        self.steps.toggled.connect(lambda: self.height_changed.emit(True))
        self.withheld.toggled.connect(lambda: self.height_changed.emit(True))

    def show_thoughts(
        self,
        display: ThoughtsDisplay,
        pieces: Sequence[ThoughtPiece],
        summary: ThoughtsSummary,
        *,
        is_live: bool,
        is_veiled: bool = False,
    ) -> None:
        """Show them; `fit` must follow.

        Args:
            display: the way.
            pieces: so far.
            summary: as far as it is.
            is_live: more thoughts may come.
            is_veiled: they are to be checked first, so nothing of them may be shown.
        """
        self._display = display
        is_summary = display is ThoughtsDisplay.SUMMARY and not is_veiled
        if display is ThoughtsDisplay.FILTERED and self._shown_pieces != len(pieces):
            self._shown_pieces = len(pieces)
            self.text.show_blocks(thought_blocks(pieces, self._words("withheld")))
        self.steps.show_steps(summary.steps if is_summary else ())
        veiled = self._veiled_note(summary.state, is_live=is_live)
        plain = self._note(summary.state, is_live=is_live)
        is_hidden = display is ThoughtsDisplay.HIDDEN
        self.note.setText(veiled if is_veiled and not is_hidden else plain)
        self.withheld.show_pieces(() if display is ThoughtsDisplay.HIDDEN else pieces)
        is_by_model = is_summary and bool(summary.steps)
        self.author.setText(self._words("Summary written by the model") if is_by_model else "")
        cost = self._words("{count} tokens read and written for it", count=f"{summary.tokens:,}")
        self.author.setToolTip(cost if summary.tokens else "")

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        y = 0
        self.note.setVisible(bool(self.note.text()))
        if self.note.text():
            height = self.note.heightForWidth(width)
            self.note.setGeometry(0, y, width, height)
            y += height
        self.steps.setVisible(bool(self.steps.steps))
        if self.steps.steps:
            height = self.steps.fit(width)
            self.steps.setGeometry(0, y, width, height)
            y += height
        is_filtered = self._display is ThoughtsDisplay.FILTERED
        self.text.setVisible(is_filtered)
        if is_filtered:
            height = self.text.fit(width)
            self.text.setGeometry(0, y, width, height)
            y += height
        return self._fit_foot(width, y)

    def _fit_foot(self, width: int, y: int) -> int:
        """The withheld passages at the left, who wrote it at the right or below."""
        self.withheld.setVisible(not self.withheld.is_empty)
        used = 0
        if not self.withheld.is_empty:
            y += _GAP
            height = self.withheld.fit(width)
            self.withheld.setGeometry(0, y, width, height)
            used = self.withheld.sign.width() + Space.PAD
            y += height
        self.author.setVisible(bool(self.author.text()))
        if not self.author.text():
            return y
        size = self.author.sizeHint()
        if used and not self.withheld.sign.isChecked() and used + size.width() <= width:
            row = self.withheld.sign.height()
            self.author.setGeometry(width - size.width(), y - row, size.width(), row)
            self.withheld.setGeometry(0, y - row, used, row)
            return y
        y += Space.GAP
        self.author.setGeometry(0, y, width, size.height())
        return y + size.height()

    def _note(self, state: SummaryState, *, is_live: bool) -> str:
        """A sentence where there is nothing to show yet, or nothing at all."""
        words = self._words
        if self._display is ThoughtsDisplay.HIDDEN:
            return words("The thoughts of this answer are hidden.")
        if self._display is ThoughtsDisplay.FILTERED:
            return ""
        if is_live:
            return words("The summary is written once the answer is there.")
        match state:
            case SummaryState.READY:
                return ""
            case SummaryState.GENERIC:
                return words("There is no summary of these thoughts. Detail shows them filtered.")
            case _:
                return words("The summary is being written…")

    def _veiled_note(self, state: SummaryState, *, is_live: bool) -> str:
        """Why nothing of the thoughts is shown."""
        words = self._words
        if is_live:
            return words("Thoughts are checked before they are shown, once the answer is there.")
        if state is SummaryState.GENERIC:
            return words(
                "These thoughts are not shown: the check found something, or could not be made."
            )
        return words("The thoughts are being checked…")
