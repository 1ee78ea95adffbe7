"""What lies beside the built libraries: how they were made, and the digest of each.

One file for each variant, `sotto-<variant>.json`, so that variants built on several machines can
be put into one folder.  `engine/llama/variants.py` reads them before it loads anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sources import sha256

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """How one variant was made.

    Attributes:
        variant: its name.
        llama_cpp_python: version that the sources came with; the bindings must be the same.
        source_sha256: digest of the source package.
        ggml: version of ggml.
        commit: of llama.cpp, short.
        system: as `platform.system` names it.
        machine: as `platform.machine` names it.
        flags: CMake's `-D` arguments, in order.
        compilers: language to compiler and version.
        modules: the files that are loaded at run time, by name.
        files: name to digest and size of every file of the variant.
    """

    variant: str
    llama_cpp_python: str
    source_sha256: str
    ggml: str
    commit: str
    system: str
    machine: str
    flags: tuple[str, ...]
    compilers: dict[str, str]
    modules: tuple[str, ...]
    files: dict[str, dict[str, Any]]
    format: int = FORMAT

    def write(self, folder: Path) -> Path:
        """Write it beside the libraries and give its path."""
        path = path_in(folder, self.variant)
        text = json.dumps(asdict(self), indent=2, sort_keys=True)
        path.write_text(text + "\n", encoding="utf-8")
        return path


def path_in(folder: Path, variant: str) -> Path:
    """Where a variant's manifest lies."""
    return folder / f"sotto-{variant}.json"


def read(path: Path) -> Manifest:
    """Read one back.

    Raises:
        ValueError: it is none, or one of another format.
    """
    values = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise ValueError(f"{path.name} has another format than {FORMAT}.")
    values["flags"] = tuple(values["flags"])
    values["modules"] = tuple(values["modules"])
    return Manifest(**values)


def measured(folder: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Digest and size in bytes of each file."""
    return {
        name: {"sha256": sha256(folder / name), "bytes": (folder / name).stat().st_size}
        for name in sorted(names)
    }


def compilers(tree: Path) -> dict[str, str]:
    """Compilers that CMake found, from what it wrote into a build tree; language to name."""
    found = {}
    for path in sorted(tree.glob("CMakeFiles/*/CMake*Compiler.cmake")):
        text = path.read_text(encoding="utf-8")
        named = re.search(r'set\(CMAKE_(\w+)_COMPILER_ID "(\w+)"\)', text)
        version = re.search(r'set\(CMAKE_\w+_COMPILER_VERSION "([^"]+)"\)', text)
        if named and version:
            found[named[1]] = f"{named[2]} {version[1]}"
    return found


def complaints(folder: Path) -> list[str]:
    """What is wrong with a folder of variants; empty when every file is as it was built.

    Also that all variants were made from the same sources for the same system, and that no
    file lies there that no manifest names.
    """
    found: list[str] = []
    manifests = []
    for path in sorted(folder.glob("sotto-*.json")):
        try:
            manifests.append(read(path))
        except (ValueError, TypeError, KeyError) as error:
            found.append(f"{path.name}: {error}")
    if not any(one.variant == "cpu" for one in manifests):
        found.append("the base is missing: sotto-cpu.json")
    for name in ("source_sha256", "ggml", "commit", "system", "machine"):
        values = {getattr(one, name) for one in manifests}
        if len(values) > 1:
            found.append(f"variants differ in {name}: {', '.join(sorted(values))}")
    named = {path_in(folder, one.variant).name for one in manifests}
    for one in manifests:
        named.update(one.files)
        found += [f"{name}: {why}" for name, why in _damaged(folder, one)]
    found += [
        f"{path.name}: no manifest names it"
        for path in sorted(folder.iterdir())
        if path.name not in named and not path.name.startswith("sotto-")
    ]
    return found


def _damaged(folder: Path, manifest: Manifest) -> Iterable[tuple[str, str]]:
    for name, facts in manifest.files.items():
        if not (folder / name).is_file():
            yield name, "is missing"
        elif sha256(folder / name) != facts["sha256"]:
            yield name, "is not the file that was built"
