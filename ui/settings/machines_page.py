"""Other machines that lend memory and GPUs."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import StatusChanged
from app.settings import Settings
from app.workers import MAX_WORKERS, parse_address
from ui.controls.button import TextButton
from ui.controls.field import Field
from ui.controls.label import Label
from ui.controls.row_card import PlainRows
from ui.controls.signs import IconSign
from ui.settings.desk import SettingsDesk
from ui.settings.machine_row import MachineRow
from ui.settings.page import SettingsPage
from ui.settings.section import SettingsSection
from ui.theme.tokens import Size, Space, TypeSize


class MachinesPage(SettingsPage):
    """Addresses, each with a trial; a plain warning comes first."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Other machines"))
        words, theme = desk.words, desk.theme
        self.rows: tuple[MachineRow, ...] = ()
        self._in_use: tuple[str, ...] = ()
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, 0, 0)
        held = QWidget()
        held.setLayout(self._cards)
        self.address = Field(theme, words("Address"), placeholder="192.168.0.5:50052")
        self.add_button = TextButton(theme, words("Add"), icon="plus")
        self.said = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.add(self._warning())
        self.add(SettingsSection(theme, words("Lending machines"), "", held))
        self.add(SettingsSection(theme, words("Add a machine"), "", self._form()))
        self.add_button.clicked.connect(self._add)
        self.address.returnPressed.connect(self._add)
        self.address.textEdited.connect(lambda _: self._say(""))
        desk.current.subscribe(self._show_settings)
        self._say("")
        self._show_settings(desk.current.value)

    @override
    def show_status(self, status: StatusChanged) -> None:
        self._in_use = status.workers
        self._show_use()

    def _warning(self) -> QWidget:
        words, theme = self._words, self._theme
        said = words(
            "Text leaves this computer: what you write goes to these machines, not encrypted."
        )
        advice = words("Use only machines and networks you trust, or an SSH tunnel.")
        warning = QWidget()
        row = QHBoxLayout(warning)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.GAP)
        row.addWidget(IconSign(theme, "triangle-alert", "warn", Size.ICON))
        row.addWidget(Label(theme, f"{said} {advice}", wrap=True), stretch=1)
        return warning

    def _form(self) -> QWidget:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        column.setSpacing(Space.SMALL)
        row = QHBoxLayout()
        row.setSpacing(Space.GAP)
        row.addWidget(self.address, stretch=1)
        row.addWidget(self.add_button)
        column.addLayout(row)
        column.addWidget(self.said)
        return form

    def _show_settings(self, settings: Settings) -> None:
        if self.rows and tuple(row.address for row in self.rows) == settings.workers:
            return
        while (item := self._cards.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.rows = tuple(MachineRow(self._desk, address) for address in settings.workers)
        for row in self.rows:
            row.removed.connect(self._remove)
        none = self._words("No other machine lends anything; everything stays on this computer.")
        empty = Label(self._theme, none, role="muted", wrap=True)
        empty.setMargin(Space.PAD)
        self._cards.addWidget(PlainRows(self._theme, *(self.rows or (empty,))))
        self._show_use()
        self.settle()

    def _show_use(self) -> None:
        for row in self.rows:
            row.show_in_use(is_in_use=row.address in self._in_use)

    def _add(self) -> None:
        words, known = self._words, self._desk.current.value.workers
        try:
            address = parse_address(self.address.text())
        except ValueError:
            self._say(words("Write a name or an IPv4 address, a colon and a port."), is_wrong=True)
            return
        if address in known:
            self._say(words("This address is in the list already."), is_wrong=True)
        elif len(known) >= MAX_WORKERS:
            self._say(words("At most {count} machines can lend.", count=MAX_WORKERS), is_wrong=True)
        else:
            self.address.clear()
            self._say("")
            self._desk.change(workers=(*known, address))

    def _remove(self, address: str) -> None:
        left = tuple(one for one in self._desk.current.value.workers if one != address)
        self._desk.change(workers=left)

    def _say(self, text: str, *, is_wrong: bool = False) -> None:
        self.said.setText(text or self._words("Start “sotto worker” there first."))
        self.said.set_role("danger" if is_wrong else "muted")
