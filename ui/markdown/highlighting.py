"""Colours of code, line by line, by Pygments.  Knows nothing of Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType
from pygments.util import ClassNotFound

from ui.theme.tokens import Role

TAIL_LINES: Final = 40
"""How far back growing code is read again.

A string that began before that has a wrong colour until the code is complete.
"""

_LONGEST: Final = 200_000
_ROLES: Final[tuple[tuple[_TokenType, Role], ...]] = (
    (Keyword, "code_keyword"),
    (Operator.Word, "code_keyword"),
    (Name.Tag, "code_keyword"),
    (Name.Function, "code_function"),
    (Name.Class, "code_function"),
    (Name.Decorator, "code_function"),
    (Name.Builtin, "code_function"),
    (Name.Attribute, "code_function"),
    (String, "code_string"),
    (Number, "code_number"),
    (Comment, "code_comment"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """A coloured stretch of a line, in UTF-16 units as Qt counts them."""

    start: int
    length: int
    role: Role


Line = tuple[Span, ...]


def highlight(language: str, code: str) -> list[Line]:
    """Spans of every line of `code`; all empty for an unknown language or very long code."""
    lexer = _lexer(language)
    count = code.count("\n") + 1
    if lexer is None or len(code) > _LONGEST:
        return [()] * count
    lines: list[list[Span]] = [[]]
    column = 0
    for kind, value in lexer.get_tokens(code):
        role = _role(kind)
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append([])
                column = 0
            width = utf16_length(part)
            if role is not None and width:
                _add(lines[-1], Span(column, width, role))
            column += width
    spans = [tuple(line) for line in lines[:count]]
    return spans + [()] * (count - len(spans))


def tail_start(lines: list[str]) -> int:
    """Where to begin to read growing code again: at a line that begins a statement."""
    first = max(0, len(lines) - TAIL_LINES)
    for number in range(len(lines) - 1, first, -1):
        if len(lines) - number > TAIL_LINES // 4 and lines[number][:1].strip(" \t})]"):
            return number
    return first


def utf16_length(text: str) -> int:
    """Length as Qt counts it: characters beyond the basic plane are two."""
    if text.isascii():
        return len(text)
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def _add(line: list[Span], span: Span) -> None:
    """Join a span to the one before it where colour and place allow."""
    last = line[-1] if line else None
    if last and last.role == span.role and last.start + last.length == span.start:
        line[-1] = Span(last.start, last.length + span.length, span.role)
    else:
        line.append(span)


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=512)
def _role(kind: _TokenType) -> Role | None:
    return next((role for base, role in _ROLES if kind[: len(base)] == base), None)
