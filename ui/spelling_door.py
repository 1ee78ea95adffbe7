"""The way from the composer to the spell check, and to the words that it lets pass."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QObject
from shiboken6 import isValid

from app.chats.background import Background
from app.known_words import KnownWords
from app.settings import Settings
from app.spelling import Availability, Spelling
from app.words import Words
from ui.chat.prompt_edit import PromptEdit
from ui.chat.spelling import SpellMarks
from ui.theme.theme import Theme


class SpellingDoor(QObject):
    """Begins when the first words are written, so that nobody waits for dictionaries before.

    Args:
        theme: the look.
        words: the user's language.
        edit: the composer's field; owns this.
        spelling: the checker.
        background: the way to the words that pass.

    Attributes:
        marks: what is marked.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        edit: PromptEdit,
        spelling: Spelling,
        background: Background,
    ) -> None:
        super().__init__(edit)
        self._spelling = spelling
        self._background = background
        self._is_read = False
        self._is_wanted = False
        self.marks = SpellMarks(edit, theme, words, spelling)
        self.marks.word_added.connect(self._add)
        edit.textChanged.connect(self._begin)

    def follow(self, settings: Settings) -> None:
        """Take the settings that hold now."""
        self._is_wanted = settings.checks_spelling
        self.marks.set_on(self._is_wanted and self._is_read)

    def _begin(self) -> None:
        """The first words: read those that pass, then look."""
        if self._is_read or not self._is_wanted:
            return
        self._is_read = True
        self._background.store(lambda store: KnownWords(store.database).all(), self._take)

    def _take(self, known: tuple[str, ...]) -> None:
        self._spelling.know(known)
        if not isValid(self):
            return  # the window went in the meantime
        self.marks.set_on(self._is_wanted)

    def _add(self, word: str) -> None:
        self._background.store(lambda store: KnownWords(store.database).add(word))


def tags_of(language: str) -> tuple[str, ...]:
    """Languages to look for dictionaries of: the desktop's, Sotto's, and English and Korean.

    Args:
        language: of Sotto's own words.
    """
    desktop = QLocale.system()
    own = [one.replace("-", "_") for one in desktop.uiLanguages() if len(one) <= len("en_US")]
    return tuple(dict.fromkeys((desktop.name(), *own, language, "en_US", "ko_KR")))


def availability_text(words: Words, found: Availability) -> str:
    """Which languages are checked here, or why none is."""
    if found.languages:
        names = (QLocale(tag).nativeLanguageName() or tag for tag in found.languages)
        return words("Checks: {languages}", languages=", ".join(names))
    if not found.has_checker:
        return words("Not available: there is no spell checker. On Linux, install libenchant.")
    return words("Not available: there is no dictionary. On Linux, install one for hunspell.")
