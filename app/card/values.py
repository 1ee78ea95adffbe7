"""The model card as values: what it says, in both languages, and where it says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Both:
    """One text in English and in Korean."""

    en: str
    ko: str

    def of(self, language: str) -> str:
        """The text in a language; English where it is neither."""
        return self.ko if language == "ko" else self.en


PLAIN: Final = Both("{value}", "{value}")
FEWEST_BILLIONS: Final = 0.1
"""Below this two decimals say too little."""


class Kind(StrEnum):
    """What a fact's value is, and so how it is written and compared.

    Attributes:
        COUNT: a whole number.
        DECIMAL: a number of two decimals.
        BILLIONS: thousands of millions, two decimals.
        GIBIBYTES: 2^30 bytes, one decimal.
        TEXT: a name; capitals do not matter.
        YES_OR_NO: whether there is such a thing.
        MONTH: a year and a month, as in 2024-06.
    """

    COUNT = "count"
    DECIMAL = "decimal"
    BILLIONS = "billions"
    GIBIBYTES = "gibibytes"
    TEXT = "text"
    YES_OR_NO = "yes_or_no"
    MONTH = "month"


FactValue = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of architecture, size or origin, which a model file may confirm.

    Attributes:
        id: what `comparison.py` knows it by.
        name: what it is.
        meaning: what that means, in one plain sentence.
        values: by member of the family, "20b" or "120b".
        section: of the model card.
        unit: the value with what it counts; `{tens}` is ten times the value, for Korean 억.
        note: why a file may differ or say nothing.
    """

    id: str
    kind: Kind
    name: Both
    meaning: Both
    values: dict[str, FactValue]
    section: str
    unit: Both = PLAIN
    note: Both | None = None


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts that belong together."""

    id: str
    title: Both
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing the card says.

    Attributes:
        section: of the model card.
        sotto: what Sotto does about it.
    """

    en: str
    ko: str
    section: str
    sotto: Both | None = None

    def of(self, language: str) -> str:
        """The text in a language; English where it is neither."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True, slots=True)
class Bar:
    """One number of a figure.

    Attributes:
        is_focus: it is gpt-oss-20b's own.
    """

    name: Both
    value: float
    is_focus: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A few numbers that can be compared with each other.

    Attributes:
        unit: how a value is written.
        most: the value of a full bar.
        meaning: what the numbers say, in words.
        section: of the model card.
    """

    title: Both
    unit: Both
    most: float
    meaning: Both
    bars: tuple[Bar, ...]
    section: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the card."""

    id: str
    title: Both
    statements: tuple[Statement, ...]
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The card.

    Attributes:
        title: of the published document.
        author: who published it.
        date: year and month of publication.
        address: where it can be read.
        models: names of the members of the family by their keys in `Fact.values`.
        answers: "yes" and "no".
        groups: what a file can be compared with.
        sections: what it says besides.
    """

    title: Both
    author: str
    date: str
    address: str
    models: dict[str, str]
    answers: dict[str, Both]
    groups: tuple[FactGroup, ...]
    sections: tuple[Section, ...]

    def write(self, fact: Fact, value: FactValue, language: str) -> str:
        """A value of a fact as it is read, with its unit."""
        if isinstance(value, bool):
            return self.answers["yes" if value else "no"].of(language)
        if isinstance(value, str):
            return value
        return fact.unit.of(language).format(
            value=_number(fact.kind, value), tens=_number(Kind.GIBIBYTES, 10 * value)
        )


def write_bar(figure: Figure, bar: Bar, language: str) -> str:
    """A number of a figure with its unit."""
    return figure.unit.of(language).format(value=f"{bar.value:g}", tens=f"{10 * bar.value:g}")


def _number(kind: Kind, value: float) -> str:
    match kind:
        case Kind.BILLIONS if value < FEWEST_BILLIONS:
            return f"{value:.2g}"
        case Kind.BILLIONS | Kind.DECIMAL:
            return f"{value:,.2f}"
        case Kind.GIBIBYTES:
            return f"{value:,.1f}" if value >= 1 else f"{value:.2g}"
    return f"{value:,}"
