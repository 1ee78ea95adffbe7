"""One machine that lends, with what a trial of it found."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.chats.values import Problem
from app.workers import Worker
from engine.memory_plan.sentences import gibibytes
from ui.controls.button import ButtonKind, TextButton
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk


class MachineRow(SettingRow):
    """An address; it can be tried and taken out.

    Signals:
        removed: (address: str) take it out.

    Args:
        desk: what the page works with.
        address: `host:port`.
    """

    removed = Signal(str)

    def __init__(self, desk: SettingsDesk, address: str) -> None:
        words = desk.words
        self.test = TextButton(desk.theme, words("Test"), compact=True)
        self.remove = TextButton(desk.theme, words("Remove"), kind=ButtonKind.DANGER, compact=True)
        super().__init__(desk.theme, address, words("Not tried yet."), self.test, self.remove)
        self.test.setAccessibleName(words("Test {address}", address=address))
        self.remove.setAccessibleName(words("Remove {address}", address=address))
        self._desk = desk
        self.address = address
        self.test.clicked.connect(self._try)
        self.remove.clicked.connect(lambda: self.removed.emit(address))

    def show_in_use(self, *, is_in_use: bool) -> None:
        """It holds a part of the model now, so that it answers nobody else."""
        self.test.setEnabled(not is_in_use)
        if is_in_use:
            self.set_hint(self._desk.words("It holds a part of the model now."))

    def _try(self) -> None:
        self.test.setEnabled(False)
        self.set_hint(self._desk.words("Trying…"))
        self._desk.chores.run(
            lambda: self._desk.try_worker(self.address), self._show_worker, self._show_problem
        )

    def _show_worker(self, worker: Worker) -> None:
        self.test.setEnabled(True)
        free = gibibytes(sum(device.free_bytes for device in worker.devices))
        self.set_hint(self._desk.words("Lends {free} of memory.", free=free))

    def _show_problem(self, problem: Problem) -> None:
        self.test.setEnabled(True)
        words = self._desk.words
        said = [words(problem.title, **problem.fields)]
        if problem.hint:
            said.append(words(problem.hint, **problem.fields))
        self.complain(" ".join(said))
