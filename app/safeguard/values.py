"""What a policy is and what comes of a check against it, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of text that a policy does not allow.

    Attributes:
        name: a short word of letters, digits and `_`; it comes back in verdicts.
        violates: what belongs to it, in plain words.
        is_fine: what looks like it and is allowed, or "".
    """

    name: str
    violates: str
    is_fine: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the verdict it should get; `category` is "" where it is allowed."""

    text: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a text must not be.

    Attributes:
        purpose: one or two sentences: whose text it is and who will read it.
        categories: at least one.
        examples: some for each category and some that are allowed.
    """

    purpose: str
    categories: tuple[Category, ...]
    examples: tuple[Example, ...] = ()


class Ruling(StrEnum):
    """What a check came to; UNDECIDED must be treated as the worse of the other two."""

    FINE = "fine"
    VIOLATION = "violation"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a check; `category` is of the policy where it is a VIOLATION, or ""."""

    ruling: Ruling
    category: str = ""


UNDECIDED = Verdict(Ruling.UNDECIDED)
