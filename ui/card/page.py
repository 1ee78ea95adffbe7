"""The model card: what is published about gpt-oss, and what of it the loaded file confirms."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.card.comparison import ComparedGroup, ComparedModel, Verdict, compare
from app.card.reading import read_card
from app.card.sentences import summary
from app.card.values import ModelCard, Section
from app.card.writing import as_lines
from app.chats.changes import StatusChanged
from app.chats.values import Problem
from ui.card.rows import FactRow, FigureRow, StatementRow
from ui.card.section import ReadSection
from ui.controls.button import TextButton
from ui.controls.label import Label, breakable
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.theme.tokens import Space, TypeSize


class CardPage(SettingsPage):
    """Facts beside those of the file, then what the card says, in the order of a model card.

    The file is looked at when the page is shown and when another model is loaded meanwhile.
    """

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("About the model"))
        words, theme = desk.words, desk.theme
        self._path: Path | None = None
        self._ticket = 0
        self._text = ""
        self._sections: list[QWidget] = []
        said = words(
            "What OpenAI published about gpt-oss in its model card, in plain words. Numbers in "
            "brackets are sections of the card."
        )
        self.intro = Label(theme, said, size=TypeSize.CODE, role="muted", wrap=True)
        self.source = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.source.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.file = Label(theme, words("Looking at the file…"), bold=True, wrap=True)
        self.place = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.summary = Label(theme, wrap=True)
        self.copy = TextButton(theme, words("Copy"), icon="copy")
        self.copy.setEnabled(False)
        self.copy.clicked.connect(self._copy)
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.TINY)
        for label in (self.intro, self.source):
            column.addWidget(label)
        column.addSpacing(Space.GAP)
        for label in (self.file, self.place, self.summary):
            column.addWidget(label)
        self.add(head)
        self.add(self.copy, Qt.AlignmentFlag.AlignLeft)
        self._column.setSpacing(Space.SECTION)

    @property
    def sections(self) -> tuple[QWidget, ...]:
        """What stands below the summary, from the top."""
        return tuple(self._sections)

    @override
    def show_status(self, status: StatusChanged) -> None:
        path = status.loaded.facts.path if status.loaded else None
        if path != self._path:
            self._path = path
            if self.isVisible():
                self.refresh()

    @override
    def refresh(self) -> None:
        self._ticket += 1
        ticket, path, settings = self._ticket, self._path, self._desk.current.value

        def look() -> tuple[ModelCard, ComparedModel]:
            card = read_card()
            file = path or self._desk.plan(settings, None).facts.path
            return card, compare(card, self._desk.examine_model(file))

        def show(found: tuple[ModelCard, ComparedModel]) -> None:
            if ticket == self._ticket:
                self._show(*found)

        def fail(problem: Problem) -> None:
            if ticket == self._ticket:
                self._fail(problem)

        self._desk.chores.run(look, show, fail)

    def _show(self, card: ModelCard, compared: ComparedModel) -> None:
        words, facts = self._words, compared.details.facts
        self.source.setText(f"{card.author}, {card.title.of(words.language)}, {card.address}")
        self.file.setText(facts.name)
        self.place.setText(breakable(str(facts.path)))
        self.summary.setText(summary(words, card, compared))
        self.copy.setEnabled(True)
        self.copy.set_look(words("Copy"), "copy", self.copy.kind)
        text = "\n".join(as_lines(card, compared, words))
        if text != self._text:
            self._text = text
            self._clear()
            for group in compared.groups:
                title = group.group.title.of(words.language)
                self._add_section(title, *self._facts_of(card, compared, group))
            for section in card.sections:
                self._add_section(section.title.of(words.language), *self._rows_of(section))
        self.settle()

    def _facts_of(
        self, card: ModelCard, compared: ComparedModel, group: ComparedGroup
    ) -> list[QWidget]:
        # Why the practice model differs is said once, for all of its sizes.
        is_explained = compared.details.facts.is_practice
        return [
            FactRow(
                self._theme,
                self._words,
                card,
                row,
                is_first=at == 0,
                has_note=row.verdict is Verdict.NOT_IN_FILE
                or (row.verdict is Verdict.DIFFERS and not is_explained),
            )
            for at, row in enumerate(group.rows)
        ]

    def _rows_of(self, section: Section) -> list[QWidget]:
        theme, words = self._theme, self._words
        return [
            *(StatementRow(theme, words, one) for one in section.statements),
            *(FigureRow(theme, words, one) for one in section.figures),
        ]

    def _add_section(self, title: str, *rows: QWidget) -> None:
        section = ReadSection(self._theme, title, *rows)
        self._sections.append(section)
        self.add(section)

    def _clear(self) -> None:
        for section in self._sections:
            section.hide()
            section.deleteLater()
        self._sections = []

    def _fail(self, problem: Problem) -> None:
        said = [self._words(problem.title, **problem.fields)]
        if problem.hint:
            said.append(self._words(problem.hint, **problem.fields))
        self._text = ""
        self._clear()
        self.copy.setEnabled(False)
        self.file.setText("")
        self.place.setText("")
        self.summary.setText(" ".join(said))
        self.settle()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self.copy.set_look(self._words("Copied"), "check", self.copy.kind)

    @override
    def _follow_focus(self, focused: QObject | None) -> None:
        """A section is read from its heading on, however long it is."""
        if isinstance(focused, ReadSection) and focused in self._sections:
            self.verticalScrollBar().setValue(focused.y() - Space.PAD)
            return
        super()._follow_focus(focused)
