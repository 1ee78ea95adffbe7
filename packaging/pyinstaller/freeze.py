"""Freezes Sotto into a folder that runs by itself, and checks what lies in it.

    python -m tools.setup package
    python packaging/native/build.py cpu --output dist/native
    python packaging/pyinstaller/freeze.py --native dist/native --output build/package/dist/sotto

Standard library only; run it by its path.  PyInstaller runs in the environment that the set-up
made.  README.md beside this file says more.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import contents

_HERE: Final = Path(__file__).resolve().parent
_ROOT: Final = _HERE.parents[1]
_BUILD: Final = _ROOT / "build" / "package"
_INNER: Final = "_internal"


class FreezeError(Exception):
    """A freeze that cannot go on."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when the app was made and holds nothing unexplained."""
    options = _parser().parse_args(arguments)
    started = time.monotonic()
    try:
        freeze(options.python, options.native, options.output)
    except (FreezeError, OSError) as error:
        print(f"freeze: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"freeze: {error.cmd[0]} ended with {error.returncode}", file=sys.stderr)
        return 1
    size = contents.size(options.output) / 1e6
    print(f"{options.output}: {size:.0f} MB in {time.monotonic() - started:.0f} s")
    found = contents.complaints(options.output)
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Freeze Sotto into a folder.")
    parser.add_argument("--python", type=Path, default=_BUILD / "venv" / "bin" / "python")
    parser.add_argument("--native", type=Path, default=_ROOT / "dist" / "native")
    parser.add_argument("--output", type=Path, default=_BUILD / "dist" / "sotto")
    return parser


def freeze(python: Path, native: Path, output: Path) -> None:
    """Make the app.

    Args:
        python: of the environment with PyInstaller and what Sotto needs.
        native: the folder of llama.cpp's libraries, of one variant or several.
        output: the folder to be made; one that is there is replaced.

    Raises:
        FreezeError: something that is needed is not there.
        subprocess.CalledProcessError: PyInstaller failed; it has said why.
    """
    if not python.exists():
        raise FreezeError("PyInstaller is not set up. Run: python -m tools.setup package")
    verify = [sys.executable, str(_ROOT / "packaging" / "native" / "build.py"), "verify"]
    subprocess.run([*verify, "--output", str(native)], check=True)
    made = _BUILD / "made"
    options = ["--noconfirm", "--distpath", str(made), "--workpath", str(_BUILD / "work")]
    command = [str(python), "-m", "PyInstaller", *options, str(_HERE / "sotto.spec")]
    subprocess.run(command, check=True, env=_environment())
    app = made / "sotto"
    shutil.copytree(native, app / _INNER / "native")
    _strip(app)
    shutil.rmtree(output, ignore_errors=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(app, output)


def _environment() -> dict[str, str]:
    """The same input makes the same archive: no order by chance, no time of today."""
    wanted = ["git", "-C", str(_ROOT), "log", "-1", "--format=%ct"]
    told = subprocess.run(wanted, capture_output=True, text=True, check=False).stdout.strip()
    fixed = {"PYTHONHASHSEED": "1", "PYTHONPATH": ""}
    return {"SOURCE_DATE_EPOCH": told or "0"} | dict(os.environ) | fixed


def _strip(app: Path) -> None:
    """Take debugging symbols out of Python; wheels have none, and some break by it."""
    strip = shutil.which("strip")
    if sys.platform != "linux" or strip is None:
        return
    inner = app / _INNER
    files = [*inner.glob("libpython*.so*"), *inner.glob("python3*/lib-dynload/*.so")]
    if files:
        subprocess.run([strip, "--strip-unneeded", *map(str, files)], check=True)


if __name__ == "__main__":
    sys.exit(main())
