"""Which model answers, and what of it goes where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer
from typing_extensions import override

from app.chats.changes import StatusChanged
from app.chats.values import Problem
from app.models.planning import Planned
from app.models.shown_settings import ShownSettings
from app.settings import Settings
from engine.memory_plan.reasons import Choice, Reason, reasons
from engine.memory_plan.values import MemoryPlan
from ui.controls.button import ButtonKind, TextButton
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk
from ui.settings.load_strip import load_settings
from ui.settings.memory_view import MemoryView
from ui.settings.model_chooser import ModelChooser
from ui.settings.page import SettingsPage
from ui.settings.page_name import PageName
from ui.settings.plan_rows import PlanRows
from ui.settings.running_rows import RunningRows
from ui.settings.section import SettingsSection

REPLAN_MS: Final = 60
"""Changes so close together are planned once."""


class ModelPage(SettingsPage):
    """The model file, the plan of its memory, and every choice in it."""

    def __init__(self, desk: SettingsDesk) -> None:
        self.shown = ShownSettings(desk.current)
        desk = replace(desk, current=self.shown)
        super().__init__(desk, desk.words("Model and memory"))
        words, theme = desk.words, desk.theme
        self._loaded: MemoryPlan | None = None
        self._planned_for: tuple[object, ...] = ()
        self._ticket = 0
        self._timer = QTimer(self, singleShot=True, interval=REPLAN_MS)
        self._timer.timeout.connect(self._plan)
        self.choose = TextButton(theme, words("Choose a file…"), compact=True)
        self.practice = TextButton(
            theme, words("Practice model"), kind=ButtonKind.GHOST, compact=True
        )
        self.models = TextButton(
            theme, words("All models…"), kind=ButtonKind.GHOST, icon="library", compact=True
        )
        self.file = SettingRow(theme, "", "", self.practice, self.choose)
        self.chooser = ModelChooser(desk, self.shown)
        self.memory = MemoryView(theme, words)
        self.rows = PlanRows(desk)
        self.running = RunningRows(desk)
        self.automatic = TextButton(
            theme,
            words("All automatic"),
            kind=ButtonKind.GHOST,
            icon="rotate-ccw",
            compact=True,
        )
        self.add(
            SettingsSection(
                theme, words("Model file"), "", self.file, self.chooser, action=self.models
            )
        )
        self.add(SettingsSection(theme, words("Memory"), "", self.memory))
        remark = words("Sotto chooses what fits; you may choose otherwise.")
        self.add(
            SettingsSection(theme, words("Choices"), remark, *self.rows.rows, action=self.automatic)
        )
        self.add(SettingsSection(theme, words("While it runs"), "", *self.running.rows))
        self.choose.clicked.connect(self._choose_file)
        self.practice.clicked.connect(lambda: desk.change(model_path=None))
        self.automatic.clicked.connect(self.rows.reset)
        self.models.clicked.connect(lambda: self.page_requested.emit(PageName.MODELS, ""))
        desk.current.subscribe(self._show_settings)
        self._show_settings(desk.current.value)

    @override
    def show_status(self, status: StatusChanged) -> None:
        plan = status.held_plan
        if plan != self._loaded:
            self._loaded = plan
            self._ask_for_plan()

    @override
    def refresh(self) -> None:
        self._ask_for_plan()

    @override
    def show_subject(self, subject: str) -> None:
        if subject:
            self.chooser.show_model(subject)

    def _show_settings(self, settings: Settings) -> None:
        words, path = self._words, settings.model_path
        name = Path(path).name if path else words("Practice model")
        folder = str(Path(path).parent) if path else ""
        practice = words("A tiny model to try Sotto with; what it says is made up.")
        self.file.name.setText(name)
        self.file.set_hint(folder or practice)
        self.practice.setVisible(bool(path))
        self.rows.show_settings(settings)
        self.running.show_settings(settings)
        self.automatic.setEnabled(self.rows.has_choices)
        if load_settings(settings) != self._planned_for:
            self._planned_for = load_settings(settings)
            self._ask_for_plan()

    def _choose_file(self) -> None:
        path = self._desk.choose_file(self, self._words, self._words("Choose a gpt-oss model file"))
        if path:
            self._desk.change(model_path=path)

    def _ask_for_plan(self) -> None:
        if self.isVisible():
            self._timer.start()

    def _plan(self) -> None:
        """Have the settings planned; the last one asked for wins."""
        self._ticket += 1
        ticket, settings, loaded = self._ticket, self._desk.current.value, self._loaded

        def work() -> tuple[Planned, dict[Choice, Reason]]:
            found = self._desk.plan(settings, loaded)
            return found, reasons(found.whole, found.hardware, found.plan, found.choices)

        def planned(ended: tuple[Planned, dict[Choice, Reason]]) -> None:
            if ticket == self._ticket:
                self.memory.show_plan(ended[0].plan)
                self.rows.show_plan(*ended)
                self.settle()

        def failed(problem: Problem) -> None:
            if ticket == self._ticket:
                said = [self._words(problem.title, **problem.fields)]
                if problem.hint:
                    said.append(self._words(problem.hint, **problem.fields))
                self.memory.show_problem(" ".join(said))
                self.settle()

        self._desk.chores.run(work, planned, failed)
