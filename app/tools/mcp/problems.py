"""What can go wrong with a server, and how the user is told."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import Final

from app.chats.values import Problem
from app.tools.mcp.placeholders import MissingValueError
from engine.errors import UserFacingError


class ProgramMissingError(Exception):
    """There is no such program or folder; its text is the name."""


class TooMuchError(Exception):
    """A server sends more than it may; the text says what, in English for the log."""


class SignInError(Exception):
    """A server wants to know who asks; the text is the HTTP status."""


_TELLING: Final = (TooMuchError, SignInError, ProgramMissingError, MissingValueError, OSError)


def problem_of(error: BaseException) -> Problem:
    """An error of a connection in the user's words."""
    match _telling(error):
        case ProgramMissingError() as missing:
            return Problem(
                "The program or folder {name} was not found.",
                "Install it, or write its whole path.",
                fields={"name": str(missing)[:200]},
            )
        case MissingValueError() as missing_value:
            return Problem(
                "Nothing is known for {name}, which the server needs.",
                "Change the server and type the value.",
                fields={"name": str(missing_value)[:200]},
            )
        case UserFacingError() as told:
            return Problem(told.title, told.hint, told.detail, dict(told.fields))
        case OSError(errno=errno.EACCES | errno.EPERM | errno.ENOEXEC) as refused:
            return Problem(
                "The program may not be started.",
                "Check that the file is a program and that you may run it.",
                detail=str(refused)[:500],
            )
        case SignInError() as status:
            return Problem(
                "The server does not let Sotto in.",
                "Check the key or password among its headers.",
                detail=str(status)[:500],
            )
        case TooMuchError() as flood:
            return Problem(
                "The server sent more than it may, so it was ended.",
                "Ask its maker, or try a newer version of it.",
                detail=str(flood)[:500],
            )
        case TimeoutError():
            return Problem(
                "The server did not answer in time.",
                "Look into its log, then start it again.",
            )
        case other:
            return Problem(
                "The server cannot be used.",
                "Look into its log, then start it again.",
                detail=f"{type(other).__name__}: {other}"[:500],
            )


def _telling(error: BaseException) -> BaseException:
    """The error that tells most among those that a task group put together.

    When a server is ended for what it sends, calls in progress fail as well, with less to tell.
    """
    leaves = list(_leaves(error))
    return next((one for one in leaves if isinstance(one, _TELLING)), leaves[0])


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _leaves(part)
    else:
        yield error
