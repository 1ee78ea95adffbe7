"""The page of the first start: three steps below each other, in front of the chats."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from shiboken6 import isValid

from app.chats.background import problem_from
from app.chats.changes import StatusChanged
from app.models.values import Download, DownloadState, LibraryModel, OfferedModel
from app.words import Words
from engine.errors import UserFacingError
from ui.controls.announcing import announce
from ui.first_start.chat_step import ChatStep
from ui.first_start.header import Header
from ui.first_start.machine_step import MachineStep
from ui.first_start.model_step import ChooseFolder, ModelStep, ask_for_folder
from ui.first_start.offers import host_of, other_of, usual_of
from ui.first_start.step_card import StepCard, StepState
from ui.first_start.step_column import StepColumn
from ui.first_start.wording import network_use
from ui.models.wording import file_size
from ui.theme.theme import Theme

if TYPE_CHECKING:  # the desk is made after the first frame
    from app.models.desk import ModelDesk
    from app.models.outlook import Outlook


class FirstStartPage(StepColumn):
    """Leads from nothing to the first chat; holds no facts but what the desk told.

    Signals:
        chat_requested: the user wants to chat.
        language_chosen: (language: str) the user wants another language.
        settings_requested: show the settings.
        model_taken: (model: LibraryModel) the user chose a file that was here already.
        step_reached: (step: str) "model" or "chat".

    Args:
        theme: the look.
        words: the user's language.
        choose_folder: asks for a folder.
    """

    chat_requested = Signal()
    language_chosen = Signal(str)
    settings_requested = Signal()
    model_taken = Signal(object)
    step_reached = Signal(str)

    def __init__(
        self, theme: Theme, words: Words, choose_folder: ChooseFolder = ask_for_folder
    ) -> None:
        super().__init__(theme, words)
        self._desk: ModelDesk | None = None
        self._model: OfferedModel | None = None
        self._taken = ""
        self._was_cancelled = False
        self._status = StatusChanged()
        self._outlooks: dict[str, Outlook] = {}
        self.header = Header(theme, words)
        self.machine = MachineStep(theme, words)
        self.file = ModelStep(theme, words, choose_folder)
        self.chat = ChatStep(theme, words)
        self.fill(self.header, *self.steps)
        self._connect()
        self.file.show_model(None)
        self._name_host(None)

    @property
    def steps(self) -> tuple[StepCard, ...]:
        """From the top."""
        return (self.machine, self.file, self.chat)

    @property
    def model(self) -> OfferedModel | None:
        """The model that is offered here."""
        return self._model

    def begin(self, desk: ModelDesk) -> None:
        """Look at this computer, and at what there is; once."""
        from ui.models.finding_panel import FindingPanel  # noqa: PLC0415 - not for the first frame

        self._desk = desk
        self.files = FindingPanel(self._theme, self._words, desk)
        self.files.resized.connect(self.settle)
        self.files.taken.connect(self._take)
        self.files.take_drops(self)
        self.file.add_files(self.files)
        for subscribe in (desk.downloads.subscribe, desk.library.subscribe):
            self.destroyed.connect(subscribe(self._here(self.refresh)))
        desk.machine(self._here(self.machine.show_machine), self._here(self.machine.show_problem))
        try:
            offered = desk.catalogue.offered()
        except UserFacingError as error:
            self.file.say(problem_from(error))
            return
        if (model := usual_of(offered, desk.downloads.all())) is not None:
            self._offer(model)
        self._show_folder()
        self.files.look()
        self.refresh()

    def show_status(self, status: StatusChanged) -> None:
        """The model is another, or in another state."""
        self._status = status
        self._show_steps()

    def refresh(self) -> None:
        """Show what the desk knows now."""
        if self._desk is None or self._model is None:
            return
        here, download = self.here, self.download
        if here is not None:
            self.file.show_here(here)
        elif download is not None and download.state is not DownloadState.DONE:
            self._was_cancelled = False
            self.file.show_download(download)
        elif not self._was_cancelled:
            self.file.show_choice()
        self._show_steps()

    @property
    def here(self) -> LibraryModel | None:
        """The model of this page, where it is on this computer."""
        if self._desk is None:
            return None
        ids = (self._taken, self._model.id if self._model else "")
        found = (self._desk.library.find(one) for one in ids if one)
        return next((one for one in found if one is not None and not one.is_missing), None)

    @property
    def download(self) -> Download | None:
        """The download of the model of this page."""
        told = self._desk.downloads.all() if self._desk is not None else ()
        return next((one for one in told if self._model and one.model.id == self._model.id), None)

    # ---- wishes

    def _start(self) -> None:
        desk, model = self._desk, self._model
        if desk is None or model is None:
            return
        self.file.say(None)
        self._was_cancelled = False
        try:
            desk.download(model)
        except UserFacingError as error:
            self.file.say(problem_from(error))
        self.refresh()

    def _ask(self, wish: str) -> None:
        """Pause, go on, or want it no more."""
        if self._desk is None or self._model is None:
            return
        id_, downloads = self._model.id, self._desk.downloads
        self._was_cancelled = wish == "cancel"
        wishes = {"pause": downloads.pause, "resume": downloads.resume, "cancel": downloads.cancel}
        wishes[wish](id_)
        if self._was_cancelled:
            self.file.show_cancelled()
            self._show_steps()

    def _choose_folder(self, folder: Path) -> None:
        if (desk := self._desk) is None:
            return
        is_own = folder == desk.paths.models
        problem = desk.current.change(models_folder=None if is_own else str(folder))
        self.file.say(problem)
        self._show_folder()

    def _take(self, model: LibraryModel) -> None:
        self._taken = model.id
        self.model_taken.emit(model)
        self.refresh()

    # ---- what is offered

    def _offer(self, model: OfferedModel) -> None:
        """Make a model the one of this page."""
        desk = self._desk
        if desk is None:
            return
        self._model = model
        self.file.show_model(model)
        self._name_host(model)
        failed = self._here(self.machine.show_problem)
        desk.outlook(model, self._here(partial(self._show_outlook, model)), failed)

    def _show_outlook(self, model: OfferedModel, outlook: Outlook) -> None:
        self._outlooks[model.id] = outlook
        if self._model is not None and self._model.id == model.id:
            self.machine.show_outlook(model.name, outlook)
            self.step_reached.emit("model")
            self._show_steps()
            self._look_at_other()

    def _look_at_other(self) -> None:
        """Offer the other model of Sotto's own list, where this computer can run it."""
        desk, now = self._desk, self._model
        other = other_of(desk, now) if desk and now else None
        self.file.show_other("")
        if desk is None or other is None:
            return

        def seen(outlook: Outlook) -> None:
            words, size = self._words, file_size(other.size_bytes)
            if outlook.planned.plan.fits and self._model == now:
                name = other.name
                is_larger = self._model is not None and other.size_bytes > self._model.size_bytes
                larger = words("This computer can also run {name} ({size})", name=name, size=size)
                smaller = words("Take {name} instead ({size})", name=name, size=size)
                self.file.show_other(larger if is_larger else smaller)

        desk.outlook(other, self._here(seen), lambda _: None)

    def _switch(self) -> None:
        other = other_of(self._desk, self._model) if self._desk and self._model else None
        if other is not None:
            self._offer(other)
            self._show_folder()

    def _show_folder(self) -> None:
        desk = self._desk
        if desk is not None:
            self.file.show_folder(desk.folder)
            desk.free_bytes(desk.folder, self._here(self.file.show_room))

    def _name_host(self, model: OfferedModel | None) -> None:
        setting = self._desk.current.value.hub_endpoint if self._desk else ""
        self.private.setText(network_use(self._words, host_of(model, setting)))

    # ---- where the steps stand

    def _show_steps(self) -> None:
        is_seen, here = self.machine.state is StepState.DONE, self.here
        self.file.set_state(
            StepState.DONE if here else StepState.CURRENT if is_seen else StepState.LATER
        )
        before = self.chat.state
        self.chat.set_state(StepState.CURRENT if here else StepState.LATER)
        if here is not None:
            self._show_ready(here)
            self.resumes.hide()
            if before is not StepState.CURRENT:
                self.step_reached.emit("chat")
                announce(self.chat, f"{self.file.spoken}. {self.chat.spoken}")
            return
        download, ended = self.download, (DownloadState.DONE, DownloadState.FAILED)
        is_coming = download is not None and download.state not in ended
        self.file.set_loud(is_loud=not is_coming)
        name = self._model.name if self._model and is_coming else ""
        self.chat.show_practice(name, is_loud=is_coming)

    def _show_ready(self, here: LibraryModel) -> None:
        is_used = self._desk is not None and self._desk.library.chosen_id == here.id
        self.chat.show_model(here.name, self._status if is_used else None)

    def _here(self, act: Callable[..., None]) -> Callable[..., None]:
        """The act, unless this page is gone when it is wanted."""
        return lambda *given: act(*given) if isValid(self) else None

    def _connect(self) -> None:
        file, row = self.file, self.file.row
        self.header.language_chosen.connect(self.language_chosen)
        self.header.settings_requested.connect(self.settings_requested)
        file.start_requested.connect(self._start)
        file.folder_chosen.connect(self._choose_folder)
        file.other_requested.connect(self._switch)
        row.pause_requested.connect(lambda: self._ask("pause"))
        row.resume_requested.connect(lambda: self._ask("resume"))
        row.undo_requested.connect(lambda: self._ask("resume"))
        row.cancel_requested.connect(lambda: self._ask("cancel"))
        self.chat.go_requested.connect(self.chat_requested)
        for resized in (self.machine.resized, file.resized, self.chat.resized):
            resized.connect(self.settle)
