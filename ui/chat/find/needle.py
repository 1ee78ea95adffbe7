"""What is looked for in a chat: the very letters, in any case and with or without accents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from typing import Final

from app.chats.values import Message
from app.search.folding import Folding
from app.search.index import searched_texts
from app.search.values import Marks
from ui.markdown.inline_html import THIN_SPACE

_WORD: Final = re.compile(r"[^\W_]+")
_MARKUP: Final = dict.fromkeys(map(ord, "*_~`\\"))


@dataclass(frozen=True)
class Needle:
    """A text to be found.

    Attributes:
        text: as it was typed, not blank.
        folding: shared, since it remembers characters.
    """

    text: str
    folding: Folding = field(compare=False)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = self.folding.fold(self.text).text.split()
        # Inline code stands between thin spaces that nobody wrote.
        letters = (f"{THIN_SPACE}?".join(map(re.escape, word)) for word in words)
        return re.compile(r"\s+".join(letters))

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.folding.fold(self.text).text))

    def marks(self, text: str) -> Marks:
        """Where it stands in a text."""
        folded = self.folding.fold(text)
        return tuple(
            folded.original(*match.span()) for match in self._pattern.finditer(folded.text)
        )

    def may_be_in(self, message: Message) -> bool:
        """A quick look at the Markdown of a message, which is never wrongly False."""
        text = "\n".join(searched_texts(message)).translate(_MARKUP)
        source = self.folding.fold(unescape(text) if "&" in text else text).text
        return all(word in source for word in self._words)
