"""The strip below the pages: what a changed setting waits for, and how far a load is."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.chats.changes import ModelState, StatusChanged
from app.settings import Settings
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.progress import Progress
from ui.controls.signs import Hairline
from ui.settings.desk import SettingsDesk
from ui.theme.tokens import Space, TypeSize


def load_settings(settings: Settings) -> tuple[object, ...]:
    """The settings that hold only after the model is loaded again."""
    return (
        settings.model_path,
        settings.context_tokens,
        settings.ubatch_tokens,
        settings.gpu_layers,
        settings.cpu_expert_layers,
        settings.cache_type,
        settings.threads,
        settings.kept_chats_mib,
        settings.draws_on_device,
        settings.workers,
        settings.adapters,
    )


class LoadStrip(QWidget):
    """Load, load again or cancel: what there is to do about the model, else nothing."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__()
        self._desk = desk
        self._words = desk.words
        self._status = StatusChanged()
        self._is_busy = False
        self._applied = load_settings(desk.current.value)
        self.said = Label(desk.theme, size=TypeSize.CONTROL, wrap=True)
        self.progress = Progress(desk.theme, desk.words("Loading the model"))
        self.load = TextButton(desk.theme, "", kind=ButtonKind.PRIMARY)
        self.cancel = TextButton(desk.theme, desk.words("Cancel"))
        self.load.clicked.connect(lambda _=False: desk.load_model())
        self.cancel.clicked.connect(lambda _=False: desk.cancel_load())
        said = QVBoxLayout()
        said.setSpacing(Space.SMALL)
        said.addWidget(self.said)
        said.addWidget(self.progress)
        row = QHBoxLayout()
        row.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        row.setSpacing(Space.PAD)
        row.addLayout(said, stretch=1)
        row.addWidget(self.cancel)
        row.addWidget(self.load)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Hairline(desk.theme))
        layout.addLayout(row)
        desk.current.subscribe(lambda _: self._show())
        desk.current.subscribe_to_renames(self._follow_rename)
        self._show()

    @property
    def is_due(self) -> bool:
        """Whether a changed setting waits for the model to be loaded again."""
        return load_settings(self._desk.current.value) != self._applied

    def show_status(self, status: StatusChanged) -> None:
        """The model is another, or in another state."""
        was = self._status.state
        self._status = status
        if status.state is ModelState.LOADING and was is not ModelState.LOADING:
            self._applied = load_settings(self._desk.current.value)
        self._show()

    def show_busy(self, *, is_busy: bool) -> None:
        """An answer is being written, or has ended."""
        self._is_busy = is_busy
        self._show()

    def _follow_rename(self, old: str, new: str) -> None:
        """The model in use is the same one under another path: nothing is due because of that."""
        if self._applied[0] == old:
            self._applied = (new, *self._applied[1:])

    def _show(self) -> None:
        words, status = self._words, self._status
        is_loading = status.state is ModelState.LOADING
        self.progress.setVisible(is_loading)
        self.cancel.setVisible(is_loading)
        self.load.setVisible(not is_loading)
        self.progress.set_fraction(status.load_fraction)
        if is_loading:
            percent = round(100 * status.load_fraction)
            self.said.setText(words("Loading the model… {percent} %", percent=percent))
        elif status.can_answer:
            self.said.setText(words("These changes hold once the model is loaded again."))
        else:
            self.said.setText(self._why_none())
        label = words("Load again") if status.can_answer else words("Load the model")
        self.load.set_look(label, "", ButtonKind.PRIMARY)
        why = words("An answer is being written. Stop it or wait for its end.")
        self.load.setEnabled(not self._is_busy and not status.needs_restart)
        self.load.setToolTip(why if self._is_busy else "")
        self.setVisible(is_loading or self.is_due or not status.can_answer)

    def _why_none(self) -> str:
        problem = self._status.problem
        if problem is None:
            return self._words("No model is loaded")
        said = [self._words(problem.title, **problem.fields)]
        if problem.hint:
            said.append(self._words(problem.hint, **problem.fields))
        return " ".join(said)
