"""Chooses the folder that llama.cpp is loaded from, before it is loaded.

A released Sotto brings a folder `native/` with several builds in one: a base, a CPU backend for
each instruction set, and GPU backends that are loaded one by one (`engine.llama.backends`).
Where there is none, what was installed with llama-cpp-python is used, as in a clone.  How such a
folder is made: packaging/native/README.md; why it is one folder: docs/decisions/012.md.

Imported before `llama_cpp`, so it knows nothing of it.
"""

from __future__ import annotations

import ctypes
import json
import platform
import sys
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Any, Final

OWN_FOLDER_VARIABLE: Final = "SOTTO_NATIVE"
LIBRARY_FOLDER_VARIABLE: Final = "LLAMA_CPP_LIB_PATH"
"""Read by llama-cpp-python when it is imported (llama_cpp/llama_cpp.py)."""

_PACKAGE: Final = "llama-cpp-python"
_BASE: Final = "cpu"


class Origin(StrEnum):
    """Who named the folder that is used."""

    OWN = "SOTTO_NATIVE"
    LIBRARY = "LLAMA_CPP_LIB_PATH"
    PACKAGED = "packaged"
    INSTALLED = "installed"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A folder that was there or named and is not used.

    Attributes:
        why: one plain clause, e.g. `it is for Windows AMD64`.
    """

    folder: Path
    why: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Where llama.cpp is loaded from.

    Attributes:
        folder: None for the libraries that llama-cpp-python was installed with.
        passed_over: what came before it and could not be used.
    """

    folder: Path | None
    origin: Origin
    passed_over: tuple[PassedOver, ...] = ()

    def apply(self, environ: MutableMapping[str, str]) -> None:
        """Tell llama-cpp-python the folder; must happen before it is imported."""
        if self.folder is not None:
            environ[LIBRARY_FOLDER_VARIABLE] = str(self.folder)
        else:  # a folder that was passed over must not be used all the same
            environ.pop(LIBRARY_FOLDER_VARIABLE, None)


INSTALLED: Final = Selection(None, Origin.INSTALLED)


class BackendState(StrEnum):
    """What became of a backend's file."""

    IN_USE = "in use"
    NOT_NEEDED = "not needed"
    NOT_USABLE = "not usable"


@dataclass(frozen=True, slots=True)
class Backend:
    """One backend file of the folder.

    Attributes:
        name: as in its file name, e.g. `cuda13`, `cpu-haswell`.
        why: the reason, one clause; "" when it is in use.
    """

    name: str
    state: BackendState
    why: str = ""


@dataclass(frozen=True, slots=True)
class NativeFacts:
    """Where llama.cpp comes from.

    Attributes:
        selection: the folder in use, and those passed over.
        backends: what became of each backend file there; empty where they are linked in.
    """

    selection: Selection
    backends: tuple[Backend, ...]


def packaged_folder() -> Path:
    """Where a released Sotto has its libraries: beside `engine/`."""
    return Path(__file__).resolve().parents[2] / "native"


def select(
    environ: Mapping[str, str],
    packaged: Path | None = None,
    open_library: Callable[[Path], object] | None = None,
) -> Selection:
    """Choose the first folder that fits this machine and these bindings.

    Args:
        environ: the process's environment, or a test's.
        packaged: the folder a release brings; where one is looked for if None.
        open_library: loads a library or raises `OSError`.
    """
    passed_over: list[PassedOver] = []
    for origin, folder in _candidates(environ, packaged or packaged_folder()):
        why = _misfit(folder, origin, open_library or _open)
        if not why:
            return Selection(folder, origin, tuple(passed_over))
        passed_over.append(PassedOver(folder, why))
    return Selection(None, Origin.INSTALLED, tuple(passed_over))


def library_name(stem: str, platform_name: str = sys.platform) -> str:
    """File name of libllama and its like, e.g. `libllama.so`."""
    if platform_name == "win32":
        return f"{stem}.dll"
    return f"lib{stem}.dylib" if platform_name == "darwin" else f"lib{stem}.so"


def module_name(stem: str, platform_name: str = sys.platform) -> str:
    """File name of a backend, e.g. `libggml-rpc.so`; on macOS it ends in `.so` too."""
    return f"{stem}.dll" if platform_name == "win32" else f"lib{stem}.so"


def module_misfit(folder: Path, variant: str) -> str:
    """Why a backend must not be loaded on top of the folder's base; "" when it fits.

    A backend is compiled against the base's ggml and shares its structures, so both must come
    from the same sources.  A folder without manifests is somebody's own, and theirs to judge.
    """
    base = _manifest(folder, _BASE)
    if base is None:
        return ""
    own = _manifest(folder, variant)
    if own is None:
        return "it has no manifest"
    same = all(own.get(name) == base.get(name) for name in ("source_sha256", "ggml", "machine"))
    return "" if same else "it was built from other sources than its base"


def _candidates(environ: Mapping[str, str], packaged: Path) -> list[tuple[Origin, Path]]:
    named = [
        (origin, Path(environ[origin.value]).absolute())
        for origin in (Origin.OWN, Origin.LIBRARY)
        if environ.get(origin.value)
    ]
    return [*named, (Origin.PACKAGED, packaged)] if packaged.is_dir() else named


def _misfit(folder: Path, origin: Origin, open_library: Callable[[Path], object]) -> str:
    library = folder / library_name("llama")
    if not library.is_file():
        return f"there is no {library.name} in it"
    facts = _manifest(folder, _BASE)
    if facts is None and origin is Origin.PACKAGED:
        return "it has no manifest"
    if facts is not None and (why := _wrong_machine(facts) or _wrong_version(facts)):
        return why
    try:
        open_library(library)
    except OSError as error:
        return f"{library.name} does not load: {error}"
    return ""


def _wrong_machine(facts: Mapping[str, Any]) -> str:
    wanted = (facts.get("system"), facts.get("machine"))
    here = (platform.system(), platform.machine())
    return "" if wanted == here else f"it is for {wanted[0]} {wanted[1]}"


def _wrong_version(facts: Mapping[str, Any]) -> str:
    """The bindings' structures are laid out for one version of llama.cpp and no other."""
    built, installed = facts.get("llama_cpp_python"), metadata.version(_PACKAGE)
    return "" if built == installed else f"it is for {_PACKAGE} {built}, not {installed}"


def _manifest(folder: Path, variant: str) -> dict[str, Any] | None:
    try:
        text = (folder / f"sotto-{variant}.json").read_text(encoding="utf-8")
        values = json.loads(text)
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) else None


def _open(path: Path) -> object:
    return ctypes.CDLL(str(path))
