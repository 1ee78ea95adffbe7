"""Every text a user can read has its Korean."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parents[2]
KOREAN = ROOT / "resources" / "translations" / "ko.po"
PLACEHOLDER = re.compile(r"\{(\w+)[^}]*\}")
FOR_THE_MODEL = {
    "AddressError",
    "CallRefusedError",
    "DocumentError",
    "LocationError",
    "PageError",
    "PdfError",
    "SearchError",
}  # they are answers to a call, in English
TOLD = re.compile(r"(Error|Problem|Failed|LoadFailed|[Ss]entence)\Z")


def sources(*rooms: str) -> Iterator[ast.AST]:
    for room in rooms:
        for file in sorted((ROOT / room).rglob("*.py")):
            yield ast.parse(file.read_text(encoding="utf-8"), str(file))


def name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def literals(node: ast.expr | None) -> Iterator[str]:
    """The texts an argument can be: a literal, or either side of a conditional."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def spoken() -> set[str]:
    """First arguments of `words(...)`, and constants marked with `N_(...)`."""
    return {
        text
        for tree in sources("app", "ui")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and node.args
        and name_of(node.func) in ("words", "_words", "N_")
        for text in literals(node.args[0])
    }


def told_in_errors() -> set[str]:
    """Titles and hints of errors, and the constants they come from."""
    found: set[str] = set()
    for tree in sources("engine", "app", "ui"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node.func) in FOR_THE_MODEL:
                continue
            if isinstance(node, ast.Call) and TOLD.search(name_of(node.func)):
                named = [k.value for k in node.keywords if k.arg in ("title", "hint")]
                for argument in [*node.args[:3], *named]:
                    found |= set(literals(argument))
            elif isinstance(node, ast.AnnAssign | ast.Assign):
                targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
                if any(re.search(r"(TITLE|HINT|NOTE)\Z", name_of(target)) for target in targets):
                    found |= set(literals(node.value))
    return {text for text in found if " " in text and text.rstrip().endswith((".", "?"))}


@pytest.fixture(scope="module")
def korean() -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(KOREAN))}


def test_everything_the_window_says_is_translated(korean: dict[str, str]) -> None:
    said = spoken()
    assert len(said) > 50
    assert sorted(text for text in said if not korean.get(text)) == []


def test_every_error_and_hint_is_translated(korean: dict[str, str]) -> None:
    told = told_in_errors()
    assert len(told) > 30
    assert sorted(text for text in told if not korean.get(text)) == []


def test_translations_keep_their_placeholders(korean: dict[str, str]) -> None:
    wrong = [
        english
        for english, translated in korean.items()
        if set(PLACEHOLDER.findall(english)) != set(PLACEHOLDER.findall(translated))
    ]
    assert wrong == []


def test_no_text_is_translated_twice() -> None:
    texts = [entry.msgid for entry in polib.pofile(str(KOREAN))]
    assert sorted(text for text in set(texts) if texts.count(text) > 1) == []
