"""Two arrows with "2/3" between them: which version is shown, and the way to the others."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QDateTime, QEvent, QLocale, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.chats.ids import MessageId
from app.chats.values import Message, MessageRole
from app.words import Words
from ui.chat.message_desk import MessageDesk
from ui.chat.tools.doors import while_alive
from ui.chat.wording import effort_name
from ui.controls.button import IconButton
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize

_EDGE: Final = 28


class _Step(IconButton):
    """One of the two arrows; has the tooltips made when they may be wanted."""

    def __init__(self, theme: Theme, icon: str, name: str, key: str, owner: BranchSwitcher) -> None:
        super().__init__(theme, icon, name, key_hint=key, size=_EDGE, parent=owner)
        self._owner = owner

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._owner.learn()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._owner.learn()


class BranchSwitcher(QWidget):
    """Shown where a message has other versions.

    Args:
        theme: the look.
        words: the user's language.
        desk: knows the versions and hears of wishes.
        message_id: whose versions these are.
        parent: the row below the message.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        desk: MessageDesk,
        message_id: MessageId,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._theme, self._words = theme, words
        self._desk, self._id = desk, message_id
        self._learned: tuple[MessageId, ...] = ()
        self._names = words("Previous version"), words("Next version")
        self.back = _Step(theme, "chevron-left", self._names[0], "Alt+←", self)
        self.forth = _Step(theme, "chevron-right", self._names[1], "Alt+→", self)
        self.label = Label(theme, size=TypeSize.CODE, role="muted", parent=self)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.back.clicked.connect(lambda: desk.go(message_id, -1))
        self.forth.clicked.connect(lambda: desk.go(message_id, 1))
        self.refresh()

    def refresh(self) -> bool:
        """Show what the desk knows; True where that takes another width."""
        place = self._desk.places.get(self._id)
        was, before = self.isHidden(), self.label.text()
        self.setVisible(place is not None)
        if place is None:
            return not was
        number, count = place.index + 1, len(place.ids)
        self.label.setText(f"{number}/{count}")
        self.label.setAccessibleName(
            self._words("Version {number} of {count}", number=number, count=count)
        )
        self.setAccessibleName(self.label.accessibleName())
        self.back.setEnabled(number > 1)
        self.forth.setEnabled(number < count)
        return was or len(before) != len(self.label.text())

    def learn(self) -> None:
        """Ask when and how the versions were made, once for each set of them."""
        place = self._desk.places.get(self._id)
        if place is not None and place.ids != self._learned:
            self._learned = place.ids
            self._desk.find_siblings(self._id, while_alive(self, self._say))

    def focus_side(self, *, is_forth: bool) -> None:
        """Put the focus on the arrow that was pressed in the version before, or on the other."""
        first, second = (self.forth, self.back) if is_forth else (self.back, self.forth)
        goal = first if first.isEnabled() else second
        goal.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def sizeHint(self) -> QSize:
        edge = self._theme.scaled(_EDGE)
        return QSize(2 * edge + self._label_width(), edge)

    def fit(self) -> None:
        """Place the parts in the size it has."""
        edge, height = self._theme.scaled(_EDGE), self.height()
        y = (height - edge) // 2
        self.back.setGeometry(0, y, edge, edge)
        self.label.setGeometry(edge, 0, self._label_width(), height)
        self.forth.setGeometry(edge + self._label_width(), y, edge, edge)

    def _label_width(self) -> int:
        return self.label.fontMetrics().horizontalAdvance(self.label.text()) + 4

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.updateGeometry()

    def _say(self, siblings: tuple[Message, ...]) -> None:
        """Each arrow tells of the version it leads to."""
        known = {message.id: message for message in siblings}
        for button, name, step in (
            (self.back, self._names[0], -1),
            (self.forth, self._names[1], 1),
        ):
            goal = self._desk.sibling(self._id, step)
            message = known.get(goal) if goal is not None else None
            told = name if message is None else f"{name}: {version_text(self._words, message)}"
            button.set_look(button.icon_name, name, tooltip=told)


def version_text(words: Words, message: Message) -> str:
    """When a version was made, and at which effort an answer was."""
    moment = QDateTime.fromMSecsSinceEpoch(message.created_ms)
    when = QLocale(words.language).toString(moment, QLocale.FormatType.ShortFormat)
    if message.role is MessageRole.USER:
        return when
    return words("{effort} effort, {when}", effort=effort_name(words, message.effort), when=when)
