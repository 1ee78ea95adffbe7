"""What `sotto models` prints: lines for people on a terminal, JSON lines elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, Final, TextIO

from app.chats.values import Problem
from app.cli.ask import error_line
from app.cli.progress_line import ProgressLine, plain
from app.models.values import Download, DownloadState
from app.words import Words
from engine.errors import UserFacingError

_AGREES: Final = ("y", "yes", "j", "ja", "네", "예")


class ModelsOutput:
    """Tells what comes of a command.  One thread.

    Args:
        out: results.
        errors: progress, questions and errors.
        words: the user's language.
        environ: says what the terminal can do (`NO_COLOR`, `TERM`).
        is_json: programs read it.
    """

    def __init__(
        self,
        out: TextIO,
        errors: TextIO,
        words: Words,
        environ: Mapping[str, str],
        *,
        is_json: bool,
    ) -> None:
        self._out = out
        self._errors = errors
        self._words = words
        self._line = None if is_json else ProgressLine(errors, words, environ)
        self._told: tuple[object, ...] = ()
        self._problem: tuple[str, int] | None = None
        self.is_json = is_json

    def say(self, text: str, kind: str, **fields: Any) -> None:
        """One outcome: a line for people, or an object of this type with these fields."""
        self.end_progress()
        line = plain(text)
        if self.is_json:
            line = json.dumps({"type": kind, **fields}, ensure_ascii=False)
        self._out.write(line + "\n")
        self._out.flush()

    def note(self, text: str) -> None:
        """A line that only people need."""
        if not self.is_json:
            self.end_progress()
            self._errors.write(plain(text) + "\n")
            self._errors.flush()

    def download(self, download: Download) -> None:
        """How a download stands; programs get an object for each second and each change."""
        if self._line is not None:
            self._tell_problem(download)
            self._line.show_download(download)
            return
        at = int(download.seconds_left or -1), download.state, download.problem
        if download.state is DownloadState.RUNNING and at == self._told:
            return
        self._told = at
        self.say("", "progress", **download_fields(download))

    def _tell_problem(self, download: Download) -> None:
        """Say once why it waits, and again only after more came in between.

        The line of progress has no room for it.
        """
        problem = download.problem
        if problem is None or download.state is not DownloadState.WAITING:
            return
        told = problem.title, download.done_bytes
        if told != self._problem:
            self._problem = told
            self.note(self._words(problem.title, **problem.fields))

    def work(self, name: str, done: int, total: int) -> None:
        """How far the reading of a model is."""
        if self._line is not None:
            self._line.show_work(name, done, total)
        elif (percent := (name, 100 * done // max(1, total))) != self._told:
            self._told = percent
            self.say("", "progress", id=name, done_bytes=done, total_bytes=total)

    def end_progress(self) -> None:
        """Leave the line of progress as it is, so that something else can be said."""
        if self._line is not None:
            self._line.end()

    def fail(self, problem: Problem, **fields: Any) -> None:
        """Something did not work, and other things go on."""
        if self.is_json:
            told = {
                "title": problem.title.format(**problem.fields),
                "hint": problem.hint.format(**problem.fields),
                "detail": problem.detail,
            }
            self.say("", "failed", **fields, **told)
        self.end_progress()
        self._errors.write(error_line(problem) + "\n")

    def fail_with(self, error: UserFacingError, **fields: Any) -> None:
        """The same of an error that was raised."""
        problem = Problem(error.title, error.hint, error.detail, dict(error.fields))
        self.fail(problem, **fields)

    def asks(self) -> bool:
        """Whether somebody is there to be asked."""
        return not self.is_json and sys.stdin.isatty()

    def agrees(self, question: str) -> bool:
        """Ask for yes or no; anything but yes is no."""
        return self.answer(f"{question} [y/N] ").casefold() in _AGREES

    def answer(self, question: str) -> str:
        """Ask for one line."""
        self.end_progress()
        self._errors.write(question)
        self._errors.flush()
        return sys.stdin.readline().strip()


def download_fields(download: Download) -> dict[str, Any]:
    """A download for programs."""
    problem = download.problem
    left = download.seconds_left
    return {
        "id": download.model.id,
        "state": download.state.value,
        "done_bytes": download.done_bytes,
        "total_bytes": download.total_bytes,
        "bytes_per_second": round(download.bytes_per_second or 0) or None,
        "seconds_left": round(left) if left is not None else None,
        "retry_seconds": round(download.retry_seconds) if download.retry_seconds else None,
        "problem": problem.title.format(**problem.fields) if problem else None,
    }


def is_for_programs(out: TextIO, *, is_wanted: bool) -> bool:
    """Whether JSON lines are printed: where it was asked for, and where no terminal is."""
    try:
        return is_wanted or not out.isatty()
    except ValueError:  # closed
        return True


class NobodyToAskError(UserFacingError):
    """A question came up where there is nobody to answer it."""
