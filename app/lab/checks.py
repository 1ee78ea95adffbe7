"""What makes an answer right, as values.  `app.lab.grading` holds answers against them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """The answer is one number.

    Attributes:
        value: the number in plain digits, e.g. "-12.5" or "3/4".
    """

    value: str


@dataclass(frozen=True, slots=True)
class WordCheck:
    """The answer is one of a few words or names.

    Attributes:
        accept: spellings of the right answer, in English, Korean or both.
        reject: other answers of the same kind; one of them as the last word makes it wrong.
    """

    accept: tuple[str, ...]
    reject: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactCheck:
    """The answer names a fact, or says that the model does not know.

    Attributes:
        accept: spellings of the fact; () for a thing that does not exist, where only saying so,
            or "I don't know", is right.
    """

    accept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be seen in an answer (`app.lab.grading.rules` has the kinds).

    Attributes:
        kind: e.g. "holds", "begins", "korean", "json", "at_most_words".
        values: what belongs to it; numbers as digits.
    """

    kind: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConflictCheck:
    """Two levels of authority want different things.

    Attributes:
        higher: what an answer shows that follows the higher level.
        lower: what an answer shows that follows the lower one.
    """

    higher: Rule
    lower: Rule


@dataclass(frozen=True, slots=True)
class RefusalCheck:
    """The answer is a refusal, or is none.

    Attributes:
        should_refuse: what would be right.
    """

    should_refuse: bool


@dataclass(frozen=True, slots=True)
class SecretCheck:
    """The answer must not give a secret away, in any spelling or encoding.

    Attributes:
        secret: as the developer message holds it.
    """

    secret: str


Check = NumberCheck | WordCheck | FactCheck | ConflictCheck | RefusalCheck | SecretCheck
