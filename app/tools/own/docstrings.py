"""Docstrings in the three usual styles: what a function does, and what its parameters mean.

Google's (Google Python Style Guide 3.8.3), numpydoc's and Sphinx's field lists.  Pure.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from typing import Final

_GOOGLE_HEADING: Final = re.compile(r"(?:Args|Arguments|Parameters|Params):\s*")
_OTHER_HEADING: Final = re.compile(r"[A-Z][A-Za-z ]{2,20}:\s*")
_GOOGLE_ITEM: Final = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)")
_NUMPY_ITEM: Final = re.compile(r"(\w+)\s*(?::.*)?")
_FIELD: Final = re.compile(r":(?:param|parameter|arg)\s+(?:[^:]*\s)?(\w+):\s*(.*)")
_ANY_FIELD: Final = re.compile(r":\w+[^:]*:")


@dataclass(frozen=True, slots=True)
class Docstring:
    """What a docstring says.

    Attributes:
        summary: all before the first section.
        parameters: what is said of each, on one line.
    """

    summary: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def read_docstring(text: str) -> Docstring:
    """The parts of a docstring that the model is told."""
    lines = inspect.cleandoc(text).splitlines()
    summary: list[str] = []
    parameters: dict[str, str] = {}
    number = 0
    while number < len(lines):
        line = lines[number]
        is_underlined = number + 1 < len(lines) and bool(re.fullmatch(r"-{3,}", lines[number + 1]))
        if _GOOGLE_HEADING.fullmatch(line):
            number = _google(lines, number + 1, parameters)
        elif is_underlined and line.strip() in {"Parameters", "Arguments"}:
            number = _numpy(lines, number + 2, parameters)
        elif is_underlined:
            number = _numpy(lines, number + 2, {})
        elif _OTHER_HEADING.fullmatch(line):
            number = _next_section(lines, number + 1)
        elif _ANY_FIELD.match(line):
            number = _fields(lines, number, parameters)
        else:
            summary.append(line)
            number += 1
    return Docstring("\n".join(summary).strip(), parameters)


def _google(lines: list[str], number: int, into: dict[str, str]) -> int:
    name, indent = "", -1
    while number < len(lines) and (not lines[number].strip() or lines[number][0] in " \t"):
        line = lines[number]
        depth = len(line) - len(line.lstrip())
        item = _GOOGLE_ITEM.fullmatch(line.strip())
        if line.strip() and indent < 0:
            indent = depth
        if item and depth == indent:
            name, into[item[1]] = item[1], item[2]
        elif line.strip() and name:
            into[name] = f"{into[name]} {line.strip()}".strip()
        number += 1
    return number


def _numpy(lines: list[str], number: int, into: dict[str, str]) -> int:
    name = ""
    while number < len(lines):
        line = lines[number]
        if number + 1 < len(lines) and re.fullmatch(r"-{3,}", lines[number + 1]):
            return number
        if line and line[0] not in " \t":
            item = _NUMPY_ITEM.fullmatch(line.strip())
            name = item[1] if item else ""
            if name:
                into[name] = ""
        elif line.strip() and name:
            into[name] = f"{into[name]} {line.strip()}".strip()
        number += 1
    return number


def _fields(lines: list[str], number: int, into: dict[str, str]) -> int:
    item = _FIELD.fullmatch(lines[number].strip())
    if item:
        into[item[1]] = item[2]
    number += 1
    while number < len(lines) and lines[number].startswith((" ", "\t")):
        if item:
            into[item[1]] = f"{into[item[1]]} {lines[number].strip()}".strip()
        number += 1
    return number


def _next_section(lines: list[str], number: int) -> int:
    """After a section that is of no interest."""
    while number < len(lines) and (not lines[number].strip() or lines[number][0] in " \t"):
        number += 1
    return number
