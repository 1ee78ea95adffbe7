"""The record of calls: searched, read page by page, exported, deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.chats.values import Problem
from app.permissions.export import ExportFormat
from app.permissions.record import RecordedCall
from ui.chat.tools.doors import while_alive
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, TextButton
from ui.controls.field import Field
from ui.controls.label import Label
from ui.controls.row_card import RowCard
from ui.settings.desk import SettingsDesk
from ui.settings.permissions.button_row import ButtonRow
from ui.settings.permissions.record_row import RecordRow
from ui.theme.tokens import Space, TypeSize

PAGE_CALLS: Final = 20
_PAUSE_MS: Final = 150


class RecordSection(QWidget):
    """Every call, decision and outcome, the newest first.

    Signals:
        resized: it may need another height.

    Args:
        desk: what the page works with.
    """

    resized = Signal()

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__()
        self._desk = desk
        self._asked = 0
        self.rows: list[RecordRow] = []
        self._last_id = 0
        self._make_parts()
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._card: RowCard | None = None
        self._lay_out()
        self._typing = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._typing.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self.more.clicked.connect(self._read_on)
        self.as_lines.clicked.connect(lambda: self._export(ExportFormat.JSON_LINES))
        self.as_table.clicked.connect(lambda: self._export(ExportFormat.CSV))
        self.delete.clicked.connect(lambda: self._ask(is_asking=True))
        self.keep.clicked.connect(lambda: self._ask(is_asking=False))
        self.delete_now.clicked.connect(self._on_delete)
        self._ask(is_asking=False)

    def refresh(self) -> None:
        """Read the first page anew."""
        self._asked += 1
        asked = self._asked
        self._desk.permissions.record(
            self.search.text(),
            0,
            PAGE_CALLS,
            while_alive(self, lambda calls: self._show(asked, calls, is_first=True)),
        )

    def say(self, text: str, *, is_wrong: bool = False) -> None:
        """Say what came of an export or of a deletion; "" for nothing."""
        self.said.setText(text)
        self.said.set_role("danger" if is_wrong else "muted")
        self.said.setVisible(bool(text))
        if text:
            announce(self, text)
        self.resized.emit()

    def _read_on(self) -> None:
        asked = self._asked
        self._desk.permissions.record(
            self.search.text(),
            self._last_id,
            PAGE_CALLS,
            while_alive(self, lambda calls: self._show(asked, calls, is_first=False)),
        )

    def _show(self, asked: int, calls: tuple[RecordedCall, ...], *, is_first: bool) -> None:
        if asked != self._asked:
            return  # other words are searched for by now
        if is_first or self._card is None:
            self._begin_card()
        assert self._card is not None  # noqa: S101 - it was begun above
        for call in calls:
            row = RecordRow(self._desk, call)
            row.resized.connect(self.resized)
            self.rows.append(row)
            self._card.add(row)
            self._last_id = call.entries[0].id
        if not self.rows:
            self._card.add(self._nothing())
        self.more.setVisible(len(calls) == PAGE_CALLS)
        self.resized.emit()

    def _begin_card(self) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.rows = []
        self._last_id = 0
        self._card = RowCard(self._desk.theme)
        self._cards.addWidget(self._card)

    def _nothing(self) -> QWidget:
        words = self._desk.words
        said = (
            words("Nothing of that is in the record.")
            if self.search.text()
            else words("No tool was called so far.")
        )
        empty = Label(self._desk.theme, said, role="muted", wrap=True)
        empty.setMargin(Space.PAD)
        return empty

    # ---- export and deletion

    def _export(self, form: ExportFormat) -> None:
        words = self._desk.words
        target = self._desk.choose_target(self, words, f"sotto-calls.{form}")
        if not target:
            return

        def written(count: int) -> None:
            self.say(words("{count} entries were written to {file}.", count=count, file=target))

        def failed(problem: Problem) -> None:
            title = words(problem.title, **problem.fields)
            self.say(f"{title} {words(problem.hint, **problem.fields)}".strip(), is_wrong=True)

        self._desk.permissions.export(
            Path(target), form, while_alive(self, written), while_alive(self, failed)
        )

    def _ask(self, *, is_asking: bool) -> None:
        for one in (self.question, self._answers):
            one.setVisible(is_asking)
        self.delete.setVisible(not is_asking)
        self._exports.arrange()
        self.say("")
        if is_asking:
            announce(self, self.question.text())
            self.keep.setFocus()

    def _on_delete(self) -> None:
        def deleted(count: int) -> None:
            self._ask(is_asking=False)
            self.say(self._desk.words("{count} entries were deleted.", count=count))
            self.refresh()

        self._desk.permissions.clear_record(while_alive(self, deleted))

    # ---- look

    def _make_parts(self) -> None:
        words, theme = self._desk.words, self._desk.theme
        self.title = Label(theme, words("Record of calls"), size=TypeSize.HEADING, bold=True)
        self.remark = Label(
            theme,
            words(
                "Every call, who allowed it and how it ended; it stays when a chat is deleted."
                " What came back is with the chat alone."
            ),
            size=TypeSize.CODE,
            role="muted",
            wrap=True,
        )
        self.search = Field(
            theme,
            words("Search the record"),
            placeholder=words("Search the record"),
            icon="search",
        )
        self.more = TextButton(theme, words("Show older calls"), icon="chevron-down", compact=True)
        self.more.hide()
        self.as_lines = TextButton(theme, words("Export as JSON lines"), compact=True)
        self.as_table = TextButton(theme, words("Export as a table"), compact=True)
        danger = ButtonKind.DANGER
        self.delete = TextButton(theme, words("Delete the record…"), kind=danger, compact=True)
        self.question = Label(theme, words("Delete all entries for good?"), wrap=True)
        self.delete_now = TextButton(theme, words("Delete"), kind=danger, compact=True)
        self.keep = TextButton(theme, words("Keep"), compact=True)
        self.said = Label(theme, role="muted", wrap=True)

    def _lay_out(self) -> None:
        theme = self._desk.theme
        self._exports = ButtonRow(theme, self.as_lines, self.as_table, self.delete)
        self._answers = ButtonRow(theme, self.delete_now, self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GAP)
        above: tuple[QWidget, ...] = (self.title, self.remark, self.search)
        for part in above:
            column.addWidget(part)
        column.addLayout(self._cards)
        for part in (self.more, self._exports, self.question, self._answers, self.said):
            column.addWidget(part)
