from __future__ import annotations

import errno

import pytest

from app.secrets import SecretsError
from app.tools.mcp.placeholders import MissingValueError
from app.tools.mcp.problems import (
    ProgramMissingError,
    SignInError,
    TooMuchError,
    problem_of,
)


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (ProgramMissingError("npx"), "The program or folder npx was not found."),
        (MissingValueError("KEY"), "Nothing is known for KEY, which the server needs."),
        (
            SecretsError("The system keyring does not answer."),
            "The system keyring does not answer.",
        ),
        (OSError(errno.EACCES, "no"), "The program may not be started."),
        (OSError(errno.ENOEXEC, "no"), "The program may not be started."),
        (SignInError("HTTP 401"), "The server does not let Sotto in."),
        (TooMuchError("x"), "The server sent more than it may, so it was ended."),
        (TimeoutError(), "The server did not answer in time."),
        (ValueError("odd"), "The server cannot be used."),
    ],
)
def test_each_error_is_told_in_words(error: Exception, title: str) -> None:
    problem = problem_of(error)
    assert problem.title.format(**problem.fields) == title


def test_of_several_errors_the_one_that_tells_most_is_told() -> None:
    calls = ExceptionGroup("calls", [RuntimeError("closed"), RuntimeError("closed")])
    both = BaseExceptionGroup("all", [calls, ExceptionGroup("reader", [TooMuchError("it")])])
    assert problem_of(both).detail == "it"
    assert problem_of(calls).detail == "RuntimeError: closed"
