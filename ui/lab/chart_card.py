"""A plot with its heading, what is at the pointer, its table, and the way to keep it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.words import Words
from ui.controls.announcing import announce
from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.controls.row_card import RowCard
from ui.lab.chart_values import Chart
from ui.lab.chart_view import ChartView
from ui.settings.permissions.button_row import ButtonRow
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize


class ChartCard(QWidget):
    """One plot.

    Signals:
        image_wanted: (card: ChartCard) keep its plot as an image.
        resized: it may need another height.

    Args:
        theme: the look.
        words: the user's language.
        chart: what is shown.
    """

    image_wanted = Signal(object)
    resized = Signal()

    def __init__(self, theme: Theme, words: Words, chart: Chart) -> None:
        super().__init__()
        self._theme = theme
        self._words = words
        self.heading = Label(theme, size=TypeSize.CARD_TITLE, bold=True, wrap=True)
        self.note = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.view = ChartView(theme, chart)
        self.said = Label(theme, size=TypeSize.CODE, wrap=True)
        """What is at the pointer or the keyboard's place."""
        self.table = QPlainTextEdit()
        self.table.setProperty("look", "report")
        self.table.setReadOnly(True)
        self.table.setTabChangesFocus(True)
        self.show_table = TextButton(theme, words("As text"), icon="file-text", compact=True)
        self.save_image = TextButton(theme, words("Save as image…"), icon="download", compact=True)
        self._lay_out()
        self.view.chosen.connect(self._say)
        self.show_table.clicked.connect(self._on_table)
        self.save_image.clicked.connect(lambda: self.image_wanted.emit(self))
        theme.changed.connect(self._size_table)
        self.show_chart(chart)

    def show_chart(self, chart: Chart) -> None:
        """Show other numbers in the same place."""
        self.view.show_chart(chart)
        self.heading.setText(chart.title)
        self.note.setText(chart.note)
        self.note.setVisible(bool(chart.note) and self.note.parent() is not None)
        self.table.setPlainText(chart.as_text())
        name = self._words("{title} as text", title=chart.title)
        self.table.setAccessibleName(name)
        for button in (self.show_table, self.save_image):
            button.setAccessibleDescription(chart.title)
        self._say("")
        self._size_table()

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.PAD, Space.PAD, Space.PAD, Space.ROOM)
        column.setSpacing(Space.GAP)
        buttons = ButtonRow(self._theme, self.show_table, self.save_image)
        parts = (self.heading, self.note, self.view, self.said, self.table, buttons)
        for part in parts:
            column.addWidget(part)
        self.table.hide()
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(RowCard(self._theme, inner))

    def tell(self, text: str, *, is_wrong: bool = False) -> None:
        """Say what came of keeping it, until the pointer or a key is at a value."""
        self._say(text)
        self.said.set_role("danger" if is_wrong else "text")
        announce(self, text)

    def _say(self, said: str) -> None:
        """Its line is always there, so that nothing moves when the pointer comes."""
        hint = self._words("Point at a value, or go through them with the arrow keys.")
        self.said.setText(said or hint)
        self.said.set_role("text" if said else "muted")

    def _on_table(self) -> None:
        is_shown = self.table.isHidden()
        self.table.setVisible(is_shown)
        words = self._words
        text = words("Hide text") if is_shown else words("As text")
        self.show_table.set_look(text, "file-text", self.show_table.kind)
        if is_shown:
            self.table.setFocus(Qt.FocusReason.TabFocusReason)
        self.resized.emit()

    def _size_table(self) -> None:
        self.table.setFont(self._theme.fonts.text(TypeSize.CODE))
        lines = sum(1 + len(line) // 70 for line in self.table.toPlainText().splitlines())
        spacing = self.table.fontMetrics().lineSpacing()
        self.table.setFixedHeight(spacing * (min(lines, 12) + 1) + 24)
