"""Banners above the composer: what happened, what it means, and one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypedDict

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QEnterEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import DeletedMessages, ShelfDeed, ShelfStep, UndoSubject
from app.chats.values import Problem
from app.permissions.rules import Rule
from app.words import Words
from ui.chat.permissions.wording import rule_sentence
from ui.controls.button import ButtonKind, IconButton, TextButton
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.controls.signs import IconSign
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

UNDO_MS: Final = 12_000
_NARROW: Final = 400


class NoticeKind(StrEnum):
    """How much a notice matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_LOOKS: Final[dict[NoticeKind, tuple[str, Role, Role]]] = {
    NoticeKind.INFO: ("info", "muted", "surface"),
    NoticeKind.WARNING: ("triangle-alert", "warn", "warn_soft"),
    NoticeKind.ERROR: ("circle-x", "danger", "danger_soft"),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One banner, in the user's language.

    Attributes:
        title: what happened.
        text: what it means or what to do, or "".
        action: the label of its button, or "" for none.
        on_action: what the button does; the notice goes away then.
        lasts_ms: how long it stays, not counting the time under the pointer or with the
            focus in it; 0 until it is closed.
    """

    title: str
    text: str = ""
    kind: NoticeKind = NoticeKind.INFO
    action: str = ""
    on_action: Callable[[], None] | None = field(default=None, compare=False)
    lasts_ms: int = 0


class NoticeAction(TypedDict, total=False):
    """The fields of a `Notice` that are its button; none for a notice without one."""

    action: str
    on_action: Callable[[], None]


def problem_notice(problem: Problem, words: Words) -> Notice:
    """A background error as a banner that stays until it is closed."""
    return Notice(
        words(problem.title, **problem.fields),
        words(problem.hint, **problem.fields) if problem.hint else "",
        NoticeKind.ERROR,
    )


def undo_notice(words: Words, subject: UndoSubject, undo: Callable[[], None]) -> Notice:
    """Something was taken away or moved and can be brought back for a while."""
    if isinstance(subject, ShelfStep):
        said = shelf_sentence(words, subject)
    elif isinstance(subject, DeletedMessages):
        count = subject.messages
        one = words("Deleted 1 message")
        said = one if count == 1 else words("Deleted {count} messages", count=count)
    else:
        said = words("Deleted “{title}”", title=subject.title)
    return Notice(said, action=words("Undo"), on_action=undo, lasts_ms=UNDO_MS)


def shelf_sentence(words: Words, step: ShelfStep) -> str:
    """What was done with chats or a folder of the list."""
    count, name = step.chats, step.name
    match step.deed:
        case ShelfDeed.FOLDER_DELETED:
            return words("Deleted the folder “{name}”; its chats stay", name=name)
        case ShelfDeed.CHATS_DELETED:
            return words("Deleted {count} chats", count=count)
        case ShelfDeed.TAG_REMOVED:
            one = words("Took the tag “{name}” off 1 chat", name=name)
            many = words("Took the tag “{name}” off {count} chats", name=name, count=count)
            return one if count == 1 else many
        case _ if name:
            one = words("Moved 1 chat to “{name}”", name=name)
            many = words("Moved {count} chats to “{name}”", count=count, name=name)
            return one if count == 1 else many
        case _:
            one = words("Took 1 chat out of its folder")
            many = words("Took {count} chats out of their folders", count=count)
            return one if count == 1 else many


def copy_notice(words: Words, title: str) -> Notice:
    """What is shown from now on is a copy of another chat."""
    said = words("This is a copy of “{title}”.", title=title)
    note = words("What you write here changes nothing in the other chat.")
    return Notice(said, note, lasts_ms=UNDO_MS)


def rule_notice(words: Words, rule: Rule, undo: Callable[[], None]) -> Notice:
    """A rule was made by an answer, and can be taken back for a while."""
    covered = rule_sentence(words, rule.pattern)
    said = words("From now on without a question: {rule}", rule=covered)
    if rule.chat_id is not None:
        said = words("In this chat from now on without a question: {rule}", rule=covered)
    return Notice(said, action=words("Undo"), on_action=undo, lasts_ms=UNDO_MS)


class NoticeBanner(QWidget):
    """Show one notice at a time, the newest; an older one that still holds comes back after it.

    Hidden while there is nothing to say.  Keeps its own distance from the window's edges.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._waiting: list[Notice] = []
        self._icon = IconSign(theme, "info")
        self.title = Label(theme, wrap=True)
        self.text = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.action = TextButton(theme, "", compact=True)
        self.close_button = IconButton(theme, "x", words("Close this notice"), size=28)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismiss)
        self._lay_out()
        self.action.clicked.connect(self._act)
        self.close_button.clicked.connect(self.dismiss)
        theme.changed.connect(self.update)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """What is shown."""
        return self._waiting[-1] if self._waiting else None

    @property
    def is_counting(self) -> bool:
        """Whether the shown notice will go away by itself."""
        return self._timer.isActive()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice now; the same one again only starts anew."""
        self._waiting = [one for one in self._waiting if one != notice and not one.lasts_ms]
        self._waiting.append(notice)
        self._present()

    def dismiss(self) -> None:
        """Take the shown notice away."""
        if self._waiting:
            self._waiting.pop()
        self._present()

    def holds(self, notice: Notice) -> bool:
        """Whether a notice is shown or waits behind another one."""
        return notice in self._waiting

    def withdraw(self, notice: Notice) -> None:
        """Take a notice away wherever it waits, because it no longer holds."""
        self._waiting = [one for one in self._waiting if one != notice]
        self._present()

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._timer.stop()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._count_down()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_action()

    @override
    def sizeHint(self) -> QSize:
        width = self._theme.scaled(Size.COMPOSER) + 2 * Space.PAD
        return QSize(width, super().sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self.notice is None:
            return
        _, role, fill = _LOOKS[self.notice.kind]
        line: Role = role if self._theme.colors.is_high_contrast else "border"
        has_line = self.notice.kind is NoticeKind.INFO or self._theme.colors.is_high_contrast
        rect = self.rect().toRectF().adjusted(Space.PAD, 0, -Space.PAD, 0)
        draw_box(
            QPainter(self),
            rect,
            Radius.CODE,
            fill=self._theme.color(fill),
            line=self._theme.color(line) if has_line else None,
        )

    def _present(self) -> None:
        self._timer.stop()
        notice = self.notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        icon, role, _ = _LOOKS[notice.kind]
        self._icon.set_look(icon, role)
        self.title.setText(notice.title)
        self.text.setText(notice.text)
        self.text.setVisible(bool(notice.text))
        self.action.setVisible(bool(notice.action))
        self.action.set_look(notice.action, "", ButtonKind.SECONDARY)
        self._place_action()
        self.updateGeometry()
        self.update()
        self._count_down()
        said = f"{notice.title} {notice.text}".strip()
        self.setAccessibleName(said)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))

    def _count_down(self) -> None:
        notice = self.notice
        if notice is not None and notice.lasts_ms:
            self._timer.start(notice.lasts_ms)

    def _act(self) -> None:
        notice = self.notice
        self.dismiss()
        if notice is not None and notice.on_action is not None:
            notice.on_action()

    def _lay_out(self) -> None:
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.title)
        said.addWidget(self.text)
        grid = QGridLayout(self)
        grid.setContentsMargins(Space.PAD + 14, 10, Space.PAD + 10, 10)
        grid.setHorizontalSpacing(Space.ROOM)
        grid.setVerticalSpacing(Space.SMALL)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._icon, 0, 0)
        grid.addLayout(said, 0, 1)
        grid.addWidget(self.close_button, 0, 3)
        self._grid = grid
        self._place_action()

    def _place_action(self) -> None:
        """Beside the words, or under them where the window is narrow."""
        is_narrow = self.width() < self._theme.scaled(_NARROW)
        is_long = 3 * self.action.sizeHint().width() > self.width()
        if is_narrow or is_long:
            self._grid.addWidget(self.action, 1, 1, Qt.AlignmentFlag.AlignLeft)
        else:
            self._grid.addWidget(self.action, 0, 2)
