"""Completes the bundle that PyInstaller made: what files and addresses it opens, and its version.

    python packaging/macos/bundle.py Sotto.app --version 0.2.0

Before it is signed.  Standard library only; run it by its path.
"""

from __future__ import annotations

import argparse
import plistlib
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
    options = parser.parse_args(arguments)
    try:
        complete(options.bundle, options.version)
    except (OSError, plistlib.InvalidFileException) as error:
        print(f"bundle: {error}", file=sys.stderr)
        return 1
    return 0


def complete(bundle: Path, version: str) -> None:
    """Write the bundle's Info.plist anew, and say in it that it is a macOS package.

    Raises:
        OSError: it is no bundle.
    """
    path = bundle / "Contents" / "Info.plist"
    found = plistlib.loads(path.read_bytes())
    found |= plistlib.loads(_ADDED.read_bytes())
    found |= {"CFBundleShortVersionString": version, "CFBundleVersion": version}
    path.write_bytes(plistlib.dumps(found))
    for resources in sorted((bundle / "Contents").glob("*/resources")):
        if not resources.is_symlink():
            (resources / "package.txt").write_text("macos\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
