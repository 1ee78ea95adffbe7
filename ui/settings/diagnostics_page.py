"""A text for bug reports, to be looked at and copied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit
from typing_extensions import override

from app.chats.changes import StatusChanged
from app.chats.values import Problem
from app.third_parties import PLACES, notices
from ui.chat.tools.doors import while_alive
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.wrapping_row import WrappingRow
from ui.settings.desk import SettingsDesk
from ui.settings.notices_dialog import NoticesDialog
from ui.settings.page import SettingsPage
from ui.theme.tokens import TypeSize


class DiagnosticsPage(SettingsPage):
    """The text, made anew whenever the page is shown.

    Args:
        desk: what the page works with.
        places: where the notices of third parties may be.
    """

    def __init__(self, desk: SettingsDesk, places: Sequence[Path] = PLACES) -> None:
        super().__init__(desk, desk.words("Diagnostics"))
        words, theme = desk.words, desk.theme
        self._status = StatusChanged()
        said = words(
            "Versions, devices, the memory plan, the counts of the last turn and the end of the "
            "log. Nothing you or the model wrote is in it, and no names, addresses or keys."
        )
        self.add(Label(theme, said, size=TypeSize.CODE, role="muted", wrap=True))
        self.text = QPlainTextEdit()
        self.text.setProperty("look", "report")
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setAccessibleName(words("Diagnostics"))
        self.text.setTabChangesFocus(True)
        self.copy = TextButton(theme, words("Copy"), icon="copy")
        self.copy.clicked.connect(self._copy)
        self.notices = TextButton(
            theme, words("Third-party notices…"), kind=ButtonKind.GHOST, icon="file-text"
        )
        self._places = places
        self.notices.clicked.connect(self._read_notices)
        self.add(WrappingRow(self.copy, self.notices))
        self.add(self.text)
        # Lines are wrapped anew when the page gets its width.
        self.text.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    @override
    def show_status(self, status: StatusChanged) -> None:
        self._status = status

    @override
    def refresh(self) -> None:
        self.copy.setEnabled(False)
        self.text.setPlainText(self._words("Looking around…"))
        status = self._status
        self._desk.chores.run(lambda: self._desk.diagnose(status), self._show, self._fail)

    def _show(self, text: str) -> None:
        self.text.setPlainText(text.rstrip())
        self.copy.setEnabled(True)
        self.copy.set_look(self._words("Copy"), "copy", self.copy.kind)
        self._fit()

    def _fail(self, problem: Problem) -> None:
        self.text.setPlainText(self._words(problem.title, **problem.fields))

    def _read_notices(self) -> None:
        """Read the file elsewhere: it is as long as all licences together."""
        self._desk.chores.run(
            lambda: notices(self._places), while_alive(self, self._show_notices), self._fail
        )

    def _show_notices(self, text: str) -> None:
        NoticesDialog(self._theme, self._words, text, self).open()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.set_look(self._words("Copied"), "check", self.copy.kind)

    def _fit(self) -> None:
        """As high as its lines, so that only the page scrolls."""
        metrics = QFontMetrics(self.text.font())
        lines = self.text.document().size().height()
        self.text.setFixedHeight(round(metrics.lineSpacing() * (lines + 1)) + 24)

    def _follow_theme(self) -> None:
        self.text.setFont(self._theme.fonts.code(TypeSize.SMALL))
        self._fit()
