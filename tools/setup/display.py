"""Whether a window can be opened here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.setup.failures import SetupError

_OPEN_DISPLAY = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
_HINT = "Start it from a desktop session, or use Sotto without a window: .venv/bin/sotto ask"


def require_display_name(environment: Mapping[str, str]) -> None:
    """Check, before a long build, that this looks like a desktop session.

    Raises:
        SetupError: No display is named and no other Qt platform was chosen.
    """
    named = any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform == "linux" and not named:
        raise SetupError(
            "There is no display to open a window on.",
            "Start it from a desktop session; without one, `make setup` and then "
            "`.venv/bin/sotto ask` work.",
        )


def require_display(python: Path, environment: Mapping[str, str]) -> None:
    """Open the display once with Qt in a child process, since Qt aborts where it cannot.

    Raises:
        SetupError: Qt could not open it.
    """
    done = subprocess.run(
        [str(python), "-c", _OPEN_DISPLAY],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return
    if "could not connect to display" in done.stderr or "no Qt platform" in done.stderr:
        named = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") or "none"
        raise SetupError(f"The display ({named}) cannot be opened.", _HINT)
    lines = done.stderr.strip().splitlines() or [f"code {done.returncode}"]
    raise SetupError(f"Qt does not start here: {lines[-1]}.", _HINT)
