"""Try a policy: write something and see what the check finds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.safeguard.values import Ruling, Verdict
from ui.controls.announcing import announce
from ui.controls.button import TextButton
from ui.controls.field import Field
from ui.controls.label import Label
from ui.settings.desk import SettingsDesk
from ui.theme.tokens import Space, TypeSize


class PolicyTrialRow(QWidget):
    """A line to write in, a button and the verdict.

    Signals:
        resized: it needs another height.

    Args:
        desk: what the page works with.
        policy: the text that is in the box now.
    """

    resized = Signal()

    def __init__(self, desk: SettingsDesk, policy: Callable[[], str]) -> None:
        super().__init__()
        self._words = words = desk.words
        self._policy = policy
        self._trial = desk.policy_trial
        self.field = Field(
            desk.theme, words("A text to try"), placeholder=words("Write something to try it")
        )
        self.button = TextButton(desk.theme, words("Check"), compact=True)
        self.said = Label(desk.theme, size=TypeSize.CODE, role="muted", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(Space.GAP)
        row.addWidget(self.field, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        column.setSpacing(Space.GAP)
        column.addLayout(row)
        column.addWidget(self.said)
        self.said.hide()
        self.button.setEnabled(False)
        self.field.textChanged.connect(lambda text: self.button.setEnabled(bool(text.strip())))
        self.field.returnPressed.connect(self.button.click)
        self.button.clicked.connect(self._begin)

    def _begin(self) -> None:
        self._say(self._words("Checking…"))
        self._trial.begin(self._policy(), self.field.text(), self._show)

    def _show(self, verdict: Verdict) -> None:
        if not isValid(self):
            return
        words = self._words
        if verdict.ruling is Ruling.FINE:
            said = words("Fine: it would be let through.")
        elif verdict.ruling is Ruling.VIOLATION and verdict.category:
            said = words("It would be withheld: “{category}”.", category=verdict.category)
        elif verdict.ruling is Ruling.VIOLATION:
            said = words("It would be withheld.")
        else:
            said = words("It could not be checked, so it would be withheld. Is a model loaded?")
        self._say(said)
        announce(self, said)

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.show()
        self.resized.emit()
