"""The app's words in the user's language.  Knows nothing of widgets.

English texts are their own keys; `resources/translations/<language>.po` holds the others.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polib

LANGUAGES: Final = ("en", "ko")


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for this
    """Mark a text that is translated where it is shown, so that the catalogue test finds it."""
    return text


class Words:
    """Translate the app's own texts.  Any thread.

    Args:
        language: "en" or "ko"; anything else gives English.
        folder: where the `.po` files are.
    """

    def __init__(self, language: str, folder: Path) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._translated: dict[str, str] = {}
        file = folder / f"{self.language}.po"
        if file.exists():
            entries = polib.pofile(str(file))
            self._translated = {entry.msgid: entry.msgstr for entry in entries.translated_entries()}

    def __call__(self, text: str, **fields: object) -> str:
        """The text in the user's language with its `{placeholders}` filled.

        Args:
            text: the English text; a literal, so that the catalogue test can find it.
            fields: values for the placeholders.
        """
        found = self._translated.get(text, text)
        return found.format(**fields) if fields else found
