"""The row below the field: options, what is to be told, the effort, Send and Stop."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from app.words import Words
from ui.chat.effort_control import EffortControl
from ui.chat.option_row import OptionRow
from ui.chat.stop_button import StopButton
from ui.controls.button import IconButton
from ui.controls.label import ElidedLabel, Label
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_SEND: Final = 36
_GAP: Final = Space.GAP


class ComposerRow(QWidget):
    """Places its parts by the room there is; in the narrowest window nothing is cut off.

    What gives way, in this order: words, the options (into one button), the key and then the
    word on Stop, two of the three efforts, small signs.

    Args:
        theme: the look.
        words: the user's language.
        parent: the composer.

    Attributes:
        options: at the left.
        hint: what is to be told; in a narrow composer the note above tells it.
        time: how long the chosen effort thinks.
        effort: the choice of the effort.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.options = OptionRow(theme, words, self)
        self.hint = ElidedLabel(theme, size=TypeSize.SMALL, role="muted", parent=self)
        self.time = Label(theme, size=TypeSize.SMALL, role="muted", parent=self)
        self.effort = EffortControl(theme, words, self)
        self.send_button = IconButton(
            theme, "arrow-up", words("Send"), size=_SEND, filled=True, parent=self
        )
        self.stop_button = StopButton(theme, words, self)
        self._extras: list[QWidget] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        row.addWidget(self.options)
        row.addWidget(self.hint, 1000)
        row.addStretch(1)
        for part in (self.time, self.effort, self.send_button, self.stop_button):
            row.addWidget(part)
        self._has_room = True
        self.time.hide()

    def add_sign(self, sign: QWidget) -> None:
        """Give a small sign its place before the effort; it gives way last."""
        self._extras.append(sign)
        self._row.insertWidget(self._row.indexOf(self.time), sign)

    def show_time(self) -> None:
        """Say what the chosen effort takes, where there is room for words."""
        self.time.setText(self.effort.time)
        self.time.setToolTip(self.effort.meaning(self.effort.effort))
        self.time.setVisible(self._has_room and bool(self.effort.time))

    def set_room(self, has_room: bool) -> None:
        """Whether words fit beside the buttons."""
        if has_room != self._has_room:
            self._has_room = has_room
            self.show_time()

    def fit(self) -> None:
        """Let give way what does not fit."""
        busy = self.stop_button.isVisibleTo(self)
        button = self.stop_button if busy else self.send_button
        signs = sum(one.sizeHint().width() + _GAP for one in self._extras)
        self.stop_button.set_form(StopButton.WHOLE)
        room = self.width() - signs - 2 * _GAP
        spread = self.effort.spread_width
        if self.options.whole_width + spread + button.sizeHint().width() <= room:
            self.options.set_collapsed(False)
            self.effort.set_compact(False)
            for sign in self._extras:
                sign.show()
            return
        self.options.set_collapsed(True)
        room -= self.options.sizeHint().width()
        for form in (StopButton.WHOLE, StopButton.WITHOUT_KEY, StopButton.ICON):
            self.stop_button.set_form(form)
            if spread + button.sizeHint().width() <= room:
                break
        self.effort.set_compact(spread + button.sizeHint().width() > room)
        needed = self.effort.least_width + button.sizeHint().width()
        for sign in self._extras:
            sign.setVisible(needed <= room)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(_SEND), self.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    @override
    def event(self, event: QEvent) -> bool:
        """One of the parts needs another width."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return super().event(event)
