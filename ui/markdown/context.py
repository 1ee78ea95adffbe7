"""What every Markdown widget is given: theme, words, formulas and the way to follow a link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.words import Words
from ui.markdown.document_style import DocumentStyle
from ui.markdown.typesetter import Typesetter
from ui.theme.theme import Theme


@dataclass(frozen=True, slots=True)
class MarkdownContext:
    """Shared by all segments of one chat panel.

    Attributes:
        follow_link: asks the reader, then opens an address; only ever gets allowed ones.
        copy: puts text on the clipboard.
        follow_own: follows an address that the app itself wrote into a text, e.g. of a source,
            and says whether it was one; a model's text can hold none.
    """

    theme: Theme
    words: Words
    style: DocumentStyle
    typesetter: Typesetter
    follow_link: Callable[[str], None]
    copy: Callable[[str], None]
    follow_own: Callable[[str], bool] = lambda _address: False
