"""Says at a row what its default is, and leads back to it where another value holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.settings import Settings
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk


def default_of(setting: str) -> Any:
    """What a new user gets."""
    return Settings.model_fields[setting].default


def follow_default(
    desk: SettingsDesk, row: SettingRow, setting: str, say: Callable[[Any], str]
) -> None:
    """Show a row's default for as long as the page lives.

    Args:
        desk: what the page works with.
        row: where the setting is shown.
        setting: its name.
        say: a value in the user's language; "" where the control itself says what it stands for.
    """
    words, default = desk.words, default_of(setting)
    said = say(default)
    told = words("Default: {value}", value=said) if said else ""
    back = words("Back to the default of “{name}”", name=row.name.text())

    def reset() -> None:
        desk.change(**{setting: default})

    def follow(settings: Settings) -> None:
        is_default = getattr(settings, setting) == default
        row.show_default(told, back, None if is_default else reset)

    desk.current.subscribe(follow)
    follow(desk.current.value)
