"""The dialog in which parts of a file are chosen, with what they cost."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.attachments.parts import DraftFile, FileChoice, all_of
from app.attachments.ranges import indexes_of, typed
from app.words import Words
from ui.chat.attachments.parts_list import PartsList
from ui.chat.attachments.room import Room
from ui.chat.attachments.view_dialog import reading_box
from ui.chat.attachments.wording import about_tokens, extent, name_of, note_text
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.field import Field
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_LIST: Final = 190
_PREVIEW: Final = 96
_LOW: Final = 560
"""In a lower window (px) there is no room to read the part."""

_MOST_SHOWN: Final = 4_000


class PartsDialog(PlainDialog):
    """Choose parts by ticking them or by typing their numbers.

    Signals:
        chosen: (choice: FileChoice) what is to go with the message.
        summary_wanted: (choice: FileChoice) a summary of these parts is to go instead.

    Args:
        theme: the look.
        words: the user's language.
        draft: the file; it has a choice.
        room: how much the model can read.
        other_tokens: of the other files of the message.
        parent: the window.
        can_summarise: whether there is a model that could.

    Attributes:
        parts: the list.
        numbers: the same as numbers.
        cost: what the choice costs.
    """

    chosen = Signal(object)
    summary_wanted = Signal(object)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        draft: DraftFile,
        room: Room,
        other_tokens: int,
        parent: QWidget,
        *,
        can_summarise: bool = True,
    ) -> None:
        assert draft.choice is not None  # noqa: S101 - others are only shown
        super().__init__(theme, name_of(words, draft.attached), parent)
        self._words = words
        self._file = draft.choice.file
        self._room = room
        self._others = other_tokens
        self._is_typing = False
        note = note_text(words, self._file.note)
        about = words("Choose what the model is to read.")
        about = f"{about} {note}" if note else about
        chosen = draft.choice.chosen
        self.parts = PartsList(theme, words, self._file, chosen)
        self.parts.setFixedHeight(theme.scaled(_LIST))
        hint = words("Numbers, e.g. 1-3, 7")
        self.numbers = Field(theme, hint, placeholder=hint)
        self.all_button = TextButton(theme, words("All"), compact=True)
        self.none_button = TextButton(theme, words("None"), compact=True)
        self.preview = reading_box(theme, words("Text of the part"), "", _PREVIEW)
        self.preview.setVisible(parent.window().height() >= _LOW)
        self.cost = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.summary_button = TextButton(theme, words("Summarise…"))
        self.summary_button.setVisible(can_summarise)
        self.summary_button.setToolTip(
            words("The model sums these parts up; you read and edit that before it is sent.")
        )
        cancel = TextButton(theme, words("Cancel"), kind=ButtonKind.GHOST)
        self.attach_button = TextButton(theme, words("Attach"), kind=ButtonKind.PRIMARY)
        intro = Label(theme, about, size=TypeSize.CODE, role="muted", wrap=True)
        parts = (intro, self._line(), self.parts, self.preview, self.cost)
        self.lay_out(parts, (self.summary_button, cancel, self.attach_button))
        self.parts.chosen_changed.connect(self._show)
        self.parts.current_changed.connect(self._show_part)
        self.numbers.textEdited.connect(self._on_typed)
        self.all_button.clicked.connect(lambda: self.parts.choose(all_of(self._file)))
        self.none_button.clicked.connect(lambda: self.parts.choose(()))
        self.summary_button.clicked.connect(self._on_summary)
        cancel.clicked.connect(self.reject)
        self.attach_button.clicked.connect(self._on_attach)
        self.parts.setCurrentIndex(self.parts.model().index(0, 0))
        self.parts.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show()

    @property
    def tokens(self) -> int:
        """About what the ticked parts cost."""
        return sum(self._file.parts[index].tokens for index in self.parts.chosen)

    def _line(self) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.GAP)
        row.addWidget(self.numbers, 1)
        row.addWidget(self.all_button)
        row.addWidget(self.none_button)
        return line

    def _show(self) -> None:
        words, chosen = self._words, self.parts.chosen
        if not self._is_typing:
            self.numbers.setText(typed(self._file, chosen))
        whole = extent(words, self._file.unit, self._file.total)
        picked = words(
            "{count} of {total} parts ({whole})",
            count=f"{len(chosen):,}",
            total=f"{len(self._file.parts):,}",
            whole=whole,
        )
        total = self.tokens + self._others
        said = self._room.text(words, total)
        line = f"{picked} · {about_tokens(words, self.tokens)}"
        most = self._room.most_tokens
        is_too_large = most is not None and total > most
        self.cost.setText(f"{line}\n{said}" if said else line)
        self.cost.set_role("danger" if is_too_large else "muted")
        self.attach_button.setEnabled(bool(chosen) and not is_too_large)
        self.summary_button.setEnabled(bool(chosen))

    def _show_part(self, index: int) -> None:
        text = self._file.parts[index].text
        self.preview.setPlainText(text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…")

    def _on_typed(self, text: str) -> None:
        found = indexes_of(text, self._file)
        self.numbers.setProperty("state", "wrong" if found is None else "")
        self.numbers.style().polish(self.numbers)
        if found is not None:
            self._is_typing = True  # what is typed must not be written anew under the hands
            self.parts.choose(found)
            self._is_typing = False

    def _on_attach(self) -> None:
        self.chosen.emit(FileChoice(self._file, self.parts.chosen))
        self.accept()

    def _on_summary(self) -> None:
        self.summary_wanted.emit(FileChoice(self._file, self.parts.chosen))
        self.accept()
