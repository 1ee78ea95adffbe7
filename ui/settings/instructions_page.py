"""Instructions for all chats, presets, and what Sotto itself tells the model."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.settings import Settings
from ui.controls.label import Label
from ui.controls.setting_row import SettingRow
from ui.instructions.editor import InstructionsEditor
from ui.settings.desk import SettingsDesk
from ui.settings.instructions.presets_section import PresetsSection
from ui.settings.page import SettingsPage
from ui.settings.section import SettingsSection
from ui.theme.tokens import Space, TypeSize

_BOX: Final = 150


class InstructionsPage(SettingsPage):
    """What the model is told before every answer."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Instructions"))
        words, theme = desk.words, desk.theme
        doors = desk.instructions
        about = words(
            "What you write here, the model reads before every answer, in all chats. A chat can "
            "have instructions of its own besides, by the notebook below its messages; they come "
            "after these."
        )
        self.add(Label(theme, about, wrap=True))
        self.editor = InstructionsEditor(
            theme, words, words("Instructions for all chats"), doors, _BOX
        )
        remark = words(
            "Kept in the settings file, which is not encrypted. After a change, a chat in progress "
            "is read again once."
        )
        self.add(SettingsSection(theme, words("For all chats"), remark, _padded(self.editor)))
        self.presets = PresetsSection(desk, doors)
        self.add(self.presets)
        self.add(self._sotto_section(desk))
        self.presets.resized.connect(self.settle)
        self.editor.judged.connect(self._on_judged)
        desk.current.subscribe(self._show_settings)
        self.editor.set_text(desk.current.value.instructions)

    @override
    def refresh(self) -> None:
        self.presets.forget_undo()
        self.presets.refresh()

    def _sotto_section(self, desk: SettingsDesk) -> SettingsSection:
        words, theme = desk.words, desk.theme
        facts = (
            (
                words("Date"),
                words("The day the chat began, so that going on does not read it all again."),
                words("Of the chat"),
            ),
            (
                words("Knowledge until"),
                words("What the model learned from ends there."),
                words("June 2024"),
            ),
            (
                words("Reasoning effort"),
                words("Chosen beside each message."),
                words("Of the message"),
            ),
            (words("Tools"), words("Those switched on in the chat."), words("Of the chat")),
        )
        rows = tuple(
            SettingRow(theme, name, hint, Label(theme, value, size=TypeSize.CODE, role="muted"))
            for name, hint, value in facts
        )
        remark = words(
            "Not editable: the model was trained on exactly these lines, and obeys them before "
            "yours."
        )
        return SettingsSection(theme, words("Sotto's own message"), remark, *rows)

    def _on_judged(self, text: str, can_be_used: bool) -> None:
        """Write it: changes are saved at once; what is too long stays in the box alone."""
        text = text.strip()
        if can_be_used and text != self._desk.current.value.instructions:
            self._desk.change(instructions=text)
        self.settle()

    def _show_settings(self, settings: Settings) -> None:
        self.presets.refresh()
        if not self.editor.box.hasFocus() and settings.instructions != self.editor.text.strip():
            self.editor.set_text(settings.instructions)


def _padded(widget: QWidget) -> QWidget:
    held = QWidget()
    column = QVBoxLayout(held)
    column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
    column.addWidget(widget)
    return held
