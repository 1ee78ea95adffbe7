"""The user's models, each as a card, and what was deleted of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.chats.changes import ModelState, StatusChanged
from app.chats.values import Problem
from app.models.desk import ModelDesk
from app.models.file_work import StopSign
from app.models.model_settings import settings_of
from app.models.outlook import Outlook
from app.models.values import DeletedModel, LibraryModel, Moving, Verification
from engine.errors import UserFacingError
from ui.chat.tools.doors import while_alive
from ui.controls.button import ButtonKind, TextButton
from ui.controls.row_card import PlainRows
from ui.controls.setting_row import SettingRow
from ui.models.doors import ModelDoors
from ui.models.missing_file import take_from
from ui.models.model_card import CardState, ModelCard
from ui.models.wording import file_size, told
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection


class LibrarySection(QWidget):
    """Cards of the models.

    Signals:
        settings_requested: (id: str) show the settings that belong to a model.
        resized: it needs another height.

    Args:
        desk: what the page works with.
        models: the models.
        doors: questions to the user.
    """

    settings_requested = Signal(str)
    resized = Signal()

    def __init__(self, desk: SettingsDesk, models: ModelDesk, doors: ModelDoors) -> None:
        super().__init__()
        self._desk, self._models, self._doors = desk, models, doors
        self._words = desk.words
        self._library = models.library
        self._status = StatusChanged()
        self._is_busy = False
        self._signs: dict[str, StopSign] = {}
        self._licences: dict[str, str] = {}
        self.cards: dict[str, ModelCard] = {}
        self.gone: tuple[DeletedRow, ...] = ()
        self._order: tuple[str, ...] = ()
        self._held = QVBoxLayout()
        self._held.setContentsMargins(0, 0, 0, 0)
        held = QWidget()
        held.setLayout(self._held)
        title, remark = self._words("Your models"), self._words("One is loaded at a time.")
        self.section = SettingsSection(desk.theme, title, remark, held)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.section)
        unsubscribe = self._library.subscribe(while_alive(self, self.show_models))
        self.destroyed.connect(unsubscribe)
        self.show_models()

    # ---- what is shown

    def refresh(self) -> None:
        """Look at the disk and at the machine anew."""
        self._library.refresh()
        self.ask_for_outlooks()

    def ask_for_outlooks(self) -> None:
        """Have the plan of each model made."""
        for card in self.cards.values():
            if not card.model.is_missing:
                self._ask_for_outlook(card)

    def show_status(self, status: StatusChanged) -> None:
        """The model in use is in another state."""
        was, self._status = self._status, status
        is_other = (was.state, was.load_fraction) != (status.state, status.load_fraction)
        if is_other or was.problem != status.problem:
            self._show_states()
        if was.loaded != status.loaded:
            self.ask_for_outlooks()

    def show_busy(self, *, is_busy: bool) -> None:
        """An answer is being written, or has ended."""
        if is_busy != self._is_busy:
            self._is_busy = is_busy
            self._show_states()

    def show_models(self) -> None:
        """Show what there is now."""
        offered = self._models.catalogue.offered()
        self._licences = {one.id: one.licence for one in offered}
        models, deleted = self._library.models(), self._library.deleted()
        order = (*(one.id for one in models), *(f"-{one.model.id}" for one in deleted))
        if order != self._order:
            self._order = order
            self._lay_out(models, deleted)
        for model in models:
            self.cards[model.id].show_model(model, self._state(model))
        self.resized.emit()

    # ---- inside: showing

    def _lay_out(self, models: tuple[LibraryModel, ...], deleted: tuple[DeletedModel, ...]) -> None:
        """Cards that stay keep what they show; their frame is made anew."""
        kept = {one.id: self.cards.get(one.id) or self._make_card(one) for one in models}
        for id_, card in self.cards.items():
            if id_ not in kept:
                card.hide()
                card.deleteLater()
        fresh = [card for id_, card in kept.items() if id_ not in self.cards]
        self.cards = kept
        self.gone = tuple(DeletedRow(self._desk, one, self._undo, self._free) for one in deleted)
        while (item := self._held.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                for card in kept.values():
                    if card.parent() is old:
                        card.setParent(self)
                old.hide()
                old.deleteLater()
        self._held.addWidget(PlainRows(self._desk.theme, *kept.values(), *self.gone))
        for shown in (*kept.values(), *self.gone):
            shown.show()
        for card in fresh:
            self._ask_for_outlook(card)

    def _make_card(self, model: LibraryModel) -> ModelCard:
        card, id_ = ModelCard(self._desk.theme, self._words, model), model.id
        card.use_requested.connect(lambda: self._doing(card, lambda: self._use(id_)))
        card.settings_requested.connect(lambda: self.settings_requested.emit(id_))
        card.verify_requested.connect(lambda: self._doing(card, lambda: self._verify(card)))
        card.reveal_requested.connect(lambda: self._doors.reveal(card.model.paths[0]))
        card.move_requested.connect(lambda: self._move(card))
        card.rename_requested.connect(lambda: self._rename(card))
        card.delete_requested.connect(lambda: self._doing(card, lambda: self._library.delete(id_)))
        card.find_requested.connect(lambda: self._find(card))
        card.fetch_requested.connect(lambda: self._models.repair(id_))
        card.stop_requested.connect(lambda: self._stop(id_))
        card.resized.connect(self.resized)
        return card

    def _show_states(self) -> None:
        for card in self.cards.values():
            card.show_model(card.model, self._state(card.model))
        self.resized.emit()

    def _state(self, model: LibraryModel) -> CardState:
        words, status = self._words, self._status
        is_chosen = self._library.chosen_id == model.id
        is_loading = is_chosen and status.state is ModelState.LOADING
        busy = words("An answer is being written. Stop it or wait for its end.")
        path = None if model.is_practice else str(model.paths[0])
        adapters = settings_of(self._desk.current.value, path).adapters
        return CardState(
            is_chosen,
            status.load_fraction if is_loading else None,
            busy if self._is_busy else "",
            self._licences.get(model.id, ""),
            tuple(Path(one.path).stem for one in adapters),
            model.id in self._licences,
            words("Practice model") if model.is_practice else model.name,
        )

    def _ask_for_outlook(self, card: ModelCard) -> None:
        def seen(outlook: Outlook) -> None:
            card.show_outlook(outlook)

        self._models.outlook(
            card.model, while_alive(card, seen), while_alive(card, card.show_problem)
        )

    # ---- inside: doing

    def _doing(self, card: ModelCard, act: Callable[[], object]) -> None:
        """Do it; why it cannot be done is said on the card."""
        try:
            act()
        except UserFacingError as error:
            self._say_problem(card, Problem(error.title, error.hint, "", dict(error.fields)))

    def _say_problem(self, card: ModelCard, problem: Problem) -> None:
        card.say(told(self._words, problem), is_wrong=True)

    def _use(self, id_: str) -> None:
        self._library.choose(id_)

    def _verify(self, card: ModelCard) -> None:
        words = self._words
        said = words("Reading the files…")

        def ended(found: Verification) -> None:
            if found.was_stopped:
                card.end_work(words("Stopped. Nothing is known of the files now."))
            elif found.problem is not None:
                card.end_work(told(words, found.problem), is_wrong=True)
            elif found.is_first:
                card.end_work(
                    words(
                        "Nobody published what the files should be. What they are is noted now, "
                        "so that a later check tells whether they changed."
                    )
                )
            else:
                card.end_work(words("Every byte is as it was published."))

        progress = while_alive(card, partial(card.show_work, said))
        self._signs[card.model.id] = self._library.verify(
            card.model.id, progress, while_alive(card, ended)
        )
        card.show_work(said, 0, 0)

    def _move(self, card: ModelCard) -> None:
        words, name = self._words, card.state.name
        begin = card.model.paths[0].parent
        folder = self._doors.ask_folder(self, words("Move {name} to", name=name), begin)
        if folder is None or folder == begin:
            return
        said = words("Moving to {folder}…", folder=str(folder))

        def ended(moving: Moving) -> None:
            if moving.was_stopped:
                card.end_work(words("Stopped. The model is where it was."))
            elif moving.problem is not None:
                card.end_work(told(words, moving.problem), is_wrong=True)
            else:
                card.end_work(words("It is in {folder} now.", folder=str(folder)))

        def begin_moving() -> None:
            progress = while_alive(card, partial(card.show_work, said))
            self._signs[card.model.id] = self._library.move(
                card.model.id, folder, progress, while_alive(card, ended)
            )
            card.show_work(said, 0, 0)

        self._doing(card, begin_moving)

    def _rename(self, card: ModelCard) -> None:
        name = self._doors.ask_name(self, self._words("Name of the model"), card.model.name)
        if name:
            self._doing(card, lambda: self._library.rename(card.model.id, name))

    def _find(self, card: ModelCard) -> None:
        """The missing file of a model is somewhere else now: it is a model of its own there."""
        title = self._words("Where is {name} now?", name=card.state.name)
        files = self._doors.ask_files(self, self._words, title)
        if not files:
            return

        failed = while_alive(card, partial(self._say_problem, card))
        taken = while_alive(self, self._library.refresh)
        take_from(self._models, card.model, files, taken, failed)

    def _stop(self, id_: str) -> None:
        self._signs[id_].stop()

    def _undo(self, id_: str) -> None:
        try:
            self._library.undo(id_)
        except UserFacingError as error:
            self._desk.on_problem(Problem(error.title, error.hint, "", dict(error.fields)))

    def _free(self) -> None:
        self._library.destroy_deleted()


class DeletedRow(SettingRow):
    """A model that was deleted, with the way back.

    Args:
        desk: what the page works with.
        deleted: what was deleted.
        undo: brings the model of an id back.
        free: gives the room of all that was deleted back now.
    """

    def __init__(
        self,
        desk: SettingsDesk,
        deleted: DeletedModel,
        undo: Callable[[str], None],
        free: Callable[[], None],
    ) -> None:
        words, theme, name = desk.words, desk.theme, deleted.model.name
        self.undo = TextButton(theme, words("Undo"), icon="undo-2", compact=True)
        self.free = TextButton(theme, words("Free now"), kind=ButtonKind.DANGER, compact=True)
        held = file_size(deleted.held_bytes)
        hint = words("{size} come free when Sotto ends.", size=held)
        stays = words("Its file stays where it is.")
        super().__init__(
            theme,
            words("{name} is deleted.", name=name),
            hint if deleted.held_bytes else stays,
            self.free,
            self.undo,
        )
        self.free.setVisible(bool(deleted.held_bytes))
        self.free.setToolTip(words("Delete for good what was deleted; it cannot come back then."))
        self.undo.setAccessibleName(words("Bring {name} back", name=name))
        self.undo.clicked.connect(lambda _=False: undo(deleted.model.id))
        self.free.clicked.connect(lambda _=False: free())
