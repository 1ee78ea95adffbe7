"""What the user wrote, word for word, in a bubble at the right."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from math import ceil
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget
from typing_extensions import override

from app.chats.values import Message
from ui.chat.action_row import ActionRow, CopiedSign
from ui.chat.attachments.message_files import MessageFiles
from ui.chat.bubble_editor import BubbleEditor
from ui.chat.left_out_line import LeftOutLine
from ui.chat.message_desk import Edit, MessageDesk
from ui.chat.message_widget import MessageWidget
from ui.controls.button import ButtonKind, TextButton
from ui.controls.painting import draw_box
from ui.markdown.context import MarkdownContext
from ui.markdown.rich_text import RichText
from ui.theme.tokens import Radius, Size, Space

_PAD_X: Final = 16
_PAD_Y: Final = 10
_WIDEST_PART: Final = 0.9
FOOT: Final = 28
_LONG_CHARACTERS: Final = 3000
_LONG_LINES: Final = 30
_SHOWN_LINES: Final = 20
_SHOWN_CHARACTERS: Final = 2000


class UserBubble(MessageWidget):
    """Show a user's message; very long ones begin folded.  It can be changed in its place.

    Args:
        context: shared with all messages.
        message: what the user wrote; never read as Markdown or HTML.
        desk: hears what the user wants of it.
        parent: the conversation.
    """

    def __init__(
        self,
        context: MarkdownContext,
        message: Message,
        desk: MessageDesk | None = None,
        parent: QWidget | None = None,
    ) -> None:
        desk = desk or MessageDesk()
        super().__init__(desk, message.id, parent)
        theme, words = context.theme, context.words
        context = replace(context, extend_menu=self._extend)
        self._context = context
        self._message = message
        self._full = message.text
        self._bubble = QRectF()
        self.setAccessibleName(words("You wrote"))
        self.text = RichText(context, parent=self)
        self.text.setAccessibleName(words("You wrote"))
        self.files = MessageFiles(context, message.files, self) if message.files else None
        self.text.setVisible(self._has_text)
        short = _shortened(message.text)
        self.more_button: TextButton | None = None
        if short != message.text:
            self.more_button = TextButton(
                theme,
                words("Show the whole message"),
                kind=ButtonKind.GHOST,
                icon="chevron-down",
                compact=True,
                parent=self,
            )
            self.more_button.clicked.connect(self._show_all)
        self.left_out: LeftOutLine | None = None
        self.editor: BubbleEditor | None = None
        """While it is being changed."""
        self._row = ActionRow(theme, words, desk, message.id, self, is_last=True)
        self.copy_button = self._row.add("copy", words("Copy message"), self._copy, FOOT)
        self.edit_button = self._row.add("pencil", words("Change message"), self.begin_edit, FOOT)
        self.menu_button = self._row.add(
            "ellipsis", words("More for this message"), self._open_menu, FOOT
        )
        self._copied = CopiedSign(self.copy_button, words, words("Copy message"))
        self._show(short)
        context.theme.changed.connect(self.update)
        if message.id in desk.edits:
            self._open_editor(desk.edits[message.id])
        self.wake()

    @property
    @override
    def actions_row(self) -> ActionRow:
        return self._row

    def set_left_out(self, messages: int) -> None:
        """Say above the message that the model reads from here on; 0 is no more.  `fit` follows."""
        if self.left_out is None and messages:
            self.left_out = LeftOutLine(self._context.theme, self._context.words, self)
        if self.left_out is not None:
            self.left_out.show_count(messages)
            self.left_out.setVisible(messages > 0)

    def begin_edit(self) -> None:
        """Turn into a field with the caret in it."""
        if self.editor is None:
            edit = self._desk.edits.get(self.message_id)
            edit = edit or Edit(self._message.text, self._message.effort)
            self._desk.edits[self.message_id] = edit
            self._open_editor(edit)
            self.height_changed.emit(True)
        if self.editor is not None:
            self.editor.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def fit(self, width: int) -> int:
        top = 0
        if self.left_out is not None and not self.left_out.isHidden():
            top = self.left_out.fit(width)
            self.left_out.setGeometry(0, 0, width, top)
            top += Space.PAD
        if self.files is not None:
            height = self.files.fit(width)
            self.files.setGeometry(0, top, width, height)
            top += height + Space.GAP
        if self.editor is not None:
            height = self.editor.fit(width)
            self.editor.setGeometry(0, top, width, height)
            self._bubble = QRectF()
            return top + height + Space.ROOM
        total = self._fit_text(width, top) if self._has_text else top - Space.GAP
        if self.more_button is not None and not self.more_button.isHidden():
            size = self.more_button.sizeHint()
            x = max(0, width - size.width())
            self.more_button.setGeometry(x, total + Space.TINY, size.width(), size.height())
            total += Space.TINY + size.height()
        height = self._context.theme.scaled(FOOT)
        row = self._row.fit(height)
        self._row.setGeometry(width - row, total + Space.HAIR, row, height)
        return total + Space.HAIR + height

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._bubble.isEmpty():
            return
        theme = self._context.theme
        line = theme.color("border") if theme.colors.is_high_contrast else None
        fill = theme.color("bubble")
        draw_box(QPainter(self), self._bubble, Radius.BUBBLE, fill=fill, line=line)

    @property
    def _has_text(self) -> bool:
        return bool(self._full.strip()) or self.files is None

    def _fit_text(self, width: int, top: int) -> int:
        """Place the bubble; returns where it ends."""
        widest = min(self._context.theme.scaled(Size.BUBBLE_MAX), int(width * _WIDEST_PART))
        room = max(1, widest - 2 * _PAD_X)
        self.text.fit(room)
        ideal = min(room, ceil(self.text.document().idealWidth()) + 1)
        height = self.text.fit(ideal)
        left = width - ideal - 2 * _PAD_X
        self.text.setGeometry(left + _PAD_X, top + _PAD_Y, ideal, height)
        self._bubble = QRectF(left, top, ideal + 2 * _PAD_X, height + 2 * _PAD_Y)
        return top + height + 2 * _PAD_Y

    def _show(self, text: str) -> None:
        lines = escape(text).replace("\n", "<br>")
        self.text.set_html(f'<p style="white-space:pre-wrap;margin:0">{lines}</p>')

    def unfold(self) -> None:
        """Show all of a long message."""
        if self.more_button is not None and not self.more_button.isHidden():
            self._show_all()

    def _show_all(self) -> None:
        if self.more_button is not None:
            self.more_button.hide()
        self._show(self._full)
        self.height_changed.emit(True)

    # ---- what can be done with it

    def _copy(self) -> None:
        self._context.copy(self._full)
        self._copied.show()

    def _open_menu(self) -> None:
        menu = QMenu(self)
        self._fill(menu)
        self._row.open_menu(menu, self.menu_button)

    def _extend(self, menu: QMenu) -> None:
        menu.addSeparator()
        self._fill(menu)

    def _fill(self, menu: QMenu) -> None:
        words, desk, message_id = self._context.words, self._desk, self.message_id
        menu.addAction(words("Copy message"), self._copy)
        menu.addAction(words("Change message"), self.begin_edit)
        menu.addAction(words("Fork to a new chat"), lambda: desk.fork_wanted.emit(message_id))
        menu.addSeparator()
        menu.addAction(
            words("Delete this and what follows"), lambda: desk.delete_wanted.emit(message_id)
        )

    # ---- changing it

    def _open_editor(self, edit: Edit) -> None:
        context = self._context
        self.editor = BubbleEditor(context.theme, context.words, edit, self)
        self.editor.sent.connect(self._send)
        self.editor.cancelled.connect(self._cancel)
        self.editor.changed.connect(self._keep)
        self.editor.resized.connect(lambda: self.height_changed.emit(True))
        self.editor.show()
        self._show_parts()

    def _keep(self, edit: Edit) -> None:
        self._desk.edits[self.message_id] = edit

    def _send(self, edit: Edit) -> None:
        self._close_editor()
        self._desk.edit_sent.emit(self.message_id, edit)

    def _cancel(self) -> None:
        edit = self._close_editor()
        if edit is not None and edit.text.strip() not in ("", self._message.text.strip()):
            self._desk.edit_dropped.emit(self.message_id, edit)
        self.edit_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_editor(self) -> Edit | None:
        """Show the message as it is again; returns what was in the field."""
        editor, self.editor = self.editor, None
        edit = self._desk.edits.pop(self.message_id, None)
        if editor is not None:
            editor.hide()
            editor.deleteLater()
            self._show_parts()
            self.height_changed.emit(True)
        return edit

    def _show_parts(self) -> None:
        is_edited = self.editor is not None
        self.text.setVisible(not is_edited and self._has_text)
        self._row.setVisible(not is_edited)
        if self.more_button is not None:
            is_short = self.text.toPlainText() != self._full
            self.more_button.setVisible(not is_edited and is_short)


def _shortened(text: str) -> str:
    lines = text.split("\n")
    if len(text) <= _LONG_CHARACTERS and len(lines) <= _LONG_LINES:
        return text
    return "\n".join(lines[:_SHOWN_LINES])[:_SHOWN_CHARACTERS].rstrip() + " …"
