"""What really is in a frozen app: Python packages, parts that are none, libraries of the system.

Run in the environment that the app was frozen in; on Debian, with dpkg.  Standard library only.
"""

from __future__ import annotations

import argparse
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LICENCES: Final = ROOT / "packaging" / "licences"
PARTS: Final = ROOT / "packaging" / "parts.toml"
_LICENCE_FILE: Final = re.compile(r"(?i)(licen[cs]e|copying|notice|authors|third.?party).*")
_LIBRARY: Final = re.compile(r"lib[^/]+\.so(\.[\w.]+)?")
_REFUSED: Final = re.compile(r"lib(readline|history|gdbm|hunspell)[^/]*\.so.*")
"""Libraries whose licence (GPL) would be that of the whole app."""

_BY_HAND: Final = {
    "latex2mathml": ("latex2mathml.txt",),
    "primp": ("primp.txt",),
    "pyside6-essentials": ("Qt.txt", "LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("Qt.txt", "LGPL-3.0.txt", "GPL-3.0.txt"),
}
"""Licences of packages that bring no text of theirs."""

_SPDX: Final = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_KNOWN: Final = {
    "asttokens": "Apache-2.0",
    "charset-normalizer": "MIT",
    "fonttools": "MIT",
    "latex2mathml": "MIT",
    "llama-cpp-python": "MIT",
    "lxml": "BSD-3-Clause",
    "openai-harmony": "Apache-2.0",
    "primp": "MIT",
    "psutil": "BSD-3-Clause",
    "pure-eval": "MIT",
    "pyenchant": "LGPL-2.1-or-later",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "pyside6-essentials": "LGPL-3.0-only",
    "shiboken6": "LGPL-3.0-only",
    "sqlcipher3": "Zlib",
    "tiktoken": "MIT",
    "tzdata": "Apache-2.0",
}
"""Licences that metadata tell in words only, and which of several is taken."""


class ShippedError(Exception):
    """Something is shipped that must not be, or nobody knows what it is."""


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the app by others.

    Attributes:
        name: for people.
        version: "" where it is not known apart from what it is built into.
        licence: an SPDX expression; "" where only its text tells.
        texts: licence texts, each once.
        kind: "python", "part" or "system".
        homepage: where it comes from.
        purl: package URL; "" where there is none.
    """

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]
    kind: str
    homepage: str = ""
    purl: str = ""


def asked_for(
    arguments: Sequence[str] | None, description: str, output: str
) -> tuple[list[Component], Path]:
    """What a command line of this folder is about: the components, and where to write of them.

    Args:
        arguments: those after the program's name; None for the process's own.
        description: of the command.
        output: what `--output` names.

    Raises:
        SystemExit: with code 1 and one line of why on stderr, as argparse does for bad options.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--folder", type=Path, required=True, help="the frozen app")
    parser.add_argument("--output", type=Path, required=True, help=output)
    options = parser.parse_args(arguments)
    try:
        return components(options.folder), options.output
    except ShippedError as error:
        parser.exit(1, f"{parser.prog}: {error}\n")


def components(folder: Path) -> list[Component]:
    """Everything by others in a frozen app, in the order of kinds and names.

    Args:
        folder: the app's folder, or the one inside it that holds the libraries.

    Raises:
        ShippedError: a part has no licence text, or one must not be shipped.
    """
    inside = folder / "_internal" if (folder / "_internal").is_dir() else folder
    files = sorted(path.relative_to(inside).as_posix() for path in inside.rglob("*")
                   if path.is_file())  # fmt: skip
    refused = sorted({name for name in files if _REFUSED.fullmatch(name.rpartition("/")[2])})
    if refused:
        raise ShippedError(f"under the GPL, must not be shipped: {', '.join(refused)}")
    found = [*python_packages(inside), *parts(files), *system_libraries(inside, files)]
    bare = [one.name for one in found if not any(text.strip() for text in one.texts)]
    if bare:
        raise ShippedError(f"no licence text: {', '.join(bare)}")
    order = {"python": 1, "part": 0, "system": 2}
    return sorted(found, key=lambda one: (order[one.kind], one.name.lower()))


def python_packages(inside: Path) -> Iterator[Component]:
    """Those whose metadata lie in the app, but Sotto itself."""
    for folder in sorted(inside.glob("*.dist-info")):
        found = metadata.Distribution.at(folder)
        name = re.sub(r"[-_.]+", "-", str(found.metadata["Name"])).lower()
        if name != "sotto":
            yield python_package(name, found, folder)


def python_package(name: str, found: metadata.Distribution, folder: Path) -> Component:
    """One package by its metadata.

    Args:
        name: in its normal form.
        found: its metadata.
        folder: where they lie, with its licence texts.
    """
    texts = [
        path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _is_licence(path.relative_to(folder))
    ]
    texts += [text_of(one) for one in _BY_HAND.get(name, ()) if not texts or name in _BY_HAND]
    page = _told(found, "Home-page") or _page(found.metadata.get_all("Project-URL") or ())
    return Component(
        str(found.metadata["Name"]),
        found.version,
        _licence(name, found),
        tuple(dict.fromkeys(texts)),
        "python",
        page,
        f"pkg:pypi/{name}@{found.version}",
    )


def parts(files: Iterable[str]) -> Iterator[Component]:
    """Parts of `parts.toml` that are there."""
    paths = [Path(name) for name in files]
    for part in tomllib.loads(PARTS.read_text(encoding="utf-8"))["part"]:
        if any(_fits(path, pattern) for path in paths for pattern in part["files"]):
            yield Component(
                part["name"],
                _version_of(part.get("version_of", "")),
                part["licence"],
                tuple(text_of(one) for one in part["texts"]),
                "part",
                part["homepage"],
            )


def system_libraries(inside: Path, files: Iterable[str]) -> Iterator[Component]:
    """Libraries that the build took from the system it ran on, by the system's packages."""
    own = _of_wheels()
    names = {name for name in files if "/" not in name and _LIBRARY.fullmatch(name)}
    claimed = _claimed_by_parts()
    owners: dict[str, list[str]] = {}
    for name in sorted(names):
        is_part = any(_fits(Path(name), pattern) for pattern in claimed)
        if name not in own and not (inside / name).is_symlink() and not is_part:
            owners.setdefault(_debian_owner(name), []).append(name)
    if unknown := owners.pop("", []):
        raise ShippedError(f"nobody knows where these come from: {', '.join(unknown)}")
    for package in sorted(owners):
        yield _debian_package(package)


def text_of(name: str) -> str:
    """A licence text by its name in `parts.toml`."""
    if name == "python":
        for folder in (sysconfig.get_path("stdlib"), sys.base_prefix):
            file = Path(folder) / ("LICENSE.txt" if (Path(folder) / "LICENSE.txt").is_file()
                                   else "LICENSE")  # fmt: skip
            if file.is_file():
                return file.read_text(encoding="utf-8")
        raise ShippedError("Python's own licence was not found")
    file = ROOT / name[1:] if name.startswith("/") else LICENCES / name
    return file.read_text(encoding="utf-8")


def _is_licence(path: Path) -> bool:
    in_folder = path.parts[0].lower() in {"licenses", "license_files", "licences"}
    return in_folder or bool(_LICENCE_FILE.fullmatch(path.name))


def _told(found: metadata.Distribution, field: str) -> str:
    return str((found.metadata.get_all(field) or [""])[0])


def _licence(name: str, found: metadata.Distribution) -> str:
    if name in _KNOWN:
        return _KNOWN[name]
    if told := _told(found, "License-Expression"):
        return told
    classes = [
        one.rpartition(" :: ")[2]
        for one in found.metadata.get_all("Classifier") or ()
        if one.startswith("License :: ")
    ]
    return " AND ".join(sorted({_SPDX[one] for one in classes if one in _SPDX}))


def _page(urls: Iterable[str]) -> str:
    pairs = [one.partition(", ") for one in urls]
    by_name = {label.strip().lower(): url.strip() for label, _, url in pairs}
    for label in ("homepage", "source", "repository", "source code", "documentation"):
        if label in by_name:
            return by_name[label]
    return next(iter(by_name.values()), "")


def _fits(path: Path, pattern: str) -> bool:
    if pattern.endswith("**"):
        return path.as_posix().startswith(pattern[:-2].rstrip("*")) or pattern == "**"
    return len(path.parts) == pattern.count("/") + 1 and path.match(pattern)


def _version_of(name: str) -> str:
    if name == "python":
        return platform.python_version()
    return metadata.version(name) if name else ""


def _claimed_by_parts() -> list[str]:
    found = tomllib.loads(PARTS.read_text(encoding="utf-8"))["part"]
    return [pattern for part in found for pattern in part["files"] if pattern != "**"]


def _of_wheels() -> frozenset[str]:
    """Names of all libraries that installed packages bring; their licence texts name them."""
    return frozenset(
        file.name
        for found in metadata.distributions()
        for file in found.files or ()
        if ".so" in file.name
    )


def _debian_owner(library: str) -> str:
    """The Debian package that a library comes from; "" where there is none."""
    if shutil.which("dpkg-query") is None:
        return ""
    done = subprocess.run(
        ["dpkg-query", "--search", f"*/{library}"], capture_output=True, text=True, check=False
    )
    owners = sorted({line.partition(":")[0] for line in done.stdout.splitlines() if ": " in line})
    return owners[0] if owners else ""


def _debian_package(package: str) -> Component:
    asked = ["dpkg-query", "--show", "--showformat", "${Version}\t${Homepage}\n", package]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    version, _, homepage = told.partition("\t")
    file = Path("/usr/share/doc") / package / "copyright"
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    purl = f"pkg:deb/debian/{package}@{version.replace(':', '%3A').replace('+', '%2B')}"
    return Component(package, version, "", (text,), "system", homepage, purl)
