"""One line of a message around the words that were searched for."""

from __future__ import annotations

import re
from typing import Final

from app.chats.values import Message, MessageRole
from app.search.folding import Folding
from app.search.index import searched_files, searched_texts
from app.search.query import Query
from app.search.values import Marks

_LENGTH: Final = 160
_BEFORE: Final = 24
_SEEN: Final = 40
"""So much, in Latin letters, is sure to be seen in the narrowest list; the words stand there."""
_LOOKED_AT: Final = 800
_FAR: Final = 120
"""Characters within which as many different words as possible should be seen."""

_LINK: Final = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*\)")
_LINE_BEGINNING: Final = r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|(?:```|~~~)\w*[ \t]*$)"
_TABLE_RULE: Final = r"^[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+.*$"
_INLINE: Final = r"\*\*|__|`+|~~|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)"
_MARKUP: Final = re.compile(f"{_LINE_BEGINNING}|{_TABLE_RULE}|[ \\t]*\\|[ \\t]*", re.MULTILINE)
_MARKS: Final = re.compile(_INLINE)
_SPACE: Final = re.compile(r"\s+")


def snippet(message: Message, query: Query, folding: Folding) -> tuple[str, Marks]:
    """A line of a message and where the words stand in it.

    The words may stand where the reader does not see them, in the address of a link perhaps;
    then there are no marks.
    """
    text = _part("\n".join(searched_texts(message)), query, folding)
    if message.role is MessageRole.ASSISTANT:
        text = _MARKS.sub("", _MARKUP.sub(" ", _LINK.sub(r"\1", text)))
    return _line(text, query, folding)


def file_snippet(message: Message, query: Query, folding: Folding) -> tuple[str, Marks]:
    """The same of the files of a message, the first that holds the words."""
    found: tuple[str, Marks] = ("", ())
    for text in searched_files(message):
        found = _line(text, query, folding)
        if found[1]:
            break
    return found


def _part(text: str, query: Query, folding: Folding) -> str:
    """What of a long text is looked at: around the first of the words."""
    if len(text) <= _LOOKED_AT:
        return text
    folded = folding.fold(text)
    found = (pattern.search(folded.text) for pattern in query.patterns)
    places = [folded.original(*match.span())[0] for match in found if match is not None]
    start = max(0, min(places, default=0) - _LOOKED_AT // 4)
    return ("…" if start else "") + text[start : start + _LOOKED_AT]


def _line(text: str, query: Query, folding: Folding) -> tuple[str, Marks]:
    text = _SPACE.sub(" ", text).strip()
    marks = query.marks(text, folding)
    start = _start(text, marks)
    end = start + _LENGTH
    if end < len(text):
        space = text.rfind(" ", end - 20, end)
        end = space if space > start else end
    before, after = "…" if start else "", "…" if end < len(text) else ""
    moved = len(before) - start
    inside = tuple((a + moved, min(b, end) + moved) for a, b in marks if start <= a < end)
    return f"{before}{text[start:end]}{after}", inside


def _start(text: str, marks: Marks) -> int:
    if not marks:
        return 0
    best, most = marks[0][0], 0
    for number, (start, _) in enumerate(marks):
        near = {text[a:b].casefold() for a, b in marks[number:] if b - start <= _FAR}
        if len(near) > most:
            best, most = start, len(near)
    start = best
    while start and _width(text[start - 1 : best]) <= _BEFORE:
        start -= 1
    if _width(text[:best]) <= _SEEN:
        return 0
    space = text.find(" ", start, best)
    return space + 1 if space >= 0 else start


def _width(text: str) -> int:
    """About how wide a text is, in Latin letters; Korean and Chinese ones are twice as wide."""
    return len(text) + sum(one >= "\u1100" for one in text)
