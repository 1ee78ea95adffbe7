"""`sotto lab`: evaluations of the model, run and read in a terminal."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeVar

from app.assembly import (
    chosen_style,
    clock_ms,
    is_practice_chosen,
    make_engine,
    make_words,
    model_finder,
    open_storage,
    with_model,
)
from app.chats.changes import ChatChange, ModelState, StatusChanged
from app.chats.service import ChatService
from app.chats.storage_thread import StorageThread
from app.chats.values import Problem
from app.cli.ask import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, error_line
from app.cli.ctrl_c import ctrl_c
from app.cli.lab_printer import JsonLabPrinter, LabPrinter, TextLabPrinter
from app.cli.loop import CallLoop
from app.lab.export import as_json, write_results
from app.lab.results import read_results
from app.lab.sentences import evaluation_lines, result_lines
from app.lab.service import LabService
from app.lab.sets import evaluations
from app.lab.stored import StoredLab
from app.lab.values import (
    EstimateBasis,
    EstimateChanged,
    EvaluationId,
    LabChange,
    LabNotice,
    LabState,
    OutcomeAdded,
    ProgressChanged,
    Run,
    RunId,
    RunPlan,
    RunResult,
)
from app.paths import Paths
from app.secrets import KeyVault
from app.settings import Settings, SettingsFile
from app.words import Words
from engine.events import EngineEvent, TurnEvent
from engine.harmony.messages import Effort

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class LabOptions:
    """What was asked for on the command line.

    Attributes:
        names: evaluations to run.
        is_resumed: go on with unfinished runs in place of beginning new ones.
    """

    names: tuple[EvaluationId, ...]
    efforts: tuple[Effort, ...]
    items: int = 0
    seed: int = 0
    model: Path | None = None
    is_resumed: bool = False


def lab_command(
    options: argparse.Namespace, out: TextIO, errors: TextIO, environ: Mapping[str, str]
) -> int:
    """Run one part of `sotto lab`; returns the exit code.

    Raises:
        UserFacingError: the history, the model or the file could not be opened.
    """
    paths = Paths.from_environment(environ)
    settings = SettingsFile(paths.settings).load()
    words = make_words(settings, environ)
    if options.part == "list":
        for asked in evaluations():
            out.write("\n".join(evaluation_lines(words, asked)) + "\n")
        return EXIT_OK
    storage = open_storage(paths, KeyVault(paths.data, environ).open_unattended())
    if options.part == "run":
        wanted = LabOptions(
            tuple(EvaluationId(one) for one in dict.fromkeys(options.names)),
            tuple(Effort(one) for one in options.effort),
            options.items,
            options.seed,
            options.model,
            options.resume,
        )
        kind = JsonLabPrinter if options.json else TextLabPrinter
        own = with_model(settings, wanted.model)
        return Evaluating(wanted, kind(out, errors, words), paths, own, storage).run()
    try:
        results = _stored(storage, read_results)
    finally:
        storage.close()
    if options.part == "export":
        write_results(results, options.file)
    elif options.json:
        out.write(json.dumps(as_json(results), ensure_ascii=False, indent=2) + "\n")
    else:
        _write_results(out, words, results)
    return EXIT_OK


def _write_results(out: TextIO, words: Words, results: Sequence[RunResult]) -> None:
    if not results:
        out.write(words("Nothing was run yet.") + "\n")
    for result in results:
        out.write("\n".join(result_lines(words, result)) + "\n")


def _stored(storage: StorageThread, function: Callable[[StoredLab], _T]) -> _T:
    return storage.submit(lambda store: function(StoredLab(store.database))).result()


class Evaluating:
    """One run of `sotto lab run`.  Its own loop is the services' thread.

    Args:
        options: what to run.
        printer: tells how it goes.
        paths: the user's folders.
        settings: the user's.
        storage: where outcomes go; closed at the end.
    """

    def __init__(
        self,
        options: LabOptions,
        printer: LabPrinter,
        paths: Paths,
        settings: Settings,
        storage: StorageThread,
    ) -> None:
        self._options = options
        self._printer = printer
        self._storage = storage
        self._loop = CallLoop()
        self._exit_code = EXIT_OK
        self._is_begun = self._is_estimated = self._is_started = False
        self._run_ids: list[RunId] = []
        style = chosen_style(settings, Effort.MEDIUM)
        self._plan = RunPlan(
            options.names, options.efforts, options.items, options.seed, style.sampling
        )
        chores = ThreadPoolExecutor(1, "chores")
        self._engine = make_engine(lambda event: self._loop.post(lambda: self._hear(event)))
        self._chats = ChatService(
            self._engine,
            storage,
            chores,
            dispatch=self._loop.post,
            clock_ms=clock_ms,
            find_model=model_finder(lambda: settings, paths, options.model),
            is_practice=lambda: is_practice_chosen(settings, options.model),
            style_of=lambda effort: chosen_style(settings, effort),
        )
        self._lab = LabService(
            self._engine,
            self._chats,
            storage,
            chores,
            dispatch=self._loop.post,
            clock_ms=clock_ms,
        )

    def run(self) -> int:
        """Run until everything is done or stopped; returns the exit code."""
        self._chats.subscribe(self._on_chat_change)
        self._lab.subscribe(self._on_change)
        self._engine.start()
        self._chats.start()
        try:
            with ctrl_c(self._interrupt):
                self._loop.run()
            if self._run_ids:
                wanted = tuple(dict.fromkeys(self._run_ids))
                results = _stored(self._storage, lambda stored: read_results(stored, wanted))
                self._printer.finish(results)
        finally:
            self._lab.close()
            self._chats.close()
        return self._exit_code

    def _hear(self, event: EngineEvent) -> None:
        self._chats.handle(event)
        if isinstance(event, TurnEvent):
            self._lab.handle(event)

    def _on_chat_change(self, change: ChatChange) -> None:
        if not isinstance(change, StatusChanged):
            return
        if change.state is ModelState.FAILED and change.problem is not None:
            self._fail(change.problem)
        elif change.state is ModelState.READY and not self._is_begun:
            self._is_begun = True
            if self._options.is_resumed:
                self._resume()
            else:
                self._lab.estimate(self._plan)

    def _resume(self) -> None:
        runs = _stored(self._storage, lambda stored: stored.runs())
        found = [one for name in self._options.names if (one := _unfinished(runs, name))]
        self._run_ids = [run.id for run in found]
        if not found:
            self._fail(Problem("There is no unfinished run.", "Start one without --resume."))
            return
        self._lab.resume(self._run_ids)

    def _on_change(self, change: LabChange) -> None:
        match change:
            case EstimateChanged(estimate=estimate) if not self._is_started:
                # The first one may know nothing of this machine's speed; then a short answer is
                # measured, and whatever comes of that, it is time to begin.
                is_first, self._is_estimated = not self._is_estimated, True
                if not is_first or estimate.basis is not EstimateBasis.UNKNOWN:
                    self._printer.estimate(estimate)
                    self._is_started = True
                    self._lab.start(self._plan)
            case ProgressChanged(progress=progress):
                self._printer.progress(progress)
                if progress.run is not None:
                    self._run_ids.append(progress.run.id)
                if progress.state is LabState.IDLE:
                    self._end(progress.problem)
            case OutcomeAdded():
                self._printer.outcome(change)
            case LabNotice(problem=problem):
                self._fail(problem)
            case _:
                pass

    def _end(self, problem: Problem | None) -> None:
        if problem is not None:
            self._fail(problem)
        self._loop.finish()

    def _fail(self, problem: Problem) -> None:
        self._exit_code = self._exit_code or EXIT_FAILED
        self._printer.fail(problem, error_line(problem))
        self._loop.finish()

    def _interrupt(self) -> None:
        """Stop after what is stored."""
        self._exit_code = EXIT_INTERRUPTED
        self._loop.post(self._stop)

    def _stop(self) -> None:
        self._lab.stop()
        self._printer.stopped()
        self._loop.finish()


def _unfinished(runs: Sequence[Run], name: EvaluationId) -> Run | None:
    """The newest run of an evaluation that has not come to its end."""
    return next((run for run in runs if run.evaluation is name and not run.is_complete), None)
