"""LoRA adapters over the model of the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.adapters import MAX_ADAPTERS, AdapterChoice
from app.chats.values import Problem
from app.settings import Settings
from engine.adapters import AdapterFacts
from engine.requests import Adapter
from ui.controls.button import TextButton
from ui.controls.label import Label, breakable
from ui.controls.row_card import PlainRows
from ui.controls.signs import Hairline
from ui.settings.adapter_row import AdapterRow
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.settings.section import SettingsSection
from ui.theme.tokens import Space


class AdaptersPage(SettingsPage):
    """Files with their strengths, each examined for the model; none that is unfit is added."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Adapters"))
        words, theme = desk.words, desk.theme
        self.rows: tuple[AdapterRow, ...] = ()
        self._shown_for: tuple[object, ...] | None = None
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, 0, 0)
        self.add_button = TextButton(theme, words("Add an adapter…"), icon="plus", compact=True)
        self.said = Label(theme, role="danger", wrap=True)
        self.said.setMargin(Space.PAD)
        self.line = Hairline(theme)
        self.section = SettingsSection(
            theme, words("Over the model"), " ", self._held(), action=self.add_button
        )
        what = words(
            "An adapter (LoRA) is a small file that changes how one particular model writes."
        )
        memory = words("Its memory counts in the plan.")
        self.add(Label(theme, f"{what} {memory}", wrap=True))
        self.add(self.section)
        self.add_button.clicked.connect(self._choose)
        desk.current.subscribe(self._show_settings)
        self._say("")
        self._show_settings(desk.current.value)

    @override
    def refresh(self) -> None:
        self._examine_rows()

    def _held(self) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._cards)
        column.addWidget(self.line)
        column.addWidget(self.said)
        return held

    def _show_settings(self, settings: Settings) -> None:
        shown_for = (settings.model_path, *(choice.path for choice in settings.adapters))
        if shown_for == self._shown_for:
            for row, choice in zip(self.rows, settings.adapters, strict=True):
                row.show_choice(choice)
            return
        self._shown_for = shown_for
        while (item := self._cards.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.rows = tuple(AdapterRow(self._desk, choice) for choice in settings.adapters)
        for row in self.rows:
            row.scaled.connect(self._scale)
            row.removed.connect(self._remove)
            row.resized.connect(self.settle)
        self._cards.addWidget(PlainRows(self._theme, *(self.rows or (self._empty(),))))
        self.section.remark.setText(self._remark(settings))
        self._say("")
        if self.isVisible():
            self._examine_rows()

    def _remark(self, settings: Settings) -> str:
        if settings.model_path is None:
            return self._words("The practice model takes none.")
        name = Path(settings.model_path).name
        return breakable(self._words("They belong to {model}.", model=name))

    def _empty(self) -> QWidget:
        none = self._words("No adapter; the model answers as it is.")
        empty = Label(self._theme, none, role="muted", wrap=True)
        empty.setMargin(Space.PAD)
        return empty

    def _examine_rows(self) -> None:
        """Have each file looked at again: it, or the model, may be another one meanwhile."""
        for row in self.rows:
            if self._desk.current.value.model_path is None:
                row.show_unused()
            else:
                self._examine_row(row)
        self.settle()

    def _examine_row(self, row: AdapterRow) -> None:
        def fits(facts: AdapterFacts) -> None:
            if row in self.rows:
                row.show_facts(facts)

        def unfit(problem: Problem) -> None:
            if row in self.rows:
                row.show_problem(self._sentence(problem))

        self._examine(row.choice.path, fits, unfit)

    def _examine(
        self, path: str, fits: Callable[[AdapterFacts], None], unfit: Callable[[Problem], None]
    ) -> None:
        """Have a file's header read elsewhere; its strength is not what is examined."""
        model, examine = self._desk.current.value.model_path, self._desk.examine_adapter
        if model is not None:
            self._desk.chores.run(lambda: examine(Path(model), Adapter(Path(path))), fits, unfit)

    def _choose(self) -> None:
        words, known = self._words, self._desk.current.value.adapters
        model = self._desk.current.value.model_path
        if model is None:
            self._say(words("Choose a model file first, on the page of the model."))
            return
        if len(known) >= MAX_ADAPTERS:
            self._say(words("At most {count} adapters go together.", count=MAX_ADAPTERS))
            return
        path = self._desk.choose_file(self, words, words("Choose an adapter"))
        if not path:
            return
        if any(choice.path == path for choice in known):
            self._say(words("This file is in the list already."))
            return
        self.add_button.setEnabled(False)
        self._say("")

        def fits(facts: AdapterFacts) -> None:
            self.add_button.setEnabled(True)
            if self._desk.current.value.model_path == model:  # else it was examined for another
                self._add(str(facts.adapter.path))

        def unfit(problem: Problem) -> None:
            self.add_button.setEnabled(True)
            self._say(self._sentence(problem))

        self._examine(path, fits, unfit)

    def _add(self, path: str) -> None:
        self._desk.change(adapters=(*self._desk.current.value.adapters, AdapterChoice(path=path)))

    def _scale(self, path: str, scale: float) -> None:
        changed = AdapterChoice(path=path, scale=scale)
        known = self._desk.current.value.adapters
        self._desk.change(adapters=tuple(changed if one.path == path else one for one in known))

    def _remove(self, path: str) -> None:
        known = self._desk.current.value.adapters
        self._desk.change(adapters=tuple(one for one in known if one.path != path))

    def _sentence(self, problem: Problem) -> str:
        said = [self._words(problem.title, **problem.fields)]
        if problem.hint:
            said.append(self._words(problem.hint, **problem.fields))
        return " ".join(said)

    def _say(self, wrong: str) -> None:
        self.said.setText(breakable(wrong))
        self.line.setVisible(bool(wrong))
        self.said.setVisible(bool(wrong))
        self.settle()
