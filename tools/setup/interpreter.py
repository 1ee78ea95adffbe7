"""Which system and which Python run the set-up, and with it Sotto.

This module and `__main__` must stay readable for Python 3.7: an old interpreter has to get far
enough to say that it is too old.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys

from tools.setup.failures import SetupError

OLDEST = (3, 11)
NEWEST = (3, 13)


def is_supported(version: tuple[int, int]) -> bool:
    """Tell whether Sotto runs on a Python of this version."""
    return OLDEST <= version <= NEWEST


def supported_interpreter(version: tuple[int, int]) -> str:
    """Find a Python that Sotto runs on: this one, or another in PATH.

    Args:
        version: This Python's version.

    Returns:
        The path of the interpreter.

    Raises:
        SetupError: There is none.
    """
    if is_supported(version):
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        path = shutil.which(f"python3.{minor}")
        # A version manager's shim may stand in PATH for a Python that is not there.
        if path and subprocess.call([path, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            return path
    raise SetupError(
        f"Sotto needs Python 3.{OLDEST[1]} to 3.{NEWEST[1]}, and this is Python "
        f"{version[0]}.{version[1]}.",
        "Install one of them, or name it: make PYTHON=/path/to/python3.12 run",
    )


def require_supported_system() -> None:
    """Check that the set-up knows this operating system.

    Raises:
        SetupError: It does not.
    """
    if sys.platform not in ("linux", "darwin") or sys.maxsize < 2**32:
        raise SetupError(
            f"Sotto's set-up does not know {platform.system()} ({platform.machine()}).",
            "Use a 64-bit Linux or macOS; on Windows, WSL.",
        )
