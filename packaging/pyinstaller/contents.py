"""What lies in a frozen app: every part above 1 MB has a reason in `contents.toml`.

python packaging/pyinstaller/contents.py dist/sotto
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("contents.toml")
LIMIT_BYTES: Final = 1_000_000
_INNER: Final = "_internal"
_DEEP: Final = ("PySide6",)
"""Folders that are looked at file by file."""


def size(folder: Path) -> int:
    """Bytes of all files; a link counts nothing."""
    return sum(_bytes(path) for path in folder.rglob("*"))


def parts(app: Path) -> dict[str, int]:
    """The app's parts and their bytes: a program, a library, a package with its libraries."""
    found: Counter[str] = Counter()
    for path in app.rglob("*"):
        if path.is_dir() or path.is_symlink():
            continue
        place = path.relative_to(app)
        inner = Path(*place.parts[1:]) if place.parts[0] == _INNER else place
        found[_part(inner)] += _bytes(path)
    return dict(found)


def reasons() -> dict[str, str]:
    """Why each large part is there."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {str(name): str(why) for name, why in table["parts"].items()}


def complaints(app: Path) -> list[str]:
    """What has no reason though it is large, and what has a reason and is not there."""
    found, known = parts(app), reasons()
    large = {name: count for name, count in found.items() if count > LIMIT_BYTES}
    unknown = [
        f"{name}: {count / 1e6:.1f} MB without a reason in {TABLE.name}"
        for name, count in sorted(large.items(), key=lambda one: -one[1])
        if name not in known
    ]
    gone = [f"{name}: has a reason in {TABLE.name} and is not there" for name in known]
    if sys.platform != "linux":  # other systems have other libraries
        return unknown
    return unknown + [text for name, text in zip(known, gone, strict=True) if name not in found]


def _part(place: Path) -> str:
    first = place.parts[0]
    if first in _DEEP:
        return _plain(place.name)
    return _plain(first.removesuffix(".libs"))


def _plain(name: str) -> str:
    """A library's name without its versions, which change: `libQt6Gui` of `libQt6Gui.so.6`."""
    stem = re.split(r"\.(?:so|cpython|abi3)\b", name, maxsplit=1)[0]
    return stem.rstrip("0123456789.") if stem.startswith(("libpython", "python3")) else stem


def _bytes(path: Path) -> int:
    return 0 if path.is_symlink() or path.is_dir() else path.stat().st_size


if __name__ == "__main__":
    told = complaints(Path(sys.argv[1]))
    print("\n".join(told) or "every large part has a reason")
    sys.exit(1 if told else 0)
