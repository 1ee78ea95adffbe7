"""Files that a call made: a button for each, with what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.tools.values import AttachmentRef
from ui.chat.tools.doors import ToolDoors, while_alive
from ui.chat.tools.wording import one_line
from ui.controls.button import TextButton
from ui.controls.flowing import flow
from ui.controls.label import Label
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Space, TypeSize

MOST: Final = 12
"""More files than this are counted, not listed."""
_WIDEST: Final = 260


class FileChips(QWidget):
    """Names of files in rows, as many beside each other as there is room for.

    Signals:
        height_changed: it needs another height at the same width.

    Args:
        context: shared with all messages.
        doors: where the bytes come from and go to.
        parent: the card.
    """

    height_changed = Signal()

    def __init__(self, context: MarkdownContext, doors: ToolDoors, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._doors = doors
        self.buttons: list[TextButton] = []
        self.more = Label(context.theme, size=TypeSize.CODE, role="muted", parent=self)
        self.problem = Label(
            context.theme, size=TypeSize.CODE, role="danger", wrap=True, parent=self
        )

    def show_files(self, names: Sequence[str], others: Sequence[AttachmentRef]) -> None:
        """Show files of the chat's folder, and stored things that are neither picture nor table."""
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = [self._named(name) for name in names[:MOST]]
        self.buttons += [self._stored(ref) for ref in others[: MOST - len(self.buttons)]]
        left = len(names) + len(others) - len(self.buttons)
        words = self._context.words
        self.more.setText(words("and {count} more in the chat's folder", count=left))
        self.more.setVisible(left > 0)
        self.problem.hide()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.buttons

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        shown: list[QWidget] = list(self.buttons)
        if not self.more.isHidden():
            shown.append(self.more)
        height = flow(shown, width, across=Space.GAP, down=Space.SMALL)
        if not self.problem.isHidden():
            height += Space.TINY
            needed = self.problem.heightForWidth(max(1, width))
            self.problem.setGeometry(0, height, width, needed)
            height += needed
        return height

    def _button(self, name: str) -> TextButton:
        theme = self._context.theme
        metrics = self.fontMetrics()
        room = theme.scaled(_WIDEST)
        text = metrics.elidedText(one_line(name), Qt.TextElideMode.ElideMiddle, room)
        button = TextButton(theme, text, icon="file-text", compact=True, parent=self)
        button.setAccessibleName(self._context.words("File {name}", name=one_line(name)))
        button.setToolTip(one_line(name))
        button.show()
        return button

    def _named(self, name: str) -> TextButton:
        button = self._button(name)
        button.clicked.connect(lambda: self._open_menu(button, name))
        return button

    def _stored(self, ref: AttachmentRef) -> TextButton:
        button = self._button(ref.name)

        def save(data: bytes) -> None:
            self._save(ref.name, data)

        button.clicked.connect(lambda: self._doors.load_attachment(ref.id, while_alive(self, save)))
        return button

    def _open_menu(self, button: TextButton, name: str) -> None:
        words = self._context.words
        menu = QMenu(name, button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(words("Save as…"), lambda: self.save(name))
        menu.addAction(words("Files of this chat…"), self._doors.open_folder)
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + Space.TINY)))

    def save(self, name: str) -> None:
        """Fetch a file of the chat's folder and ask where it is to go."""

        def take(data: bytes | None) -> None:
            if data is None:
                words = self._context.words
                self._complain(words("{name} is not there any more.", name=one_line(name)))
            else:
                self._save(name, data)

        self._doors.read_file(name, while_alive(self, take))

    def _save(self, name: str, data: bytes) -> None:
        if not self._doors.save(self, name, data):
            self._complain(self._context.words("It could not be saved there."))

    def _complain(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()
        self.height_changed.emit()
