"""The user's own functions as values: what is offered, and what keeps others from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.chats.values import Problem


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """One function at the top of a file.

    Attributes:
        name: as it is called in Python.
        file: name of its file.
        line: where it begins, from 1.
        description: what its docstring says it does.
        schema: JSON schema of its parameters.
        problems: why it is not offered; none for one that is.
        address: as the model calls it, e.g. `functions.weather`; "" until the folder is read.
    """

    name: str
    file: str
    line: int
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    address: str = ""

    @property
    def is_offered(self) -> bool:
        """Whether the model is told of it."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One Python file of the folder.

    Attributes:
        problem: why nothing of it can be used.
    """

    name: str
    functions: tuple[OwnFunction, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class OwnFolder:
    """The folder as it is now.

    Attributes:
        path: it need not exist.
        problem: why it cannot be read, or that not all of it was.
    """

    path: str
    files: tuple[OwnFile, ...] = ()
    problem: Problem | None = None

    @property
    def functions(self) -> tuple[OwnFunction, ...]:
        """Those that are offered."""
        return tuple(one for file in self.files for one in file.functions if one.is_offered)
