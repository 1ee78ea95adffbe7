"""Rows and pages of the settings as entries of the palette."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.words import Words
from ui.palette.entries import Entry, EntryKind
from ui.settings.row_index import Place, places


def settings_entries(words: Words, show: Callable[[Place], object]) -> tuple[Entry, ...]:
    """All that can be found in the settings.

    Args:
        words: the user's language.
        show: shows the place that is wanted.
    """
    settings = words("Settings")
    return tuple(
        Entry(
            f"{place.page}/{place.name}",
            EntryKind.SETTING,
            place.name or place.title,
            f"{settings}: {place.title}" if place.name else settings,
            also=place.also,
            run=partial(show, place),
        )
        for place in places(words)
    )
