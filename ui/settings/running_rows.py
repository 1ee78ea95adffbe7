"""The rows of what the loaded model does besides computing: other chats, and choosing tokens."""

from __future__ import annotations

from typing import Final

from app.settings import MAX_KEPT_MIB, Settings
from ui.controls.number_field import NumberRange
from ui.controls.segmented import SegmentedControl
from ui.controls.setting_row import SettingRow
from ui.settings.default_hint import follow_default
from ui.settings.desk import SettingsDesk
from ui.settings.number_row import NumberRow

_KEPT: Final = NumberRange(0, MAX_KEPT_MIB, doubles=True, can_be_empty=True)
_WHERE: Final = (None, True, False)


class RunningRows:
    """Memory for other chats, and where tokens are chosen.

    Args:
        desk: what the rows work with.
    """

    def __init__(self, desk: SettingsDesk) -> None:
        words = desk.words
        self.kept = NumberRow(
            desk,
            "kept_chats_mib",
            words("Memory for other chats (MiB)"),
            words("Going back to a chat that is kept needs no reading; 0 keeps none."),
            _KEPT,
        )
        self.kept.field.setPlaceholderText(words("Automatic"))
        self.where = SegmentedControl(
            desk.theme,
            words("Tokens are chosen by"),
            [words("Automatic"), words("Graphics card"), words("Processor")],
        )
        self.where_row = SettingRow(
            desk.theme,
            words("Tokens are chosen by"),
            words("The graphics card is quicker; try the processor if answers look broken."),
            self.where,
        )
        follow_default(desk, self.where_row, "draws_on_device", lambda _: "")
        self.where.chosen.connect(lambda index: desk.change(draws_on_device=_WHERE[index]))
        self.rows = (self.kept, self.where_row)
        """From the top."""

    @property
    def has_choices(self) -> bool:
        """Whether anything is chosen by hand."""
        return self.where.index != 0 or self.kept.field.number is not None

    def show_settings(self, settings: Settings) -> None:
        """Show what is chosen."""
        self.kept.show_settings(settings)
        self.where.set_index(_WHERE.index(settings.draws_on_device))
