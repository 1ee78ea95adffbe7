"""What can go wrong with an answer of the Hub's, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Place(Enum):
    """Which of the Hub's servers a request is for."""

    API = "api"  # facts of repositories, as JSON
    RESOLVE = "resolve"  # the address of a file, which leads to the one below
    CDN = "cdn"  # where the bytes of large files come from


@dataclass(frozen=True, slots=True)
class Refuse:
    """Another status than there should be, e.g. 429 with `Retry-After`."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection ends after so many bytes of a body; with 0 not even the head is sent."""

    after: int


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing comes after so many bytes of a body, until `HubServer.go_on`."""

    after: int


@dataclass(frozen=True, slots=True)
class WrongByte:
    """One byte of the file is sent wrong, to whoever asks for a range that holds it."""

    offset: int


@dataclass(frozen=True, slots=True)
class Short:
    """The body is so many bytes shorter than was asked for, and its head says so."""

    by: int


@dataclass(frozen=True, slots=True)
class NoRanges:
    """Ranges are not understood: the whole file comes, and nothing promises otherwise."""


@dataclass(frozen=True, slots=True)
class WrongRange:
    """The answer says, and sends, another range than was asked for."""

    by: int


@dataclass(frozen=True, slots=True)
class Loop:
    """The answer leads back to its own address."""


Fault = Refuse | Drop | Stall | WrongByte | Short | NoRanges | WrongRange | Loop


@dataclass(slots=True)
class Planned:
    """A fault that is going to happen.

    Attributes:
        place: where.
        name: of the file; "" for any.
        times: how often it still will; below 0 for always.
    """

    fault: Fault
    place: Place
    name: str
    times: int

    def meets(self, place: Place, name: str, span: range) -> bool:
        """Whether a request meets it; `span` is what the request asks for of the file.

        What would happen behind the last byte that is asked for does not happen.
        """
        if not self.times or place is not self.place or self.name not in {"", name}:
            return False
        match self.fault:
            case WrongByte(offset):
                return offset in span
            case Drop(count) | Stall(count) | Short(count) | WrongRange(count):
                return not span or count < len(span)
            case _:
                return True
