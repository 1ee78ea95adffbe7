"""What is to be run: evaluations, efforts, how many questions; and how long that takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.lab.values import Estimate, Evaluation, EvaluationId, RunPlan
from app.words import Words
from engine.harmony.messages import Effort
from engine.requests import Sampling
from ui.card.rows import cited
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.number_field import NumberField, NumberRange
from ui.controls.segmented import SegmentedControl
from ui.controls.setting_row import SettingRow
from ui.controls.switch import Switch
from ui.lab.toggle import Toggle, ToggleRow
from ui.lab.wording import effort_name, estimate_text
from ui.settings.section import SettingsSection
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

ITEM_COUNTS: Final = (5, 10, 20, 40, 0)
"""Questions of each evaluation; 0 for all there are."""
_PAUSE_MS: Final = 200
_SEEDS: Final = NumberRange(0, 2**31 - 1)


class ChoosingSection(QWidget):
    """Collects a plan and announces it.

    Signals:
        changed: (plan: RunPlan) what is chosen is another now; not more often than a person acts.
        start_wanted: (plan: RunPlan) begin.

    Args:
        theme: the look.
        words: the user's language.
        evaluations: what there is to choose from.
        sampling: how tokens are to be chosen.
    """

    changed = Signal(object)
    start_wanted = Signal(object)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        evaluations: Sequence[Evaluation],
        sampling: Sampling,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._words = words
        self.sampling = sampling
        self._why_not = ""
        self._estimate = Estimate(0)
        self.switches = {one.id: Switch(theme, one.title.of(words.language)) for one in evaluations}
        self.efforts = {one: Toggle(theme, effort_name(words, one)) for one in Effort}
        counts = [str(count) if count else words("All") for count in ITEM_COUNTS]
        name = words("Questions of each")
        self.items = SegmentedControl(theme, name, counts, index=1)
        self.seed = NumberField(theme, words("Seed"), _SEEDS)
        self.estimate = Label(theme, wrap=True)
        self.start = TextButton(theme, words("Start"), kind=ButtonKind.PRIMARY, icon="play")
        self._lay_out(evaluations)
        self._telling = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._telling.timeout.connect(lambda: self.changed.emit(self.plan))
        first = evaluations[0].id if evaluations else None
        for which, switch in self.switches.items():
            switch.setChecked(which == first)
            switch.toggled.connect(self._on_changed)
        for effort, toggle in self.efforts.items():
            toggle.setChecked(effort is not Effort.HIGH)
            toggle.toggled.connect(self._on_changed)
        self.items.chosen.connect(self._on_changed)
        self.seed.changed.connect(self._on_changed)
        self.start.clicked.connect(lambda: self.start_wanted.emit(self.plan))
        self.show_estimate(Estimate(0))

    @property
    def plan(self) -> RunPlan:
        """What is chosen now."""
        return RunPlan(
            tuple(which for which, switch in self.switches.items() if switch.isChecked()),
            tuple(effort for effort, toggle in self.efforts.items() if toggle.isChecked()),
            ITEM_COUNTS[self.items.index],
            int(self.seed.number or 0),
            self.sampling,
        )

    def choose(self, *evaluations: EvaluationId) -> None:
        """Choose these alone."""
        for which, switch in self.switches.items():
            switch.setChecked(which in evaluations)

    def show_estimate(self, estimate: Estimate) -> None:
        """Say how long the plan takes."""
        self._estimate = estimate
        self.estimate.setText(self._why_not or estimate_text(self._words, estimate))
        self._enable()

    def forbid(self, why_not: str) -> None:
        """Say why nothing can begin; "" when it can."""
        if why_not != self._why_not:
            self._why_not = why_not
            self.show_estimate(self._estimate)
            if not why_not:
                self._telling.start()

    def _on_changed(self) -> None:
        self._enable()
        self._telling.start()

    def _enable(self) -> None:
        plan = self.plan
        is_possible = bool(plan.evaluations and plan.efforts) and not self._why_not
        self.start.setEnabled(is_possible)
        if is_possible:
            self.start.setToolTip("")
        else:
            said = self._words("Choose at least one evaluation and one effort.")
            self.start.setToolTip(self._why_not or said)

    def _lay_out(self, evaluations: Sequence[Evaluation]) -> None:
        theme, words = self._theme, self._words
        rows = [self._row(one) for one in evaluations]
        remark = words("Answers are checked by program, not by another model.")
        self.section = SettingsSection(theme, words("What to try"), remark, *rows)
        name = words("Reasoning effort")
        chosen = ToggleRow(theme, name, self.efforts.values())
        effort = SettingRow(
            theme,
            name,
            words("Each question is asked once at each effort."),
            chosen,
        )
        count = SettingRow(
            theme,
            words("Questions of each"),
            words("More of them take longer and say more."),
            self.items,
        )
        seed = SettingRow(
            theme,
            words("Seed"),
            words("Chooses the questions; the same seed asks the same ones again."),
            self.seed,
        )
        how = SettingsSection(theme, words("How"), "", effort, count, seed, self._foot())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SECTION)
        column.addWidget(self.section)
        column.addWidget(how)

    def _row(self, evaluation: Evaluation) -> SettingRow:
        language = self._words.language
        said = f"{evaluation.asks.of(language)} {evaluation.why.of(language)}"
        hint = cited(said, evaluation.section) if evaluation.section else said
        switch = self.switches[evaluation.id]
        return SettingRow(self._theme, evaluation.title.of(language), hint, switch)

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        row.setSpacing(Space.ROOM)
        row.addWidget(self.estimate, stretch=1)
        row.addWidget(self.start)
        self.estimate.setFont(self._theme.fonts.text(TypeSize.CODE))
        return foot
