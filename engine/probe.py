"""Tries a load in a process of its own first: what ends that process ends nothing else.

A driver or a GPU backend that gives up takes its process with it (engine.md 2.5, CUDA_CHECK).
So the first load of a build, device, model and plan is tried by `engine.probe_process`, which
loads, warms up at the worst size and tells the outcome in lines of JSON on its standard output.
The outcome is kept, so that the next load of the same need not be tried again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Final

from engine import program
from engine.gguf import ModelFacts
from engine.llama.devices import build_facts
from engine.llama.model import LoadCancelledError
from engine.memory_plan.ladder import Stage, pinned
from engine.memory_plan.values import MemoryPlan
from engine.requests import LoadRequest

_LOGGER: Final = logging.getLogger(__name__)

SILENCE_SECONDS: Final = 180.0
"""A probe that has said nothing for so long hangs."""

CRASH_COUNTS_SECONDS: Final = 24 * 60 * 60
"""A crash is remembered for a day: its reason may have gone away since."""

_LOOK_SECONDS: Final = 0.1
_DETAIL_BYTES: Final = 2000


class Outcome(StrEnum):
    """How a trial ended; undecided when it met what has nothing to do with the devices."""

    WORKS = "works"
    NO_MEMORY = "no_memory"
    CRASHED = "crashed"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a trial found out.

    Attributes:
        outcome: how it ended.
        stage: where it ended.
        detail: technical text.
    """

    outcome: Outcome
    stage: Stage = Stage.WARM_UP
    detail: str = ""


def is_due(request: LoadRequest, plan: MemoryPlan) -> bool:
    """Whether a load is to be tried first: where a GPU of this machine takes part.

    Not where other machines do: a worker serves one process at a time, and the engine is
    already connected to it.
    """
    gpus = [one.device for one in plan.gpus]
    return request.verdicts is not None and bool(gpus) and not any(one.is_remote for one in gpus)


class Prober:
    """Tries loads.  Engine thread.

    Args:
        command: what starts a probe, which reads its task from its standard input.
        silence_seconds: how long it may say nothing.
    """

    def __init__(
        self, command: Sequence[str] = (), silence_seconds: float = SILENCE_SECONDS
    ) -> None:
        self._command = tuple(command) or probe_command()
        self._silence_seconds = silence_seconds

    def verdict(
        self,
        request: LoadRequest,
        facts: ModelFacts,
        plan: MemoryPlan,
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> Verdict:
        """The outcome of loading as planned: remembered, or found out now.

        Args:
            request: what is to be loaded; `verdicts` names the file of what is remembered.
            facts: what its header says.
            plan: how it is to be loaded.
            on_progress: gets fractions from 0.0 to 1.0.
            should_stop: asked ten times a second.

        Raises:
            LoadCancelledError: the load was given up; the probe is ended.
        """
        memory = _Memory(request.verdicts)
        key = _key(facts, plan, request)
        known = memory.recall(key)
        if known is not None:
            return known
        _LOGGER.info("trying the load in a process of its own")
        verdict = self._tried(_task(request, plan), on_progress, should_stop)
        _LOGGER.info("the trial: %s at %s", verdict.outcome, verdict.stage)
        memory.keep(key, verdict)
        return verdict

    @contextmanager
    def watched(self, request: LoadRequest, facts: ModelFacts, plan: MemoryPlan) -> Generator[None]:
        """Around the load itself: one that takes the process with it is tried afresh next time."""
        if not is_due(request, plan):
            yield
            return
        memory, key = _Memory(request.verdicts), _key(facts, plan, request)
        memory.mark(key, is_open=True)
        try:
            yield
        finally:
            memory.mark(key, is_open=False)

    def _tried(
        self, task: str, on_progress: Callable[[float], None], should_stop: Callable[[], bool]
    ) -> Verdict:
        with tempfile.TemporaryFile() as errors:
            try:
                process = subprocess.Popen(  # noqa: S603 - our own program
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=_environment(),
                    text=True,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            except OSError as error:
                return Verdict(Outcome.CRASHED, Stage.WEIGHTS, str(error))
            lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
            talk = threading.Thread(target=_converse, args=(process, task, lines), daemon=True)
            with process:  # closes the pipes and waits
                talk.start()
                try:
                    stage, verdict = self._listen(lines, on_progress, should_stop)
                finally:
                    process.kill()
                    talk.join()
            if verdict is not None:
                return verdict
            detail = f"exit code {process.returncode}\n{_end_of(errors)}"
            return Verdict(Outcome.CRASHED, stage, detail)

    def _listen(
        self,
        lines: queue.SimpleQueue[str | None],
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> tuple[Stage, Verdict | None]:
        """Follow a probe to its end; None when it crashed or hangs, and where it was then."""
        stage, heard = Stage.WEIGHTS, time.monotonic()
        while True:
            if should_stop():
                raise LoadCancelledError
            try:
                line = lines.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if time.monotonic() - heard > self._silence_seconds:
                    return stage, None
                continue
            if line is None:
                return stage, None
            heard = time.monotonic()
            told = _parsed(line)
            if "outcome" in told:
                return stage, _verdict(told)
            if "fraction" in told:
                on_progress(float(told["fraction"]))
            if "stage" in told:
                stage = Stage(told["stage"])


def probe_command() -> tuple[str, ...]:
    """What starts a probe: this very program, frozen or not."""
    return program.again("--probe", "engine.probe_process")


def _environment() -> dict[str, str]:
    root = str(program.SOURCES)
    path = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join([root, path] if path else [root])}


def _converse(
    process: subprocess.Popen[str], task: str, lines: queue.SimpleQueue[str | None]
) -> None:
    """Hand the task over and the probe's lines on; on a thread of its own, since both block."""
    if process.stdin is None or process.stdout is None:
        raise AssertionError("the pipes were asked for")
    try:
        process.stdin.write(task)
        process.stdin.close()
        for line in process.stdout:
            lines.put(line)
        process.wait()
    except (OSError, ValueError):
        _LOGGER.debug("the probe ended early")
    lines.put(None)


def _parsed(line: str) -> dict[str, Any]:
    """One line of a probe; {} for what llama.cpp or a driver wrote in between."""
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _verdict(told: dict[str, Any]) -> Verdict:
    return Verdict(Outcome(told["outcome"]), Stage(told["stage"]), str(told.get("detail", "")))


def _end_of(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _DETAIL_BYTES))
    return file.read().decode("utf-8", "replace")


def _task(request: LoadRequest, plan: MemoryPlan) -> str:
    return json.dumps(
        {
            "path": str(request.path),
            "adapters": [[str(one.path), one.scale] for one in request.adapters],
            "choices": asdict(pinned(plan)),
        }
    )


def _key(facts: ModelFacts, plan: MemoryPlan, request: LoadRequest) -> str:
    """Of what a verdict holds: build, system and driver, devices, model and plan."""
    build = build_facts()
    driver = Path("/proc/driver/nvidia/version")
    devices = [(one.device.description, one.device.total_bytes) for one in plan.gpus]
    parts = (
        build.ggml_version,
        build.features,
        platform.platform(),
        driver.read_text(encoding="utf-8") if driver.exists() else "",
        devices,
        (str(facts.path), facts.size_bytes, facts.modified_ns),
        [(str(one.path), one.modified_ns) for one in facts.further_parts],
        [(str(one.path), one.scale) for one in request.adapters],
        asdict(pinned(plan)),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


_KEPT: Final = (Outcome.WORKS, Outcome.CRASHED)


class _Memory:
    """Verdicts in a JSON file: those that hold for a while.

    That memory was short is not kept, since another program may have had it.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def recall(self, key: str) -> Verdict | None:
        entry = self._read().get(key)
        try:
            if not isinstance(entry, dict):
                return None
            if entry.get("is_open"):
                return None
            is_old = time.time() - float(entry["at"]) > CRASH_COUNTS_SECONDS
            verdict = _verdict(entry)
        except (KeyError, TypeError, ValueError):
            return None
        return None if is_old and verdict.outcome is not Outcome.WORKS else verdict

    def keep(self, key: str, verdict: Verdict) -> None:
        if verdict.outcome not in _KEPT:
            return
        self._write(self._read() | {key: {**asdict(verdict), "at": time.time()}})

    def mark(self, key: str, *, is_open: bool) -> None:
        """Note that a load of a known verdict has begun, or that it has ended."""
        entries = self._read()
        if isinstance(entries.get(key), dict):
            entries[key]["is_open"] = is_open
            self._write(entries)

    def _write(self, entries: dict[str, Any]) -> None:
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps(entries), encoding="utf-8")
            fresh.replace(self._path)
        except OSError as error:
            _LOGGER.warning("the trial's outcome could not be kept: %s", error)

    def _read(self) -> dict[str, Any]:
        if self._path is None:
            return {}
        try:
            entries = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return entries if isinstance(entries, dict) else {}
