"""The one way a set-up fails: a problem and what to do about it, on one line."""

from __future__ import annotations


class SetupError(Exception):
    """A set-up that cannot go on.

    Args:
        problem: What is wrong, one plain sentence.
        hint: What to do next, one plain sentence.
    """

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(f"{problem} {hint}")
        self.problem = problem
        self.hint = hint
