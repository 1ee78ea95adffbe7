"""What came of a call besides text: pictures, tables and files."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.tools.records import CallRecord
from app.tools.values import AttachmentRef
from ui.chat.tools.doors import ToolDoors
from ui.chat.tools.files import FileChips
from ui.chat.tools.pictures import FORMATS, Picture
from ui.chat.tools.tables import TYPES, Table
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Space


class CallResults(QWidget):
    """Show what was stored with a call, in the order it came; files last.

    Signals:
        height_changed: it needs another height at the same width.

    Args:
        context: shared with all messages.
        doors: where the bytes come from.
        parent: the card.
    """

    height_changed = Signal()

    def __init__(self, context: MarkdownContext, doors: ToolDoors, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._doors = doors
        self._shown: tuple[object, ...] = ()
        self.parts: list[Picture | Table] = []
        self.files = FileChips(context, doors, self)
        self.files.height_changed.connect(self.height_changed)
        self.hide()

    def show_call(self, call: CallRecord) -> None:
        """Show what the call has by now; `fit` must follow."""
        wanted = (call.attachments, call.files)
        if wanted == self._shown:
            return
        self._shown = wanted
        for part in self.parts:
            part.hide()
            part.deleteLater()
        self.parts = []
        others: list[AttachmentRef] = []
        for ref in call.attachments:
            if ref.media_type in FORMATS:
                self.parts.append(Picture(self._context, self._doors, ref, self))
            elif ref.media_type in TYPES:
                table = Table(self._context, self._doors, ref, self)
                table.height_changed.connect(self.height_changed)
                self.parts.append(table)
            else:
                others.append(ref)
        for part in self.parts:
            part.show()
        self.files.show_files(call.files, others)
        self.files.setVisible(not self.files.is_empty)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.parts and self.files.is_empty

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        y = 0
        parts: list[Picture | Table | FileChips] = [*self.parts]
        if not self.files.is_empty:
            parts.append(self.files)
        for part in parts:
            height = part.fit(width)
            part.setGeometry(0, y, width, height)
            y += height + Space.ROOM
        return max(0, y - Space.ROOM)
