"""What every Markdown widget is given: theme, words, formulas and the way to follow a link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtWidgets import QMenu

from app.words import Words
from ui.markdown.document_style import DocumentStyle
from ui.markdown.selection import TextSelection
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
        selection: what is selected, of which there is one in a conversation.
        extend_menu: adds what else can be done with the message to the menu of a text.
    """

    theme: Theme
    words: Words
    style: DocumentStyle
    typesetter: Typesetter
    follow_link: Callable[[str], None]
    copy: Callable[[str], None]
    follow_own: Callable[[str], bool] = lambda _address: False
    extend_menu: Callable[[QMenu], None] = lambda _menu: None
    selection: TextSelection = field(default_factory=TextSelection)
