"""The third step: the first chat, with the practice model at once or with the model itself."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.chats.changes import ModelState, StatusChanged
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.progress import Progress
from ui.controls.wrapping_row import WrappingRow
from ui.first_start.step_card import StepCard
from ui.models.wording import told
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize


class ChatStep(StepCard):
    """A sentence and one button that leads to the chat.

    Signals:
        go_requested: to the chat.
        resized: it needs another height.
    """

    go_requested = Signal()
    resized = Signal()

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__(theme, words, 3, words("First chat"))
        self.said = Label(theme, size=TypeSize.BODY, role="muted", wrap=True)
        self.loading = Progress(theme, words("Loading the model"))
        self.go = TextButton(theme, words("Try the practice model now"))
        self.body.addWidget(self.said)
        self.body.addWidget(self.loading)
        self.body.addWidget(WrappingRow(self.go))
        self.loading.hide()
        self.go.clicked.connect(self.go_requested)
        self.show_practice("", is_loud=False)

    def show_practice(self, awaited: str, *, is_loud: bool) -> None:
        """The model is not here yet.

        Args:
            awaited: the name of the model that is being fetched; "" for none.
            is_loud: the button is the one to press.
        """
        words = self._words
        if awaited:
            said = words(
                "A tiny practice model is already here. Try Sotto with it while the download runs, "
                "or stay here: {name} is used as soon as it is whole.",
                name=awaited,
            )
        else:
            said = words(
                "A tiny practice model is already here. It knows next to nothing, but you can try "
                "Sotto with it."
            )
        self._show(said, words("Try the practice model now"), is_loud=is_loud)

    def show_model(self, name: str, status: StatusChanged | None) -> None:
        """The model is here; `status` tells how its loading goes, where it is the one in use."""
        if status is not None and status.state is ModelState.FAILED and status.problem is not None:
            self.show_failed(told(self._words, status.problem))
        elif status is not None and status.state is ModelState.LOADING:
            self.show_ready(name, load_fraction=status.load_fraction)
        else:
            self.show_ready(name)

    def show_ready(self, name: str, *, load_fraction: float | None = None) -> None:
        """The model is here.

        Args:
            name: of the model.
            load_fraction: how much of it is in memory; None where it is not being loaded.
        """
        words = self._words
        if load_fraction is None:
            said = words("{name} is ready.", name=name)
        else:
            percent = round(100 * load_fraction)
            said = words("{name} is being loaded: {percent} %", name=name, percent=percent)
            self.loading.set_fraction(load_fraction)
        self._show(said, words("Start the first chat"), is_loud=True)
        if self.loading.isVisibleTo(self) != (load_fraction is not None):
            self.loading.setVisible(load_fraction is not None)
            self.resized.emit()

    def show_failed(self, said: str) -> None:
        """The model is here and could not be loaded."""
        self.loading.hide()
        self._show(said, self._words("Go to the chat"), is_loud=True)

    def _show(self, said: str, button: str, *, is_loud: bool) -> None:
        kind = ButtonKind.PRIMARY if is_loud else ButtonKind.SECONDARY
        if self.go.text() != button or self.go.kind is not kind:
            self.go.set_look(button, "", kind)
        if self.said.text() != said:
            is_longer = len(said) != len(self.said.text())
            self.said.setText(said)
            if is_longer:
                self.resized.emit()
