"""The texts of the corpus, read from the files in `data/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tools.practice_model.vocabulary import VocabularyTables

_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Script:
    """One behaviour in one language.

    Attributes:
        asks: what users say.
        brief: the whole analysis at low effort.
        thoughts: the analysis at medium effort; high effort adds to it.
        answer: the final, possibly with places to fill.
        extra: texts that only this behaviour needs.
    """

    asks: Sequence[str]
    brief: str
    thoughts: Sequence[str]
    answer: str
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """Word pools; `lower` and `capitalised` are whole tokens of the vocabulary."""

    everyday: Sequence[str]
    small: Sequence[str]
    lower: Sequence[str]
    capitalised: Sequence[str]
    korean: Sequence[str]
    names: Mapping[bool, Sequence[str]]
    colours: Mapping[bool, Sequence[str]]
    cities: Mapping[bool, Sequence[str]]


@cache
def script(name: str, korean: bool) -> Script:
    """The script of a behaviour."""
    facts = _scripts(korean)[name]
    return Script(
        asks=facts.get("asks", ()),
        brief=facts.get("brief", ""),
        thoughts=facts.get("thoughts", ()),
        answer=facts.get("answer", ""),
        extra={key: one for key, one in facts.items() if isinstance(one, str)},
    )


@cache
def page(name: str) -> str:
    """A long text, without the newline at its end."""
    return (_FOLDER / name).read_text(encoding="utf-8").rstrip("\n")


@cache
def words(tables: VocabularyTables) -> Words:
    """The pools; single-token English words are taken from the low ids of the vocabulary."""
    lower, capitalised = [], []
    for token in range(256, 10_500):
        text = tables.pieces[token].decode("utf-8", "replace")
        word = text[1:]
        if not text.startswith(" ") or not word.isascii() or not word.isalpha() or len(word) < 3:
            continue
        if word.islower() and token < 9000:
            lower.append(word)
        elif word.istitle():
            capitalised.append(word)
    return Words(
        everyday=pool("everyday.txt"),
        small=pool("small.txt"),
        lower=lower,
        capitalised=capitalised,
        korean=pool("words.ko.txt"),
        names={False: pool("names.en.txt"), True: pool("names.ko.txt")},
        colours={False: pool("colours.en.txt"), True: pool("colours.ko.txt")},
        cities={False: page("cities.en.txt").split("\n"), True: pool("cities.ko.txt")},
    )


@cache
def pool(name: str) -> Sequence[str]:
    """The words of a file."""
    return page(name).split()


@cache
def _scripts(korean: bool) -> dict[str, dict[str, Any]]:
    return tomllib.loads(page("scripts.ko.toml" if korean else "scripts.en.toml"))
