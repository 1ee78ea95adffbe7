"""The files that wait in the composer, above the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.attachments.desk import tokens_of
from app.attachments.parts import DraftFile
from app.words import Words
from ui.chat.attachments.card import FileCard
from ui.chat.attachments.room import Room
from ui.chat.attachments.wording import ICONS, details, name_of, note_text
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, IconButton, TextButton
from ui.controls.flowing import flow
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_HIGHEST: Final = 158
"""Three rows of cards (px); more are scrolled."""


@dataclass(slots=True)
class _Item:
    """A card, and the file behind it once it was read."""

    card: FileCard
    name: str
    file: DraftFile | None = None


class _Cards(QWidget):
    """Cards in as many rows as they need."""

    def __init__(self) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def fit(self, width: int) -> int:
        """Place the cards; returns the height they take."""
        shown = [one for one in self.children() if isinstance(one, FileCard) and not one.isHidden()]
        return flow(shown, max(1, width), across=Space.GAP, down=Space.GAP)


def _area(cards: _Cards) -> QScrollArea:
    """Where the cards are scrolled, on the composer's own ground."""
    area = QScrollArea()
    area.setWidget(cards)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    cards.setAutoFillBackground(False)
    return area


class AttachmentRow(QWidget):
    """Shows the files that will go with the message; hidden while there are none.

    Signals:
        changed: files came, went or were chosen anew.
        fitted: it may be of another height now.
        open_requested: (key: int) the user wants to see a file, or to choose parts of it.
        remove_requested: (key: int) the user does not want a file.

    Args:
        theme: the look.
        words: the user's language.
        parent: the composer.
    """

    changed = Signal()
    fitted = Signal()
    open_requested = Signal(int)
    remove_requested = Signal(int)

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._items: dict[int, _Item] = {}
        self._keys = count(1)
        self._room = Room()
        self._act: Callable[[], object] | None = None
        self._was_wrong = False
        self.announce: Callable[[QWidget, str], object] = announce
        """Tells screen readers."""
        self._cards = _Cards()
        self._area = _area(self._cards)
        self.cost = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True)
        """What all files cost, against the room there is."""
        self.said = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True)
        """What happened: a file that cannot be attached, or one that was taken away."""
        self.action = TextButton(theme, "", kind=ButtonKind.GHOST, compact=True)
        self.close_button = IconButton(theme, "x", words("Close this notice"), size=24)
        self._lay_out()
        self.action.clicked.connect(self._on_action)
        self.close_button.clicked.connect(self.hush)
        theme.changed.connect(self._fit)
        self.hush()

    # ---- what waits

    @property
    def files(self) -> tuple[DraftFile, ...]:
        """Those that were read, in order."""
        return tuple(one.file for one in self._items.values() if one.file is not None)

    @property
    def has_files(self) -> bool:
        """Whether there is any, read or not."""
        return bool(self._items)

    @property
    def tokens(self) -> int:
        """What the files add to the message."""
        return tokens_of(self.files)

    @property
    def why_not(self) -> str:
        """Why nothing can be sent now, or ""."""
        unread = next((one.name for one in self._items.values() if one.file is None), None)
        if unread is not None:
            return self._words("{name} is still being read", name=unread)
        if self._is_too_large:
            return self._words("The files are too large for the model: choose parts of them")
        return ""

    def file(self, key: int) -> DraftFile | None:
        """The file of a card; None while it is being read, or is gone."""
        item = self._items.get(key)
        return item.file if item is not None else None

    @property
    def keys(self) -> tuple[int, ...]:
        """Of all cards, in order."""
        return tuple(self._items)

    def card(self, key: int) -> FileCard:
        """The card of a file."""
        return self._items[key].card

    def add(self, name: str, file: DraftFile | None = None) -> int:
        """Show one more file; without `file` it is being read.  Returns its key."""
        key = next(self._keys)
        shown = name or self._words("Pasted text")
        card = FileCard(self._theme, self._words, shown, parent=self._cards)
        self._items[key] = _Item(card, shown, file)
        card.clicked.connect(lambda: self.open_requested.emit(key))
        card.remove_requested.connect(lambda: self.remove_requested.emit(key))
        card.show()
        self._refresh()
        self._area.ensureWidgetVisible(card, 0, 0)
        return key

    def set_file(self, key: int, file: DraftFile) -> None:
        """A file was read, or other parts of it were chosen."""
        if key in self._items:
            self._items[key].file = file
            self._refresh()
            self.announce(self, self._items[key].card.accessibleName())

    def remove(self, key: int) -> DraftFile | None:
        """Take a file away; returns it."""
        item = self._items.pop(key, None)
        if item is None:
            return None
        neighbour = next(reversed(self._items.values()), None)
        if item.card.hasFocus() and neighbour is not None:
            neighbour.card.setFocus(Qt.FocusReason.OtherFocusReason)
        item.card.hide()
        item.card.deleteLater()
        self._refresh()
        return item.file

    def replace_all(self, files: Sequence[DraftFile]) -> None:
        """Show these files in place of all others."""
        for item in self._items.values():
            item.card.hide()
            item.card.deleteLater()
        self._items = {}
        self.hush()
        for file in files:
            self.add(name_of(self._words, file.attached), file)
        self._refresh()

    def set_room(self, room: Room) -> None:
        """How much the model can still read, and how fast."""
        if room != self._room:
            self._room = room
            self._refresh(is_change=False)

    # ---- what is said

    def say(
        self,
        text: str,
        *,
        is_wrong: bool = False,
        action: str = "",
        act: Callable[[], object] | None = None,
    ) -> None:
        """Say something below the cards, perhaps with something to do about it."""
        self._act = act
        self.said.set_role("danger" if is_wrong else "muted")
        self.said.setText(text)
        self.action.set_look(action, "", ButtonKind.GHOST)
        for part, is_shown in (
            (self.said, bool(text)),
            (self.action, bool(action)),
            (self.close_button, bool(text)),
        ):
            part.setVisible(is_shown)
        self._fit()
        if text:
            self.announce(self, text)

    def hush(self) -> None:
        """Say nothing any more."""
        self.say("")

    # ---- looks

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @property
    def _is_too_large(self) -> bool:
        most = self._room.most_tokens
        return most is not None and bool(self._items) and self.tokens > most

    def _refresh(self, *, is_change: bool = True) -> None:
        is_wrong = self._is_too_large
        for item in self._items.values():
            self._show(item, is_wrong=is_wrong and self._is_to_blame(item))
        self.cost.setText(self._room.text(self._words, self.tokens) if self.files else "")
        self.cost.set_role("danger" if is_wrong else "muted")
        self.cost.setVisible(bool(self.cost.text()))
        if is_wrong and not self._was_wrong:
            self.announce(self, self.cost.text())
        self._was_wrong = is_wrong
        self._fit()
        if is_change:
            self.changed.emit()

    def _is_to_blame(self, item: _Item) -> bool:
        """Whether the files fit without this one; where no single one is to blame, all are."""
        excess = self.tokens - (self._room.most_tokens or 0)
        sizes = [file.attached.tokens for file in self.files]
        own = item.file.attached.tokens if item.file is not None else 0
        return own >= excess or max(sizes, default=0) < excess

    def _show(self, item: _Item, *, is_wrong: bool) -> None:
        words, file = self._words, item.file
        if file is None:
            item.card.show_state("hourglass", words("Reading…"))
            return
        note = note_text(words, file.choice.file.note) if file.choice is not None else ""
        item.card.show_state(
            "triangle-alert" if is_wrong or note else ICONS[file.attached.kind],
            details(words, file.attached, self._room.seconds_per_token),
            tooltip=note,
            is_wrong=is_wrong,
        )

    def _fit(self) -> None:
        """Take the height that the cards need at this width."""
        height = self._cards.fit(self._area.viewport().width()) if self._items else 0
        shown = min(height, self._theme.scaled(_HIGHEST))
        self._area.setVisible(bool(self._items))
        self._area.setFixedHeight(max(1, shown))
        self._cards.setFixedHeight(max(1, height))
        self.setVisible(bool(self._items) or bool(self.said.text()))
        self.fitted.emit()

    def _on_action(self) -> None:
        act = self._act
        self.hush()
        if act is not None:
            act()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(Space.SMALL)
        line.addWidget(self.said, 1)
        line.addWidget(self.action)
        line.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        column.addWidget(self._area)
        column.addWidget(self.cost)
        column.addLayout(line)
