"""The rules, each with the way to end it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.permissions.record import ListedRule
from ui.chat.permissions.wording import rule_sentence
from ui.chat.tools.doors import while_alive
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.row_card import PlainRows
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk
from ui.settings.permissions.wording import rule_details
from ui.settings.section import SettingsSection
from ui.settings.undo_bar import UndoBar
from ui.theme.tokens import Space


class RuleRow(SettingRow):
    """One rule.

    Signals:
        revoked: (rule_id: int) end it.

    Args:
        desk: what the page works with.
        listed: the rule.
    """

    revoked = Signal(int)

    def __init__(self, desk: SettingsDesk, listed: ListedRule) -> None:
        words = desk.words
        sentence = rule_sentence(words, listed.rule.pattern)
        self.revoke = TextButton(desk.theme, words("Revoke"), kind=ButtonKind.DANGER, compact=True)
        super().__init__(desk.theme, sentence, rule_details(words, listed), self.revoke)
        self.listed = listed
        self.revoke.setAccessibleName(words("Revoke: {rule}", rule=sentence))
        self.revoke.clicked.connect(lambda: self.revoked.emit(listed.rule.id))


class RulesSection(QWidget):
    """What may run without a question.

    Signals:
        resized: it may need another height.
        changed: a rule was revoked or brought back, which is in the record.

    Args:
        desk: what the page works with.
    """

    resized = Signal()
    changed = Signal()

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__()
        words, theme = desk.words, desk.theme
        self._desk = desk
        self._revoked: tuple[int, ...] = ()
        self.rows: tuple[RuleRow, ...] = ()
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, 0, 0)
        held = QWidget()
        held.setLayout(self._cards)
        self.revoke_all = TextButton(
            theme, words("Revoke all"), kind=ButtonKind.DANGER, compact=True
        )
        self.section = SettingsSection(
            theme, words("Runs without a question"), "", held, action=self.revoke_all
        )
        self._undo_bar = UndoBar(theme, words)
        self.said, self.undo = self._undo_bar.said, self._undo_bar.undo
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GAP)
        column.addWidget(self.section)
        column.addWidget(self._undo_bar)
        self.revoke_all.clicked.connect(self._revoke_all)
        self.undo.clicked.connect(self._on_undo)
        self._show(())

    def refresh(self) -> None:
        """Read the rules anew."""
        self._desk.permissions.rules(while_alive(self, self._show))

    def forget_undo(self) -> None:
        """The page is opened anew: what was revoked before stays so."""
        self._revoked = ()
        self._undo_bar.hide()

    def _show(self, rules: Sequence[ListedRule]) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.rows = tuple(RuleRow(self._desk, listed) for listed in rules)
        for row in self.rows:
            row.revoked.connect(self._revoke)
        none = self._desk.words("Nothing: every call asks first.")
        empty = Label(self._desk.theme, none, role="muted", wrap=True)
        empty.setMargin(Space.PAD)
        self._cards.addWidget(PlainRows(self._desk.theme, *(self.rows or (empty,))))
        self.revoke_all.setVisible(len(self.rows) > 1)
        self.resized.emit()

    def _revoke_all(self) -> None:
        self._revoke(*(row.listed.rule.id for row in self.rows))

    def _revoke(self, *rule_ids: int) -> None:
        words = self._desk.words

        def revoked() -> None:
            self._revoked = rule_ids
            count = len(rule_ids)
            said = (
                words("One rule is revoked.")
                if count == 1
                else words("{count} rules are revoked.", count=count)
            )
            self.said.setText(said)
            self._undo_bar.show()
            announce(self, said)
            self._changed()

        self._desk.permissions.revoke(rule_ids, while_alive(self, revoked))

    def _on_undo(self) -> None:
        revoked = self._revoked
        self.forget_undo()
        self._desk.permissions.restore(revoked, while_alive(self, self._changed))

    def _changed(self) -> None:
        self.refresh()
        self.changed.emit()
