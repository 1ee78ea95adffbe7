"""Renews the lock files in requirements/ from pyproject.toml, with uv.

`make lock` keeps what is locked already and still fits; `make lock UPGRADE=1` takes the newest
versions. Each file pins every package for all supported systems and Pythons, with the hashes of
its files and without naming where they come from.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_LOCKS = {
    "build": ("--group", "build"),
    "runtime": ("pyproject.toml",),
    "dev": ("--group", "dev", "-c", "requirements/runtime.txt"),
    "package": ("--group", "package", "-c", "requirements/runtime.txt"),
}


def command(uv: str, name: str, upgrade: bool) -> list[str]:
    """Give the command that renews one lock file."""
    fixed = ("--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--quiet")
    written = ("--python-version", "3.11", "--output-file", f"requirements/{name}.txt")
    newest = ("--upgrade",) if upgrade else ()
    return [uv, "pip", "compile", *_LOCKS[name], *fixed, *written, *newest]


def main() -> int:
    """Renew every lock file; the exit code is uv's."""
    uv = shutil.which("uv")
    if uv is None:
        print("sotto: uv was not found. Install it and run `make lock` again.", file=sys.stderr)
        return 1
    upgrade = bool(os.environ.get("UPGRADE"))
    for name in _LOCKS:
        print(f"sotto: locking requirements/{name}.txt", flush=True)
        code = subprocess.call(command(uv, name, upgrade), cwd=_ROOT, stdout=subprocess.DEVNULL)
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
