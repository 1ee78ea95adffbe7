"""One run in full: whose it is, its plots, what efforts made of it, and its questions."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.lab.values import Comparison, Evaluation, RunResult
from app.words import Words
from ui.card.section import ReadSection
from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.lab.chart_card import ChartCard
from ui.lab.charts import charts_of
from ui.lab.items_section import ItemsSection
from ui.lab.telling import tell
from ui.lab.wording import comparison_text, model_name, settings_text, when
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize


class ResultSection(QWidget):
    """The result that is open.

    Signals:
        image_wanted: (card: ChartCard) keep its plot as an image.
        export_wanted: write the run as JSON.
        resized: it may need another height.

    Args:
        theme: the look.
        words: the user's language.
    """

    image_wanted = Signal(object)
    export_wanted = Signal()
    resized = Signal()

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme = theme
        self._words = words
        self.result: RunResult | None = None
        self.cards: list[ChartCard] = []
        self.comparisons: ReadSection | None = None
        self._compared: tuple[str, ...] = ()
        self.title = Label(theme, size=TypeSize.HEADING, bold=True, wrap=True)
        self.facts = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.practice = Label(theme, size=TypeSize.CODE, role="warn", wrap=True)
        self.items = ItemsSection(theme, words)
        self.export = TextButton(theme, words("Export as JSON…"), icon="download", compact=True)
        self.said = Label(theme, size=TypeSize.CODE, wrap=True)
        self._plots = QVBoxLayout()
        self._plots.setSpacing(Space.ROOM)
        self._between = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GAP)
        for part in (self.title, self.facts, self.practice, self.export, self.said):
            column.addWidget(part)
        column.setAlignment(self.export, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(Space.TINY)
        column.addLayout(self._plots)
        column.addSpacing(Space.TINY)
        column.addLayout(self._between)
        column.addSpacing(Space.TINY)
        column.addWidget(self.items)
        self.said.hide()
        self.items.resized.connect(self.resized)
        self.export.clicked.connect(self.export_wanted)

    @property
    def lines(self) -> tuple[str, ...]:
        """Whose result it is: model file, settings, date; for an image that is kept."""
        if self.result is None:
            return ()
        run, words = self.result.run, self._words
        digest = words("digest {digest}", digest=run.model.digest[:12])
        file = "  ·  ".join((model_name(words, run.model), run.model.file_name, digest))
        practice = self._practice() if run.model.is_practice else ""
        return (file, settings_text(words, run), when(words, run.started_ms), practice)

    def tell(self, text: str, *, is_wrong: bool = False) -> None:
        """Say what came of writing it; "" for nothing."""
        tell(self.said, text, is_wrong=is_wrong)
        self.resized.emit()

    def show_result(self, evaluation: Evaluation, result: RunResult) -> None:
        """Show a run, or what became of the one that is shown already."""
        words = self._words
        self.result = result
        self.title.setText(evaluation.title.of(words.language))
        self.facts.setText("\n".join(line for line in self.lines[:3] if line))
        is_practice = result.run.model.is_practice
        self.practice.setText(self._practice())
        self.practice.setVisible(is_practice)
        charts = charts_of(words, evaluation, result)
        if [one.view.chart.title for one in self.cards] != [one.title for one in charts]:
            self._clear_plots()
            for chart in charts:
                self._add_plot(ChartCard(self._theme, words, chart))
        for card, chart in zip(self.cards, charts, strict=True):
            if card.view.chart != chart:
                card.show_chart(chart)
        self._show_comparisons(evaluation, result.comparisons)
        self.items.show_result(evaluation, result)
        self.resized.emit()

    def _practice(self) -> str:
        return self._words(
            "The practice model answered. It knows next to nothing: its scores say nothing about "
            "gpt-oss-20b."
        )

    def _add_plot(self, card: ChartCard) -> None:
        card.image_wanted.connect(self.image_wanted)
        card.resized.connect(self.resized)
        self.cards.append(card)
        self._plots.addWidget(card)

    def _clear_plots(self) -> None:
        for card in self.cards:
            self._plots.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []

    def _show_comparisons(
        self, evaluation: Evaluation, comparisons: tuple[Comparison, ...]
    ) -> None:
        """Over all items of the run; single groups are in the JSON."""
        words = self._words
        said = tuple(
            comparison_text(words, evaluation, one) for one in comparisons if not one.group
        )
        if said == self._compared:
            return
        self._compared = said
        if self.comparisons is not None:
            self._between.removeWidget(self.comparisons)
            self.comparisons.hide()
            self.comparisons.deleteLater()
            self.comparisons = None
        if not said:
            return
        rows = []
        for one in said:
            row = Label(self._theme, one, size=TypeSize.CODE, wrap=True)
            row.setMargin(Space.ROOM)
            row.setAccessibleName(one)
            rows.append(row)
        self.comparisons = ReadSection(self._theme, words("The same questions, compared"), *rows)
        self._between.addWidget(self.comparisons)
