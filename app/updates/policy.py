"""What the computer's administrator decided: no checks for updates, whatever users say."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

VARIABLE: Final = "SOTTO_UPDATES"
_MAX_BYTES: Final = 64 * 1024


def policy_file(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where the policy stands: `{"updates": false}` in a file that only administrators write."""
    if platform == "win32":
        return Path(environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Sotto" / "policy.json"
    if platform == "darwin":
        return Path("/Library/Application Support/Sotto/policy.json")
    return Path("/etc/sotto/policy.json")


def are_updates_forbidden(
    environ: Mapping[str, str] = os.environ, file: Path | None = None
) -> bool:
    """Whether nothing may be asked: `SOTTO_UPDATES=off`, or the file says so.

    A file that cannot be read forbids too: somebody wrote one.
    """
    if environ.get(VARIABLE, "").strip().lower() in {"0", "off", "no", "false"}:
        return True
    try:
        with (file or policy_file(environ)).open("rb") as opened:
            found = json.loads(opened.read(_MAX_BYTES))
    except FileNotFoundError:
        return False
    except (OSError, ValueError, RecursionError):
        return True
    return isinstance(found, dict) and found.get("updates") is False
