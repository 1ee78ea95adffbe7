"""The box where the user writes a message, chooses the effort, sends and stops."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import (
    ChatChange,
    CostForeseen,
    EffortTimesChanged,
    InstructionsChanged,
    ResponseFormatChanged,
    ToolsSwitched,
)
from app.words import Words
from engine.harmony.messages import Effort
from ui.chat.attachments.row import AttachmentRow
from ui.chat.composer_row import ComposerRow
from ui.chat.effort_control import EFFORTS
from ui.chat.format_chip import FormatChip
from ui.chat.instructions_chip import InstructionsChip
from ui.chat.prompt_edit import PromptEdit
from ui.chat.tool_chip import ToolChip
from ui.chat.wording import cost_text
from ui.controls.button import IconButton
from ui.controls.label import ElidedLabel
from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, TypeSize

_OPTION: Final = 28
_HINT_FROM: Final = 560
"""In a narrower composer (px) there is no room for the key hint."""


class Composer(QWidget):
    """Collect a message and announce what the user wants; decide nothing.

    Signals:
        submitted: (text: str, effort: Effort), blank only with files; the field is empty then.
        stop_requested: the user wants the running answer to end.
        effort_changed: (effort: Effort) the user chose another effort.
        edited: the text changed.

    Args:
        theme: the look.
        words: the user's language.
        parent: the panel.
    """

    submitted = Signal(str, object)
    stop_requested = Signal()
    effort_changed = Signal(object)
    edited = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._is_busy = False
        self._reason = ""
        self._is_blocking = False
        self._cost = self._warning = ""
        self._is_asked = self._is_private = False
        self.edit = PromptEdit(theme, self)
        self.edit.setPlaceholderText(words("Message Sotto"))
        self.edit.setAccessibleName(words("Message"))
        self.files = AttachmentRow(theme, words, self)
        """Which files go with the message."""
        self.attach_button = IconButton(
            theme, "paperclip", words("Attach files…"), size=_OPTION, parent=self
        )
        self.format = FormatChip(theme, words, self)
        """What the answers are bound to."""
        self.tools = ToolChip(theme, words, self)
        """Which tools the chat has."""
        self.instructions = InstructionsChip(theme, words, self)
        """What the user tells the model before each answer."""
        self.row = row = ComposerRow(theme, words, self)
        self.hint, self.effort = row.hint, row.effort
        self.send_button, self.stop_button = row.send_button, row.stop_button
        self.note = ElidedLabel(theme, size=TypeSize.SMALL, role="muted", parent=self)
        """In a narrow window, what must be told has a line of its own."""
        self._lay_out()
        self.edit.send_pressed.connect(self.submit)
        self.edit.textChanged.connect(self._on_edited)
        self.files.changed.connect(self._show_state)
        self.edit.composing_changed.connect(self._show_state)
        self.edit.focus_changed.connect(self.update)
        self.send_button.clicked.connect(self._on_send_clicked)
        self.stop_button.clicked.connect(self.stop_requested)
        self.effort.chosen.connect(self._on_effort_chosen)
        theme.changed.connect(self.update)
        self._show_state()

    @property
    def text(self) -> str:
        """What is typed now."""
        return self.edit.toPlainText()

    @property
    def chosen_effort(self) -> Effort:
        """The effort the next message is sent with."""
        return self.effort.effort

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being written."""
        return self._is_busy

    def apply(self, change: ChatChange) -> None:
        """Show what the chat service tells of the open chat; other changes are ignored."""
        match change:
            case CostForeseen():
                self.set_cost(cost_text(self._words, change))
            case ToolsSwitched(switched_on=switched_on):
                self.tools.show_on(switched_on)
            case EffortTimesChanged(times=times):
                self.effort.show_times(times)
                self.row.show_time()
        self.instructions.apply(change)
        if isinstance(change, ToolsSwitched | InstructionsChanged | ResponseFormatChanged):
            self.row.fit()  # the one button for all options tells whether any is on

    def set_effort(self, effort: Effort) -> None:
        """Choose an effort without announcing it (the stored one, at start)."""
        self.effort.set_index(EFFORTS.index(effort))
        self.row.show_time()

    def set_text(self, text: str) -> None:
        """Replace what is typed; the caret goes to its end."""
        self.edit.setPlainText(text)
        self.edit.moveCursor(self.edit.textCursor().MoveOperation.End)

    def set_private(self, is_private: bool) -> None:
        """Mark that what is written here is kept in memory only."""
        self._is_private = is_private
        words = self._words
        self.edit.setPlaceholderText(
            words("Message Sotto, privately") if is_private else words("Message Sotto")
        )
        self.update()

    def set_busy(self, is_busy: bool) -> None:
        """Show Stop while an answer is being written, else Send.  Typing stays allowed."""
        self._is_busy = is_busy
        self._show_state()

    def set_reason(self, reason: str, *, is_blocking: bool = True) -> None:
        """Say why nothing can be sent now, or what sending has to wait for; "" when all is well."""
        if (reason, is_blocking) != (self._reason, self._is_blocking):
            self._reason, self._is_blocking = reason, is_blocking
            self._show_state()

    def set_cost(self, cost: str) -> None:
        """Say what the chosen effort costs; "" for nothing."""
        self._cost = cost
        self._show_state()

    def set_warning(self, warning: str) -> None:
        """Say what sending would do to the chat; "" for nothing worth a word."""
        if warning != self._warning:
            self._warning = warning
            self._show_state()

    def set_asked(self, is_asked: bool) -> None:
        """Whether a call waits for the user's answer: say which key leads there."""
        self._is_asked = is_asked
        self._show_state()

    def submit(self) -> None:
        """Send what is typed if that is possible; else it stays and the reason is shown."""
        text = self.text
        if self.edit.is_composing or not (text.strip() or self.files.has_files):
            return
        if self._why_not():
            place = self.hint if self._has_room else self.note
            place.setText(self._why_not())
            place.setVisible(True)
            return
        self.edit.clear()
        self.submitted.emit(text, self.chosen_effort)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        has_focus = self.edit.hasFocus()
        draw_box(
            QPainter(self),
            QRectF(self.rect()),
            Radius.COMPOSER,
            fill=self._theme.color("surface"),
            line=self._theme.color("accent" if has_focus or self._is_private else "edge"),
            width=1.5 if has_focus or self._is_private else 1.0,
            dashed=self._is_private,
        )

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.edit.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tools.set_room(self._has_room)
        self.row.set_room(self._has_room)
        self._show_state()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.update()

    def _lay_out(self) -> None:
        for option in (self.attach_button, self.tools, self.format, self.instructions):
            self.row.options.add(option)
        self.tools.anchor = lambda: self.row.options.anchor_of(self.tools)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.files)
        column.addWidget(self.edit)
        for line, left in ((self.note, 6), (self.row, 4)):
            inset = QVBoxLayout()
            inset.setContentsMargins(left, 0, 0, 0)
            inset.addWidget(line)
            column.addLayout(inset)

    def _on_effort_chosen(self, index: int) -> None:
        self.row.show_time()
        self.effort_changed.emit(EFFORTS[index])

    def _on_send_clicked(self) -> None:
        self.edit.finish_composition()
        self.submit()

    def _on_edited(self) -> None:
        self._show_state()
        self.edited.emit()

    @property
    def _has_room(self) -> bool:
        """Whether words fit beside the buttons."""
        return self.width() >= self._theme.scaled(_HINT_FROM)

    def _why_not(self) -> str:
        if self._is_busy:
            return self._words("Sotto is still answering. Press Esc to stop it.")
        return self._reason if self._reason and self._is_blocking else self.files.why_not

    def _show_state(self) -> None:
        words = self._words
        has_text = not self.edit.is_blank or self.files.has_files
        self.send_button.setVisible(not self._is_busy)
        self.stop_button.setVisible(self._is_busy)
        self.send_button.setEnabled(has_text and (self._is_busy or not self._why_not()))
        why = self._reason or self.files.why_not
        why = why or ("" if has_text else words("Write a message first"))
        self.send_button.set_look("arrow-up", words("Send"), tooltip=why)
        self.hint.setText(words("Return sends, Shift+Return breaks the line"))
        told = "" if self._is_busy else self._reason or self._cost
        if self._is_asked:
            told = words("A call waits for your answer. F6 goes there.")
        if told:
            self.hint.setText(told)
        self.hint.setVisible(self._has_room and (has_text or bool(told)))
        # A warning is a whole sentence: it has a line of its own in every composer.
        is_warned = bool(self._warning) and not self._is_busy
        self.note.set_role("warn" if is_warned else "muted")
        self.note.setText(self._warning if is_warned else told)
        self.note.setVisible(is_warned or (bool(told) and not self._has_room))
