"""One model of the user's: what it is, what it is like here, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.chats.values import Problem
from app.models.outlook import Outlook
from app.models.values import LibraryModel, Origin
from app.words import Words
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, IconButton, TextButton
from ui.controls.chip import Chip
from ui.controls.label import Label, breakable
from ui.controls.wrapping_row import WrappingRow
from ui.models.outlook_view import OutlookView
from ui.models.wording import facts_line, joined, told
from ui.models.work_line import WorkLine
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize


@dataclass(frozen=True, slots=True)
class CardState:
    """What a card shows besides the model itself.

    Attributes:
        is_chosen: it is the one in use.
        loading: how far its load is, 0.0 to 1.0; None while it is not being loaded.
        why_not: why no other model can be used now; "" where one can.
        licence: as in SPDX; "" where unknown.
        adapters: names of the LoRA adapters over it.
        can_fetch: it is offered, so that it can be fetched again.
        name: as it is called in the user's language.
    """

    is_chosen: bool = False
    loading: float | None = None
    why_not: str = ""
    licence: str = ""
    adapters: tuple[str, ...] = ()
    can_fetch: bool = False
    name: str = ""


class ModelCard(QWidget):
    """A model; long work on its files is shown in it.

    Signals:
        use_requested: load it, and use it from now on.
        settings_requested: show the settings that belong to it.
        verify_requested: read its files and hold them against their digests.
        reveal_requested: show its file in the file manager.
        move_requested: ask for another folder.
        rename_requested: ask for another name.
        delete_requested: take it away, with a way back.
        find_requested: say where its missing file is now.
        fetch_requested: fetch what is wrong or missing again.
        stop_requested: end the work on its files.
        resized: it needs another height.

    Args:
        theme: the look.
        words: the user's language.
        model: what is shown first.
    """

    use_requested = Signal()
    settings_requested = Signal()
    verify_requested = Signal()
    reveal_requested = Signal()
    move_requested = Signal()
    rename_requested = Signal()
    delete_requested = Signal()
    find_requested = Signal()
    fetch_requested = Signal()
    stop_requested = Signal()
    resized = Signal()

    def __init__(self, theme: Theme, words: Words, model: LibraryModel) -> None:
        super().__init__()
        self._theme = theme
        self._words = words
        self.model = model
        self.state = CardState()
        self._outlook: Outlook | None = None
        self._quantisation, self._layers = "", 0
        self.name = Label(theme, bold=True, size=TypeSize.BODY, wrap=True)
        self.sign = Chip(theme, "", icon="check", tone="accent")
        self.facts = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.outlook = OutlookView(theme, words)
        self.adapters = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.message = Label(theme, size=TypeSize.CODE, wrap=True)
        compact, ghost = Size.BUTTON_COMPACT, ButtonKind.GHOST
        self.use = TextButton(theme, words("Use"), compact=True)
        self.settings = TextButton(theme, words("Settings"), kind=ghost, compact=True)
        self.locate = TextButton(theme, words("Find the file…"), compact=True)
        self.fetch = TextButton(theme, words("Download again"), icon="download", compact=True)
        self.remove = TextButton(theme, words("Take off the list"), kind=ghost, compact=True)
        self.more = IconButton(theme, "ellipsis", words("More"), size=compact)
        self.work = WorkLine(theme, words)
        self._lay_out()
        self._connect()
        self.show_model(model, CardState(name=model.name))

    # ---- what is shown

    def show_model(self, model: LibraryModel, state: CardState) -> None:
        """Show a model as it is now."""
        words = self._words
        was_loading, self.model, self.state = self.state.loading, model, state
        name = state.name or model.name
        self.name.setText(breakable(name))
        self.setAccessibleName(name)
        self._say_facts()
        self._show_sign()
        with_them = words("With the adapters {names}", names=", ".join(state.adapters))
        self.adapters.setText(breakable(with_them) if state.adapters else "")
        self.adapters.setVisible(bool(state.adapters) and not model.is_missing)
        self._show_buttons()
        self._name_buttons(name)
        if model.is_missing:
            self.outlook.hide()
            self._say_missing()
        else:
            self.outlook.show()
            if self._outlook is not None:
                self.outlook.show_outlook(self._outlook, model.speed)
        if was_loading is not None and state.loading is None and state.is_chosen:
            announce(self, words("{name} is in use.", name=name))

    def show_outlook(self, outlook: Outlook) -> None:
        """Show what it is like here."""
        self._outlook = outlook
        facts = outlook.planned.facts
        self._quantisation, self._layers = facts.quantisation, facts.layers
        self._say_facts()
        self.outlook.show_outlook(outlook, self.model.speed)
        self.resized.emit()

    def show_problem(self, problem: Problem) -> None:
        """Say why it cannot be used."""
        self._outlook = None
        if not self.model.is_missing:
            self.outlook.show_problem(problem)
            self.resized.emit()

    def show_work(self, said: str, done_bytes: int, total_bytes: int) -> None:
        """Show how far the work on its files is."""
        if self.work.isHidden():
            self.say("")
        self.work.show_work(said, done_bytes, total_bytes)

    def end_work(self, said: str, *, is_wrong: bool = False) -> None:
        """The work has ended; say what came of it."""
        had_focus = self.work.stop.hasFocus()
        self.work.hide()
        self.say(said, is_wrong=is_wrong)
        if had_focus:
            self.more.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, text: str, *, is_wrong: bool = False) -> None:
        """Say what came of something; "" for nothing."""
        if not text and self.model.is_missing:
            return
        self.message.set_role("danger" if is_wrong else "muted")
        self.message.setText(breakable(text))
        self.message.setVisible(bool(text))
        self.fetch.setVisible(bool(text) and is_wrong and self.state.can_fetch)
        if text:
            announce(self, text)
        self.resized.emit()

    def make_menu(self) -> QMenu:
        """What else can be done with it."""
        words, model = self._words, self.model
        menu = QMenu(words("More"), self)
        self._add(menu, words("Check its files"), self.verify_requested.emit)
        self._add(menu, words("Show in the file manager"), self.reveal_requested.emit)
        if not model.is_practice:
            self._add(menu, words("Rename…"), self.rename_requested.emit)
            move = self._add(menu, words("Move to another folder…"), self.move_requested.emit)
            move.setEnabled(model.origin is not Origin.IN_PLACE)
            menu.addSeparator()
            ours = model.origin is not Origin.IN_PLACE
            delete = words("Delete") if ours else words("Take off the list")
            self._add(menu, delete, self.delete_requested.emit)
        is_busy = not self.work.isHidden()
        for action in menu.actions():
            action.setEnabled(action.isEnabled() and not is_busy)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    # ---- inside

    def _add(self, menu: QMenu, text: str, act: object) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(lambda _=False: act())  # type: ignore[operator]
        return action

    def _open_menu(self) -> None:
        menu = self.make_menu()
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + Space.TINY)))
        menu.setActiveAction(menu.actions()[0])

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.GAP)
        head.addWidget(self.name, stretch=1)
        head.addWidget(self.sign, alignment=Qt.AlignmentFlag.AlignTop)
        self._buttons = WrappingRow(
            self.use, self.locate, self.fetch, self.settings, self.remove, self.more
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        column.setSpacing(Space.TINY)
        column.addLayout(head)
        column.addWidget(self.facts)
        column.addWidget(self.outlook)
        column.addWidget(self.adapters)
        column.addWidget(self.work)
        column.addWidget(self.message)
        column.addSpacing(Space.TINY)
        column.addWidget(self._buttons)
        self.message.hide()

    def _connect(self) -> None:
        self.use.clicked.connect(self.use_requested)
        self.settings.clicked.connect(self.settings_requested)
        self.locate.clicked.connect(self.find_requested)
        self.fetch.clicked.connect(self.fetch_requested)
        self.remove.clicked.connect(self.delete_requested)
        self.work.stop.clicked.connect(self.stop_requested)
        self.more.clicked.connect(self._open_menu)

    def _say_facts(self) -> None:
        model, words = self.model, self._words
        checked = words("files checked") if model.verified_ms is not None else ""
        source = "" if model.is_practice else model.source
        facts = facts_line(
            words, model.size_bytes, self._quantisation, self._layers, self.state.licence, source
        )
        kept = words("stays where it is") if model.origin is Origin.IN_PLACE else ""
        self.facts.setText(breakable(joined(facts, kept, checked)))
        self.facts.setToolTip(str(model.paths[0]))

    def _show_sign(self) -> None:
        words, state = self._words, self.state
        if self.model.is_missing:
            self.sign.set_look(words("File missing"), icon="triangle-alert", tone="warn")
        elif state.loading is not None:
            percent = round(100 * state.loading)
            said = words("Loading {percent} %", percent=percent)
            self.sign.set_look(said, icon="hourglass", tone="neutral")
        else:
            self.sign.set_look(words("In use"), icon="check", tone="accent")
        self.sign.setVisible(self.model.is_missing or state.is_chosen)

    def _show_buttons(self) -> None:
        is_missing, state = self.model.is_missing, self.state
        self.use.setVisible(not is_missing and not state.is_chosen)
        self.use.setEnabled(not state.why_not)
        self.use.setToolTip(state.why_not)
        self.settings.setVisible(not is_missing)
        self.locate.setVisible(is_missing)
        self.remove.setVisible(is_missing)
        self.more.setVisible(not is_missing)
        self.fetch.setVisible(is_missing and state.can_fetch)

    def _name_buttons(self, name: str) -> None:
        words = self._words
        self.use.setAccessibleName(words("Use {name}", name=name))
        self.settings.setAccessibleName(words("Settings of {name}", name=name))
        self.more.setAccessibleName(words("More for {name}", name=name))
        self.remove.setAccessibleName(words("Take {name} off the list", name=name))
        self.locate.setAccessibleName(words("Find the file of {name}", name=name))
        self.fetch.setAccessibleName(words("Download {name} again", name=name))

    def _say_missing(self) -> None:
        gone = Problem(
            "Its file is not at {path} any more.",
            "Say where it is now, or get it again; its settings are kept.",
            fields={"path": str(self.model.paths[0])},
        )
        self.message.set_role("text")
        self.message.setText(breakable(told(self._words, gone)))
        self.message.show()
