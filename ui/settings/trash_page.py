"""The trash: chats and messages that were deleted in the last 30 days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import DeletedMessages
from app.chats.trash_values import TrashedChat
from ui.chat.tools.doors import while_alive
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.label import Label
from ui.controls.row_card import PlainRows
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.settings.section import SettingsSection
from ui.settings.trash.rows import TrashRow, chat_told, part_title, part_told
from ui.theme.tokens import Space


class TrashPage(SettingsPage):
    """What was deleted, with the way back; what is destroyed is asked about before."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Trash"))
        words, theme = desk.words, desk.theme
        self._trash = desk.trash
        danger = ButtonKind.DANGER
        self.empty = TextButton(theme, words("Empty the trash…"), kind=danger, compact=True)
        self.chats: tuple[TrashRow, ...] = ()
        self.parts: tuple[TrashRow, ...] = ()
        self._chat_cards, chats = _holder()
        self._part_cards, parts = _holder()
        kept = words("Kept for 30 days, then destroyed.")
        self.add(SettingsSection(theme, words("Deleted chats"), kept, chats, action=self.empty))
        remark = words("Each comes back with all that followed it.")
        self.part_section = SettingsSection(theme, words("Deleted messages"), remark, parts)
        self.add(self.part_section)
        self.empty.clicked.connect(self._ask_to_empty)
        self._show_chats(())
        self._show_parts(())

    @override
    def refresh(self) -> None:
        self._trash.list(while_alive(self, self._show_chats))
        self._trash.parts(while_alive(self, self._show_parts))

    def _show_chats(self, found: Sequence[TrashedChat]) -> None:
        desk, words, trash = self._desk, self._words, self._trash
        rows = []
        for one in found:
            chat = one.chat
            ask = self._asking(
                words("Delete “{title}” for good?", title=chat.title),
                partial(trash.purge, chat.id),
            )
            back = self._doing(
                partial(trash.restore, chat.id),
                words("“{title}” is in the list of chats again.", title=chat.title),
            )
            told = chat_told(words, one, desk.clock_ms())
            rows.append(TrashRow(desk, chat.title, told, back, ask))
        self.chats = tuple(rows)
        self._fill(self._chat_cards, self.chats, words("No chat was deleted in the last 30 days."))

    def _show_parts(self, found: Sequence[DeletedMessages]) -> None:
        desk, words, trash = self._desk, self._words, self._trash
        rows = []
        for part in found:
            title = part_title(words, part)
            ask = self._asking(
                words("Delete these messages for good?"), partial(trash.purge_part, part)
            )
            back = self._doing(
                partial(trash.restore_part, part),
                words("The messages are in “{title}” again.", title=part.chat.title),
            )
            rows.append(TrashRow(desk, title, part_told(words, part, desk.clock_ms()), back, ask))
        self.parts = tuple(rows)
        self._fill(self._part_cards, self.parts, words("No message was deleted on its own."))

    def _fill(self, cards: QVBoxLayout, rows: Sequence[TrashRow], none: str) -> None:
        while (item := cards.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        empty = Label(self._theme, none, role="muted", wrap=True)
        empty.setMargin(Space.PAD)
        cards.addWidget(PlainRows(self._theme, *(rows or (empty,))))
        self.empty.setVisible(bool(self.chats or self.parts))
        self.settle()

    def _doing(self, act: Callable[[], object], said: str) -> Callable[[], None]:
        """Do it, say so, and look again."""

        def do() -> None:
            act()
            announce(self, said)
            self.refresh()
            self.heading.setFocus(Qt.FocusReason.OtherFocusReason)

        return do

    def _asking(self, question: str, act: Callable[[], object]) -> Callable[[], None]:
        """Ask first: this has no way back."""

        def ask() -> None:
            dialog = ForGoodDialog(self._desk, question, self)
            dialog.accepted.connect(self._doing(act, self._words("Deleted for good.")))
            dialog.open()

        return ask

    def _ask_to_empty(self) -> None:
        self._asking(self._words("Delete everything in the trash for good?"), self._trash.empty)()


class ForGoodDialog(PlainDialog):
    """Asks before something is destroyed.

    Args:
        desk: what the page works with.
        question: what is asked.
        parent: the page.
    """

    def __init__(self, desk: SettingsDesk, question: str, parent: QWidget) -> None:
        words, theme = desk.words, desk.theme
        super().__init__(theme, question, parent)
        self.delete = TextButton(theme, words("Delete for good"), kind=ButtonKind.DANGER)
        self.keep = TextButton(theme, words("Keep"))
        self.lay_out((), (self.delete, self.keep))
        self.say(words("This cannot be undone."))
        self.delete.clicked.connect(self.accept)
        self.keep.clicked.connect(self.reject)
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)


def _holder() -> tuple[QVBoxLayout, QWidget]:
    """A place for rows that come later."""
    cards = QVBoxLayout()
    cards.setContentsMargins(0, 0, 0, 0)
    held = QWidget()
    held.setLayout(cards)
    return cards, held
