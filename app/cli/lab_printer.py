"""How `sotto lab run` tells what it does: for people, or as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol, TextIO

from app.chats.values import Problem
from app.lab.export import as_json, outcome_json
from app.lab.sentences import estimate_text, progress_text, result_lines
from app.lab.values import Estimate, LabState, OutcomeAdded, RunProgress, RunResult
from app.words import Words


class LabPrinter(Protocol):
    """Tells how an evaluation goes."""

    def estimate(self, estimate: Estimate) -> None:
        """How long it will take."""
        ...

    def progress(self, progress: RunProgress) -> None:
        """How far it is."""
        ...

    def outcome(self, added: OutcomeAdded) -> None:
        """A task ended."""
        ...

    def stopped(self) -> None:
        """The user stopped it."""
        ...

    def finish(self, results: Sequence[RunResult]) -> None:
        """What was found."""
        ...

    def fail(self, problem: Problem, line: str) -> None:
        """It cannot go on."""
        ...


class TextLabPrinter:
    """For people: progress on one line of the terminal, results at the end.

    Args:
        out: results.
        errors: progress and errors; a line of its own for each tenth where it is no terminal.
        words: the user's language.
    """

    def __init__(self, out: TextIO, errors: TextIO, words: Words) -> None:
        self._out, self._errors, self._words = out, errors, words
        self._width = 0
        self._last_tenth = -1

    def estimate(self, estimate: Estimate) -> None:
        """How long it will take."""
        self._line(estimate_text(self._words, estimate))

    def progress(self, progress: RunProgress) -> None:
        """How far it is."""
        if progress.state is LabState.IDLE:
            return
        text = progress_text(self._words, progress)
        if self._errors.isatty():
            self._errors.write("\r" + text.ljust(self._width))
            self._errors.flush()
            self._width = len(text)
            return
        tenth = 10 * progress.done // max(1, progress.total)
        if tenth != self._last_tenth or progress.state is LabState.PAUSED:
            self._last_tenth = tenth
            self._line(text)

    def outcome(self, added: OutcomeAdded) -> None:
        """A task ended; the next progress tells."""

    def stopped(self) -> None:
        """The user stopped it."""
        self._line(self._words("Stopped. What is done is kept; --resume goes on."))

    def finish(self, results: Sequence[RunResult]) -> None:
        """What was found."""
        self._line("", only_to_end=True)
        for result in results:
            self._out.write("\n".join(result_lines(self._words, result)) + "\n")

    def fail(self, problem: Problem, line: str) -> None:
        """It cannot go on."""
        fields = dict(problem.fields)
        title, hint = self._words(problem.title, **fields), self._words(problem.hint, **fields)
        self._line(f"sotto: {title} {hint}".strip() if title else line)

    def _line(self, text: str, *, only_to_end: bool = False) -> None:
        if self._width:
            self._errors.write("\n")
            self._width = 0
        if not only_to_end:
            self._errors.write(text + "\n")


class JsonLabPrinter:
    """For programs: one JSON object a line, on `out`; errors as one line on `errors` as well."""

    def __init__(self, out: TextIO, errors: TextIO, words: Words) -> None:  # noqa: ARG002 - as above
        self._out, self._errors = out, errors

    def estimate(self, estimate: Estimate) -> None:
        """How long it will take."""
        self._write("estimate", **asdict(estimate))

    def progress(self, progress: RunProgress) -> None:
        """How far it is."""
        run = progress.run
        self._write(
            "progress",
            state=progress.state.value,
            pause=progress.pause.value,
            run=run.id if run is not None else None,
            done=progress.done,
            total=progress.total,
            left=asdict(progress.left),
        )

    def outcome(self, added: OutcomeAdded) -> None:
        """A task ended."""
        self._write("outcome", run=added.run.id, **outcome_json(added.outcome))

    def stopped(self) -> None:
        """The user stopped it."""
        self._write("stopped")

    def finish(self, results: Sequence[RunResult]) -> None:
        """What was found."""
        self._write("results", **as_json(results))

    def fail(self, problem: Problem, line: str) -> None:
        """It cannot go on."""
        self._write("error", title=problem.title.format(**problem.fields), hint=problem.hint)
        self._errors.write(line + "\n")

    def _write(self, kind: str, **values: Any) -> None:
        self._out.write(json.dumps({"type": kind, **values}, ensure_ascii=False) + "\n")
        self._out.flush()
