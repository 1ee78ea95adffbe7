"""Checks of what is sent and answered, and the policy they go by."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import StatusChanged
from app.safeguard.cost import seconds_per_check
from app.safeguard.policy_text import MAX_CHARACTERS, PolicyError, read_policy, shipped_policy
from app.settings import Settings
from engine.events import Usage
from ui.chat.wording import duration
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import text_box
from ui.controls.label import Label
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.settings.policy_trial_row import PolicyTrialRow
from ui.settings.section import SettingsSection
from ui.settings.tools.rows import SwitchRow
from ui.theme.tokens import Space, TypeSize

_BOX: Final = 320
_SAVE_MS: Final = 600
"""After the last key."""


class SafeguardsPage(SettingsPage):
    """Two switches, what they cost, and a text."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Safeguards"))
        words, theme = desk.words, desk.theme
        self._usage: Usage | None = None
        self._shipped = shipped_policy(words.language)
        about = words(
            "The model can hold what you send and what it answers against a policy of yours. What "
            "it finds is withheld, and you can always decide otherwise. The check is the model's "
            "own judgement and may be wrong, either way."
        )
        self.add(Label(theme, about, wrap=True))
        self._add_switches(desk)
        self.box = text_box(theme, words("Policy"), "", _BOX)
        self.box.setFont(theme.fonts.text(TypeSize.CONTROL))
        self.said = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.reset = TextButton(
            theme,
            words("Back to Sotto's own"),
            kind=ButtonKind.GHOST,
            icon="rotate-ccw",
            compact=True,
        )
        remark = words(
            "Lines that begin with ## name what is not wanted; below each, say what it is."
        )
        self.trial = PolicyTrialRow(desk, self.box.toPlainText)
        self.trial.resized.connect(self.settle)
        policy = SettingsSection(
            theme, words("Policy"), remark, self._held(), self.trial, action=self.reset
        )
        self.add(policy)
        self._later = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._later.timeout.connect(self.take)
        self.box.textChanged.connect(self._later.start)
        self.reset.clicked.connect(self._reset)
        desk.current.subscribe(self._show_settings)
        self._show_settings(desk.current.value)

    def _add_switches(self, desk: SettingsDesk) -> None:
        words, theme = desk.words, desk.theme
        self.questions = SwitchRow(
            desk,
            "checks_questions",
            words("Check what you send"),
            words("Before it is answered. What is found stays in the chat, without an answer."),
        )
        self.answers = SwitchRow(
            desk,
            "checks_answers",
            words("Check answers"),
            words("An answer is shown when it is whole and checked, not while it is written."),
        )
        self.thoughts = SwitchRow(
            desk,
            "checks_thoughts",
            words("Check thoughts"),
            words("Before they are summed up or shown, by a fixed policy of Sotto's."),
        )
        self.cost = SettingRow(theme, words("What it costs"), "")
        self.checked = SettingsSection(
            theme,
            words("What is checked"),
            "",
            self.questions,
            self.answers,
            self.thoughts,
            self.cost,
        )
        self.add(self.checked)

    @override
    def show_status(self, status: StatusChanged) -> None:
        if status.usage is not None and seconds_per_check("", status.usage) is not None:
            self._usage = status.usage
        remark = self._words("The practice model judges at random.") if status.is_practice else ""
        self.checked.remark.setText(remark)
        self.checked.remark.setVisible(bool(remark))
        self._show_cost()

    @override
    def refresh(self) -> None:
        self._show_cost()

    def take(self) -> None:
        """Put what is written in force, if it can be a policy."""
        self._later.stop()
        text = self.box.toPlainText().strip()
        if self._complaint(text):
            self._show_state(text)
            return
        kept = "" if text == self._shipped else text
        if kept != self._desk.current.value.policy:
            self._desk.change(policy=kept)
        self._show_state(text)

    def _reset(self) -> None:
        self._desk.change(policy="")
        self.box.setPlainText(self._shipped)
        self.take()

    def _show_settings(self, settings: Settings) -> None:
        text = settings.policy or self._shipped
        if not self.box.hasFocus() and text != self.box.toPlainText().strip():
            self.box.setPlainText(text)
            self._later.stop()
        self._show_state(self.box.toPlainText().strip())

    def _show_state(self, text: str) -> None:
        words = self._words
        complaint = self._complaint(text)
        count, most = f"{len(text):,}", f"{MAX_CHARACTERS:,}"
        self.said.set_role("danger" if complaint else "muted")
        self.said.setText(complaint or words("{count} of {most} letters", count=count, most=most))
        is_own = text != self._shipped
        self.reset.setEnabled(is_own)
        self.reset.setToolTip("" if is_own else words("This is Sotto's own."))
        self._show_cost()
        self.settle()

    def _show_cost(self) -> None:
        words = self._words
        measured = self._desk.check_seconds()
        seconds = seconds_per_check(self.box.toPlainText(), self._usage)
        if measured is not None:
            time = duration(words, measured)
            hint = words(
                "{time} for each message and each answer, by the last checks. The whole policy is "
                "read each time.",
                time=time,
            )
        elif seconds is None:
            hint = words("How long a check takes is told once the model has answered something.")
        else:
            time = duration(words, seconds)
            hint = words(
                "At most about {time} for each message and each answer, by the speed of the last "
                "answer. The whole policy is read each time.",
                time=time,
            )
        self.cost.set_hint(hint)

    def _complaint(self, text: str) -> str:
        """Why the text cannot be a policy; "" where it can."""
        try:
            read_policy(text, "")
        except PolicyError as error:
            words = self._words
            return " ".join(words(one, **error.fields) for one in (error.title, error.hint))
        return ""

    def _held(self) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        column.setSpacing(Space.GAP)
        column.addWidget(self.box)
        column.addWidget(self.said)
        return held
