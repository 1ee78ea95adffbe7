"""What is here, for a bug report: versions, devices, model, keyring and folders.

Reads and never changes anything.  Nothing secret or private goes in: no keys, no chat
titles, and the home folder is written as `~`, since its name is often the user's.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil

from app.logs import LOG_NAME
from app.paths import Paths
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.probe import find_sandbox
from app.workers import WorkerError, network_of, try_worker
from engine.errors import UserFacingError
from engine.gguf import ModelFacts
from engine.hardware import Device, Hardware
from engine.llama.variants import Backend, NativeFacts
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import PlanChoices

if TYPE_CHECKING:  # it loads llama.cpp, and a report must come even where that fails
    from engine.llama.devices import BuildFacts

_PACKAGES: Final = (
    ("llama-cpp-python", "llama-cpp-python"),
    ("openai-harmony", "openai-harmony"),
    ("PySide6", "PySide6-Essentials"),
    ("sqlcipher3", "sqlcipher3"),
)
_UNITS: Final = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))


@dataclass(frozen=True, slots=True)
class Native:
    """Where llama.cpp comes from.

    Attributes:
        folder: with `~` for the home folder; "" for what llama-cpp-python was installed with.
        chosen_by: the variable that names the folder, or `packaged`, or `installed`.
        passed_over: folders that could not be used, each with the reason.
        backends: what became of each backend file; empty where they are linked in.
    """

    folder: str
    chosen_by: str
    passed_over: tuple[str, ...] = ()
    backends: tuple[Backend, ...] = ()

    @classmethod
    def of(cls, facts: NativeFacts) -> Native:
        """From what the engine says."""
        selection = facts.selection
        return cls(
            folder=str(selection.folder or ""),
            chosen_by=selection.origin.value,
            passed_over=tuple(f"{one.folder}: {one.why}" for one in selection.passed_over),
            backends=facts.backends,
        )

    def without_home(self, home: Path) -> Native:
        """The same, with `~` for the home folder."""
        return Native(
            folder=_without_home(self.folder, home),
            chosen_by=self.chosen_by,
            passed_over=tuple(_without_home(one, home) for one in self.passed_over),
            backends=tuple(replace(one, why=_without_home(one.why, home)) for one in self.backends),
        )

    def as_lines(self) -> list[str]:
        """For people: the folder, what was passed over, and each backend."""
        folder = f"{self.folder} ({self.chosen_by})" if self.folder else self.chosen_by
        return [
            f"llama.cpp folder: {folder}",
            *(f"passed over {one}" for one in self.passed_over),
            *(
                f"backend {one.name}: {one.state.value}" + (f", {one.why}" if one.why else "")
                for one in self.backends
            ),
        ]


@dataclass(frozen=True, slots=True)
class Machine:
    """What the engine sees.

    Attributes:
        devices: what llama.cpp can compute on.
        build: which llama.cpp this is.
        native: where it comes from.
    """

    devices: tuple[Device, ...]
    build: BuildFacts
    native: Native


@dataclass(frozen=True, slots=True)
class Folder:
    """One of Sotto's folders.

    Attributes:
        name: what it is for: data, config, cache or state.
        path: with `~` for the home folder.
        exists: False before Sotto needs it.
        free_bytes: on its disk; None where that cannot be told.
    """

    name: str
    path: str
    exists: bool
    free_bytes: int | None


@dataclass(frozen=True, slots=True)
class Model:
    """The model that would be loaded.

    Attributes:
        path: with `~` for the home folder; "" where it is not known.
        facts: what a person would ask of `engine.gguf.ModelFacts`; None if they cannot be read.
        problem: why not, as one sentence; "" if they can.
        plan: how it would be loaded now, as one sentence; "" if they cannot.
        shortages: what it would be short of, one sentence for each device.
    """

    path: str
    facts: dict[str, Any] | None
    problem: str = ""
    plan: str = ""
    shortages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LendingMachine:
    """A worker named in the settings.

    Attributes:
        address: `host:port`.
        network: where that leads: loopback, local, wide or unknown.
        version: of its protocol; "" where it cannot be used.
        free_bytes: for each of its devices.
        problem: why it cannot be used, as one sentence; "" if it can.
    """

    address: str
    network: str
    version: str = ""
    free_bytes: tuple[int, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """The report on this installation.

    Attributes:
        versions: name of each part to its version, "missing" where it is not installed.
        cores: physical processor cores; None where the system cannot tell.
        memory_free_bytes: main memory that programs could still get.
        memory_total_bytes: all main memory.
        machine: what the engine sees; None if llama.cpp does not answer.
        machine_problem: name of the error then, else "".
        model: the model that would be loaded.
        keyring: the keyring in use; None where there is none to trust.
        folders: Sotto's folders.
        log: the log file, with `~` for the home folder.
        log_exists: whether it has been written to.
        workers: other machines that lend memory and GPUs.
        sandbox: what holds the model's code in, and why it is no better one.
    """

    versions: dict[str, str]
    cores: int | None
    memory_free_bytes: int
    memory_total_bytes: int
    machine: Machine | None
    machine_problem: str
    model: Model
    keyring: str | None
    folders: tuple[Folder, ...]
    log: str
    log_exists: bool
    workers: tuple[LendingMachine, ...] = ()
    sandbox: str = "none"

    def as_json(self) -> dict[str, Any]:
        """The report as plain values for `json.dumps`; sizes in bytes."""
        return asdict(self)

    def as_lines(self) -> list[str]:
        """The report for people, in English; sizes in GiB, MiB or KiB."""
        return [
            *(f"{name}: {version}" for name, version in self.versions.items()),
            f"memory: {free_of(self.memory_free_bytes, self.memory_total_bytes)}",
            f"processor cores: {self.cores if self.cores is not None else 'unknown'}",
            *self._machine_lines(),
            *(_worker_line(worker) for worker in self.workers),
            *self._model_lines(),
            f"keyring: {self.keyring or 'none'}",
            f"sandbox for code: {self.sandbox}",
            *(_folder_line(folder) for folder in self.folders),
            f"log: {self.log}" + ("" if self.log_exists else " (not there yet)"),
        ]

    def _machine_lines(self) -> list[str]:
        if self.machine is None:
            return [f"llama.cpp: does not answer ({self.machine_problem})"]
        lines = [
            f"ggml: {self.machine.build.ggml_version}",
            f"llama.cpp features: {self.machine.build.features.strip()}",
            *self.machine.native.as_lines(),
        ]
        for device in self.machine.devices:
            memory = free_of(device.free_bytes, device.total_bytes)
            kind = device.kind.value.replace("_", " ")
            lines.append(f"device {device.name}: {device.description}, {kind}, {memory}")
        return lines

    def _model_lines(self) -> list[str]:
        if self.model.facts is None:
            where = f" {self.model.path}:" if self.model.path else ""
            return [f"model:{where} {self.model.problem}"]
        facts = self.model.facts
        practice = " (practice model)" if facts["is_practice"] else ""
        return [
            f"model: {facts['name']}{practice}, {self.model.path}",
            f"model size: {_size(facts['size_bytes'])}"
            f"{_in_files(facts['files'])}, {facts['quantisation']}, "
            f"{facts['layers']} layers, {facts['experts']} experts, "
            f"context {facts['trained_context_tokens']} tokens",
            *([f"memory plan: {self.model.plan}"] if self.model.plan else []),
            *(f"memory plan: {shortage}" for shortage in self.model.shortages),
        ]


def this_machine() -> Machine:
    """Ask llama.cpp.  Any thread."""
    from engine.llama.devices import (  # noqa: PLC0415 - see above
        build_facts,
        devices,
        native_facts,
    )

    return Machine(devices(), build_facts(), Native.of(native_facts()))


def report(  # noqa: PLR0913 - each is another thing to look at
    paths: Paths,
    keyring: str | None,
    read_model: Callable[[], ModelFacts],
    read_machine: Callable[[], Machine],
    *,
    model_path: str | None = None,
    workers: Sequence[str] = (),
    choices: PlanChoices | None = None,
    home: Path | None = None,
    read_sandbox: Callable[[], Sandbox] = find_sandbox,
) -> DoctorReport:
    """Look around; what cannot be read is reported as such and stops nothing.

    Args:
        paths: the user's folders.
        keyring: name of the keyring's backend, None where there is none.
        read_model: reads the header of the model that would be loaded.
        read_machine: asks llama.cpp for its devices and build.
        model_path: the model named in the settings, to name it even if it cannot be read.
        workers: addresses of the workers in the settings; each is tried.
        choices: what the user decided of the memory plan.
        home: the user's home folder; the process's own if None.
        read_sandbox: makes a sandbox to see whether it holds.
    """
    home = home or Path.home()
    machine, machine_problem = _machine(read_machine, home)
    memory = psutil.virtual_memory()
    cores = psutil.cpu_count(logical=False)
    hardware = Hardware(
        machine.devices if machine else (), int(memory.available), int(memory.total), cores or 1
    )
    log = paths.state / LOG_NAME
    return DoctorReport(
        versions=_versions(),
        cores=cores,
        memory_free_bytes=int(memory.available),
        memory_total_bytes=int(memory.total),
        machine=machine,
        machine_problem=machine_problem,
        model=_model(read_model, model_path, home, hardware, choices or PlanChoices()),
        keyring=keyring,
        folders=tuple(
            _folder(name, path, home)
            for name, path in (
                ("data", paths.data),
                ("config", paths.config),
                ("cache", paths.cache),
                ("state", paths.state),
            )
        ),
        log=_without_home(str(log), home),
        log_exists=log.exists(),
        workers=tuple(_worker(address) for address in workers),
        sandbox=_without_home(_sandbox(read_sandbox()), home),
    )


def _sandbox(found: Sandbox) -> str:
    why = f" ({found.why_not_better})" if found.why_not_better else ""
    return f"{found.kind}{why}"


def _versions() -> dict[str, str]:
    """Versions by the packages' own metadata: importing PySide6 here would break the layers."""
    found = {
        "Sotto": _installed("sotto"),
        "Python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    for name, package in _PACKAGES:
        found[name] = _installed(package)
    return found


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"


def _machine(read_machine: Callable[[], Machine], home: Path) -> tuple[Machine | None, str]:
    try:
        machine = read_machine()
        return replace(machine, native=machine.native.without_home(home)), ""
    except Exception as error:  # noqa: BLE001 - a broken native library is what a report is for
        return None, type(error).__name__


def _model(
    read_model: Callable[[], ModelFacts],
    named: str | None,
    home: Path,
    hardware: Hardware,
    choices: PlanChoices,
) -> Model:
    try:
        facts = read_model()
    except UserFacingError as error:
        path = _without_home(named, home) if named else ""
        return Model(path, None, _without_home(str(error), home))
    values = asdict(facts)
    for name in ("path", "modified_ns", "geometry", "weights", "further_parts"):
        del values[name]
    values["files"] = len(facts.paths)
    plan = plan_memory(facts, hardware, choices)
    return Model(
        _without_home(str(facts.path), home),
        values,
        plan=str(plan.explanation),
        shortages=tuple(map(str, plan.shortages)),
    )


def _worker(address: str) -> LendingMachine:
    network = network_of(address).value
    try:
        found = try_worker(address)
    except WorkerError as error:
        return LendingMachine(address, network, problem=str(error))
    free = tuple(device.free_bytes for device in found.devices)
    return LendingMachine(address, network, found.version, free)


def _worker_line(worker: LendingMachine) -> str:
    if worker.problem:
        return f"worker {worker.address}: {worker.problem}"
    free = ", ".join(f"{_size(size)} free" for size in worker.free_bytes)
    return f"worker {worker.address}: {worker.network} network, RPC {worker.version}, {free}"


def _folder(name: str, path: Path, home: Path) -> Folder:
    return Folder(name, _without_home(str(path), home), path.is_dir(), _free_bytes(path))


def _free_bytes(path: Path) -> int | None:
    """Free room on the disk where a folder is or would be made."""
    for place in (path, *path.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:
            continue
    return None


def _without_home(text: str, home: Path) -> str:
    """The text with `~` for the home folder, unless that is the root of the disk."""
    name = str(home)
    return text if name == home.anchor else text.replace(name, "~")


def _in_files(count: int) -> str:
    return f" in {count} files" if count > 1 else ""


def _folder_line(folder: Folder) -> str:
    free = "free room unknown" if folder.free_bytes is None else f"{_size(folder.free_bytes)} free"
    there = "" if folder.exists else " (not there yet)"
    return f"{folder.name} folder: {folder.path}{there}, {free}"


def free_of(free: int, total: int) -> str:
    """Memory for people, in GiB, MiB or KiB."""
    return f"{_size(free)} free of {_size(total)}" if total else "memory unknown"


def _size(size_bytes: int) -> str:
    for unit, factor in _UNITS:
        if size_bytes >= factor:
            return f"{size_bytes / factor:.1f} {unit}"
    return f"{size_bytes} bytes"
