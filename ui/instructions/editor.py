"""The box that instructions are written in: presets above it, their length below."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.chats.values import Problem
from app.instructions.presets import Preset
from app.instructions.text import MAX_TOKENS
from app.words import Words
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import text_box
from ui.controls.label import Label
from ui.instructions.doors import InstructionDoors
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_COUNT_MS: Final = 250
"""After the last key, so that typing is never held up."""


class InstructionsEditor(QWidget):
    """Write instructions, or begin with a preset.

    Signals:
        judged: (text: str, can_be_used: bool) a while after the last change.
        edited: the text changed; whether it can be used is not known yet.

    Args:
        theme: the look.
        words: the user's language.
        name: of the box, for screen readers.
        doors: presets and counting.
        height: of the box, in px at a text size of 100 %.
    """

    judged = Signal(str, bool)
    edited = Signal()

    def __init__(
        self, theme: Theme, words: Words, name: str, doors: InstructionDoors, height: int
    ) -> None:
        super().__init__()
        self._words = words
        self._doors = doors
        self._saved = ""
        self.box = text_box(theme, name, "", height)
        self.box.setFont(theme.fonts.text(TypeSize.CONTROL))
        self.box.setPlaceholderText(words("For example: answer briefly, in plain words."))
        self.presets = TextButton(theme, words("Presets"), icon="chevron-down", compact=True)
        self.save = TextButton(
            theme, words("Save as preset"), kind=ButtonKind.GHOST, icon="plus", compact=True
        )
        self.said = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True)
        self.said.setToolTip(words("A token is a piece of a word. Each one takes time to read."))
        self._later = QTimer(self, singleShot=True, interval=_COUNT_MS)
        self._lay_out()
        self._later.timeout.connect(self.count)
        self.box.textChanged.connect(self._on_edited)
        self.presets.clicked.connect(self._open_menu)
        self.save.clicked.connect(self._save)
        self._show_buttons()

    @property
    def text(self) -> str:
        """What is written."""
        return self.box.toPlainText()

    def set_text(self, text: str) -> None:
        """Write something else, as at the beginning."""
        self.box.setPlainText(text)
        self._later.stop()
        self.count()

    def take(self, preset: Preset) -> None:
        """Put a preset in place of a blank text or of another preset, else below what is there.

        One undo of the box takes it back.
        """
        before = self.text
        replaces = not before.strip() or self._doors.shelf.holds(before)
        cursor = QTextCursor(self.box.document())
        cursor.beginEditBlock()
        if replaces:
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(preset.text)
        else:
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(f"\n\n{preset.text}")
        cursor.endEditBlock()
        self._later.stop()
        self.count()

    def make_menu(self) -> QMenu:
        """The presets: those that ship, then the user's own."""
        menu = QMenu(self._words("Presets"), self)
        menu.setToolTipsVisible(True)
        shelf = self._doors.shelf
        for part in (shelf.shipped, shelf.own):
            if part and not menu.isEmpty():
                menu.addSeparator()
            for preset in part:
                action = menu.addAction(preset.name.replace("&", "&&"))
                action.setToolTip(preset.text)
                action.triggered.connect(lambda _=False, one=preset: self.take(one))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def count(self) -> None:
        """Have the tokens counted; `judged` follows."""
        text = self.text

        def counted(count: int) -> None:
            self._judge(text, f"{count:,}")

        def refused(problem: Problem) -> None:
            self._judge(text, "", problem)

        self._doors.count(text, counted, refused)

    def _judge(self, text: str, count: str, problem: Problem | None = None) -> None:
        if not isValid(self) or text != self.text:
            return  # left, or written on meanwhile
        words = self._words
        if problem is None:
            most = f"{MAX_TOKENS:,}"
            said = words("{count} of {most} tokens", count=count, most=most) if text else ""
        else:
            said = " ".join(words(one, **problem.fields) for one in (problem.title, problem.hint))
        self.said.set_role("muted" if problem is None else "danger")
        self.said.setText(said)
        self._show_buttons(can_be_used=problem is None)
        self.judged.emit(text, problem is None)

    def _show_buttons(self, *, can_be_used: bool = True) -> None:
        shelf, text = self._doors.shelf, self.text.strip()
        self.save.setVisible(bool(text))
        is_known = bool(text) and shelf.holds(text)
        self.save.setEnabled(can_be_used and not is_known and not shelf.is_full)
        why = self._words("There are as many presets as there can be.") if shelf.is_full else ""
        self.save.setToolTip(self._words("This is a preset already.") if is_known else why)

    def _on_edited(self) -> None:
        self._show_buttons(can_be_used=False)
        self._later.start()
        self.edited.emit()

    def _save(self) -> None:
        name = self._doors.shelf.name_for(self.text)
        problem = self._doors.shelf.add(name, self.text)
        if problem is not None:
            self._doors.on_problem(problem)
        said = self._words("Saved as the preset “{name}”.", name=name)
        self.said.setText(said)
        announce(self, said)
        self._show_buttons()

    def _open_menu(self) -> None:
        menu = self.make_menu()
        menu.popup(self.presets.mapToGlobal(QPoint(0, self.presets.height() + Space.TINY)))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(Space.GAP)
        row.addWidget(self.presets)
        row.addWidget(self.save)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GAP)
        column.addLayout(row)
        column.addWidget(self.box)
        column.addWidget(self.said)
        self.said.setMinimumHeight(self.said.fontMetrics().height())  # nothing jumps
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
