"""Servers of tools (MCP): programs and services that others wrote."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget
from shiboken6 import isValid
from typing_extensions import override

from app.chats.values import Problem
from app.tools.mcp.servers import (
    FoundServer,
    ImportPreview,
    KnownFile,
    ServerEntry,
    ServerSecrets,
    ServerStatus,
)
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.label import Label
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.settings.section import SettingsSection
from ui.settings.tools.import_dialog import ImportDialog
from ui.settings.tools.rows import ChangingRows, sentence
from ui.settings.tools.server_form import ServerForm
from ui.settings.tools.server_look import ServerLook
from ui.settings.tools.server_row import ServerRow
from ui.theme.tokens import Space, TypeSize


class ServersPage(SettingsPage):
    """The list with each server's health; adding, changing, importing and removing."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Servers of tools"))
        words, theme = desk.words, desk.theme
        self._tools = tools = desk.tools
        self._servers = tools.servers
        self.rows: dict[str, ServerRow] = {}
        self.look: ServerLook | None = None
        self.form: ServerForm | None = None
        self.preview: ImportDialog | None = None
        self.removal: PlainDialog | None = None
        self.add_button = TextButton(theme, words("Add…"), icon="plus", compact=True)
        self.import_button = TextButton(theme, words("Import…"), icon="folder", compact=True)
        self.said = Label(theme, size=TypeSize.CODE, role="danger", wrap=True)
        self._listed = ChangingRows(theme)
        about = words(
            "A server of tools (MCP) is a program or a service that gives the model tools, for "
            "example for files or a calendar. You are asked before each call, unless you made a "
            "rule."
        )
        self.add(Label(theme, about, wrap=True))
        self.add(
            SettingsSection(theme, words("Your servers"), "", self._listed, action=self.add_button)
        )
        self.add(self.import_button, Qt.AlignmentFlag.AlignLeft)
        self.add(self.said)
        self.said.hide()
        self.add_button.clicked.connect(lambda: self._open_form(None))
        self.import_button.clicked.connect(self._ask_what_to_import)
        self._unsubscribe = tools.servers.subscribe(lambda: tools.post(self._show))
        self._show()

    @override
    def refresh(self) -> None:
        self._tools.begin()
        self._show()

    # ---- the list

    def _show(self) -> None:
        if not isValid(self):
            return
        statuses = self._servers.statuses()
        if [one.entry.name for one in statuses] != list(self.rows) or not self.rows:
            self.rows = {one.entry.name: self._row(one) for one in statuses}
            rows = list(self.rows.values())
            self._listed.show_rows(rows, self._words("No servers yet."))
        else:
            for status in statuses:
                self.rows[status.entry.name].show_status(status)
        problem = self._servers.problem
        self._say(problem) if problem is not None else self._say(None)
        self._show_look()
        self.settle()

    def _row(self, status: ServerStatus) -> ServerRow:
        row = ServerRow(self._theme, self._words, status)
        row.enabled.connect(lambda name, is_on: self._do(lambda: self._servers.enable(name, is_on)))
        row.restart_requested.connect(lambda name: self._do(lambda: self._servers.restart(name)))
        row.remove_requested.connect(self._ask_to_remove)
        row.edit_requested.connect(self._edit)
        row.look_requested.connect(self._open_look)
        return row

    def _ask_to_remove(self, name: str) -> None:
        words = self._words
        self.removal = dialog = PlainDialog(
            self._theme, words("Remove {server}?", server=name), self
        )
        remove = TextButton(self._theme, words("Remove"), kind=ButtonKind.DANGER)
        cancel = TextButton(self._theme, words("Cancel"), kind=ButtonKind.GHOST)
        note = words("Its secrets are taken out of the keyring. It cannot be brought back.")
        dialog.lay_out((Label(self._theme, note, role="muted", wrap=True),), (cancel, remove))
        remove.clicked.connect(lambda: self._do(lambda: self._servers.remove(name)))
        remove.clicked.connect(dialog.accept)
        cancel.clicked.connect(dialog.reject)
        dialog.open()

    def _do(self, work: Callable[[], object]) -> None:
        """Change the list, elsewhere: files are written and the keyring may ask."""
        self._desk.chores.run(work, lambda _: self._say(None), self._say)

    def _say(self, problem: Problem | None) -> None:
        self.said.setText(sentence(self._words, problem) if problem is not None else "")
        self.said.setVisible(problem is not None)

    # ---- tools and log

    def _open_look(self, name: str) -> None:
        self.look = look = ServerLook(self._theme, self._words, name, self)
        look.hidden.connect(
            lambda server, tools: self._do(lambda: self._servers.hide_tools(server, tools))
        )
        look.refresh_requested.connect(self._show_look)
        self._show_look()
        look.open()

    def _show_look(self) -> None:
        look = self.look
        if look is None or not isValid(look):
            self.look = None
            return
        for status in self._servers.statuses():
            if status.entry.name == look.name:
                look.show_server(status, self._servers.log(look.name))

    # ---- adding and changing

    def _edit(self, name: str) -> None:
        for status in self._servers.statuses():
            if status.entry.name == name:
                self._open_form(status.entry)

    def _open_form(self, entry: ServerEntry | None) -> None:
        self.form = form = ServerForm(self._theme, self._words, entry, self)

        def keep(filled: ServerEntry, secrets: ServerSecrets, replacing: str) -> None:
            self._desk.chores.run(
                lambda: self._servers.put(filled, secrets, replacing),
                lambda _: _if_alive(form, form.accept),
                lambda problem: _if_alive(form, lambda: form.say_problem(problem)),
            )

        form.filled_in.connect(keep)
        form.open()

    # ---- files of other apps

    def _ask_what_to_import(self) -> None:
        self._desk.chores.run(self._servers.known_files, self._offer_files, self._say)

    def _offer_files(self, known: tuple[KnownFile, ...]) -> None:
        menu = self.make_import_menu(known)
        below = QPoint(0, self.import_button.height() + Space.TINY)
        menu.popup(self.import_button.mapToGlobal(below))

    def make_import_menu(self, known: tuple[KnownFile, ...]) -> QMenu:
        """Files of other apps that are there, and any other file."""
        menu = QMenu(self._words("Import…"), self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for file in known:
            action = menu.addAction(self._words("From {app}", app=file.app))
            action.setToolTip(file.path)
            action.triggered.connect(lambda _=False, one=file: self.read(one.path, one.app))
        menu.addAction(self._words("From a file…"), self._choose_file)
        return menu

    def _choose_file(self) -> None:
        title, kinds = self._words("Import…"), "JSON (*.json *.jsonc);;* (*)"
        path, _ = QFileDialog.getOpenFileName(self.window(), title, "", kinds)
        if path:
            self.read(path, "")

    def read(self, path: str, app: str) -> None:
        """Look into a file and show what it would bring."""
        self._desk.chores.run(
            lambda: self._servers.preview(path, app), self._open_preview, self._say
        )

    def _open_preview(self, preview: ImportPreview) -> None:
        self.preview = dialog = ImportDialog(self._theme, self._words, preview, self)

        def take(servers: tuple[FoundServer, ...]) -> None:
            self._desk.chores.run(
                lambda: self._servers.take(servers),
                lambda _: _if_alive(dialog, dialog.accept),
                lambda problem: _if_alive(dialog, lambda: dialog.say_problem(problem)),
            )

        dialog.chosen.connect(take)
        dialog.open()


def _if_alive(widget: QWidget, call: Callable[[], object]) -> None:
    """The dialog may have been left meanwhile."""
    if isValid(widget):
        call()
