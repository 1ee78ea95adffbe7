"""Completes the bundle that PyInstaller made: llama.cpp, version, what files it opens.

    python packaging/macos/bundle.py Sotto.app --version 0.2.0 --native dist/native

Before it is signed.  Standard library only; run it by its path.
"""

from __future__ import annotations

import argparse
import plistlib
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_ADDED: Final = Path(__file__).with_name("Info.plist")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when the bundle is complete."""
    parser = argparse.ArgumentParser(description="Complete Sotto.app.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--native", type=Path, required=True, help="llama.cpp's libraries")
    options = parser.parse_args(arguments)
    try:
        complete(options.bundle, options.version, options.native)
    except (OSError, plistlib.InvalidFileException) as error:
        print(f"bundle: {error}", file=sys.stderr)
        return 1
    return 0


def complete(bundle: Path, version: str, native: Path) -> None:
    """Write the bundle's Info.plist anew, bring llama.cpp, and say that it is a macOS package.

    The folder lies where PyInstaller's program looks for what came with it, which in a bundle is
    `Contents/Frameworks`.

    Raises:
        OSError: it is no bundle.
    """
    path = bundle / "Contents" / "Info.plist"
    found = plistlib.loads(path.read_bytes())
    found |= plistlib.loads(_ADDED.read_bytes())
    found |= {"CFBundleShortVersionString": version, "CFBundleVersion": version}
    path.write_bytes(plistlib.dumps(found))
    shutil.copytree(native, bundle / "Contents" / "Frameworks" / "native", dirs_exist_ok=True)
    for resources in sorted((bundle / "Contents").glob("*/resources")):
        if not resources.is_symlink():
            (resources / "package.txt").write_text("macos\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
