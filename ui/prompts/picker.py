"""The list of prompts over the composer: searched while it is typed, chosen by Return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.prompts.values import Prompt
from app.words import Words
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, TextButton
from ui.controls.field import Field
from ui.controls.label import Label
from ui.controls.popover import Popover
from ui.controls.signs import Hairline
from ui.prompts.rows import PREVIEW, PromptRows
from ui.theme.theme import Theme
from ui.theme.tokens import Space

_WIDTH: Final = 420
_ROWS: Final = 6
_PREVIEW: Final = 160
_PROMPT: Final = Qt.ItemDataRole.UserRole + 2
_STEPS: Final = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_PAGES: Final = {Qt.Key.Key_PageDown: _ROWS, Qt.Key.Key_PageUp: -_ROWS}
_RETURN: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PromptPicker(Popover):
    """Choose a prompt.

    Signals:
        chosen: (prompt: Prompt) insert it.
        given_up: (typed: str) Esc, or Return where nothing is found; what was typed belongs to
            the composer where it began with "/".
        new_requested: write a new one.
        settings_requested: show the page of prompts.

    Args:
        theme: the look.
        words: the user's language.
        prompts: what there is.
        parent: the composer.
    """

    chosen = Signal(object)
    given_up = Signal(str)
    new_requested = Signal()
    settings_requested = Signal()

    def __init__(
        self, theme: Theme, words: Words, prompts: Sequence[Prompt], parent: QWidget
    ) -> None:
        super().__init__(theme, words("Prompts"), _WIDTH, parent)
        self._words = words
        self._prompts: Sequence[Prompt] = ()
        self._composing = ""
        self.search = Field(
            theme, words("Search prompts"), placeholder=words("Search prompts"), icon="search"
        )
        self.list = QListWidget()
        self._rows = PromptRows(theme)
        self.none = Label(theme, words("No prompt says that."), role="muted", wrap=True)
        self.new = TextButton(
            theme, words("New prompt…"), kind=ButtonKind.GHOST, icon="plus", compact=True
        )
        self.settings = TextButton(
            theme, words("All prompts…"), kind=ButtonKind.GHOST, icon="settings", compact=True
        )
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(lambda _: self._choose())
        self.new.clicked.connect(self._on_new)
        self.settings.clicked.connect(self._on_settings)
        self.show_prompts(prompts)

    @property
    def current(self) -> Prompt | None:
        """The one that Return chooses."""
        index = self.list.currentIndex()
        found = index.data(_PROMPT) if index.isValid() else None
        return found if isinstance(found, Prompt) else None

    @property
    def shown(self) -> tuple[str, ...]:
        """The names in the list."""
        return tuple(self.list.item(row).text() for row in range(self.list.count()))

    def show_prompts(self, prompts: Sequence[Prompt]) -> None:
        """Show what there is now."""
        self._prompts = prompts
        self._filter()

    def open_over(self, anchor: QWidget) -> None:
        """Appear, ready to be searched."""
        self.place_over(anchor)
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list, while the field has them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(event)
        if isinstance(event, QInputMethodEvent):
            self._composing = event.preeditString()
            self._filter()  # once more when the text is another; a syllable in the making counts
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._give_up()
        else:
            super().keyPressEvent(event)

    def _take_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        step = _STEPS.get(key) or _PAGES.get(key)
        if step is not None:
            last = self.list.count() - 1
            self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + step)))
            if (prompt := self.current) is not None:
                announce(self, prompt.name)  # the focus stays in the field
        elif key in _RETURN:
            self._choose()
        elif key == Qt.Key.Key_Backspace and not self.search.text():
            self.close()  # as one deletes the "/" that opened it
        else:
            return False
        return True

    def _filter(self) -> None:
        """Names that begin so, names that hold it, texts that hold it."""
        wanted = f"{self.search.text()}{self._composing}".strip().casefold()
        found = [one for one in self._prompts if _rank(one, wanted) < _NOT]
        self.list.clear()
        for prompt in sorted(found, key=lambda one: _rank(one, wanted)):
            item = QListWidgetItem(prompt.name)
            begins = " ".join(prompt.text[: 2 * _PREVIEW].split())[:_PREVIEW]
            item.setData(PREVIEW, begins)
            item.setData(_PROMPT, prompt)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, begins)
            item.setToolTip(prompt.text)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(found))
        self.none.setVisible(not found)
        if wanted and self.isVisible():
            announce(self, self._count_text(len(found)))

    def _count_text(self, count: int) -> str:
        if count == 1:
            return self._words("1 prompt")
        return self._words("{count} prompts", count=count)

    def _choose(self) -> None:
        prompt = self.current
        if prompt is None:
            self._give_up()
            return
        self.close()
        self.chosen.emit(prompt)

    def _give_up(self) -> None:
        typed = self.search.text()
        self.close()
        self.given_up.emit(typed)

    def _on_new(self) -> None:
        self.close()
        self.new_requested.emit()

    def _on_settings(self) -> None:
        self.close()
        self.settings_requested.emit()

    def _lay_out(self) -> None:
        self.list.setItemDelegate(self._rows)
        self.list.setAccessibleName(self._words("Prompts"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.viewport().setAutoFillBackground(False)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = self._rows.sizeHint(QStyleOptionViewItem(), QModelIndex()).height()
        self.list.setFixedHeight(_ROWS * row)
        self.none.setFixedHeight(_ROWS * row)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QVBoxLayout()
        head.setContentsMargins(Space.GAP, Space.GAP, Space.GAP, Space.TINY)
        head.addWidget(self.search)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.TINY, Space.TINY, Space.TINY, Space.TINY)
        foot.addWidget(self.new)
        foot.addStretch(1)
        foot.addWidget(self.settings)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(self.none)
        column.addWidget(Hairline(self._theme))
        column.addLayout(foot)


_NOT: Final = 3


def _rank(prompt: Prompt, wanted: str) -> int:
    """How well a prompt is what was typed; the least is best, `_NOT` is not at all."""
    name = prompt.name.casefold()
    if name.startswith(wanted):
        return 0
    if wanted in name:
        return 1
    return 2 if wanted in prompt.text.casefold() else _NOT
