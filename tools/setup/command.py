"""The whole set-up, in order, for one of four purposes."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.setup.debian import DebianPackages
from tools.setup.display import require_display, require_display_name
from tools.setup.environment import VirtualEnvironment
from tools.setup.failures import SetupError
from tools.setup.libraries import (
    ensure_sandbox,
    ensure_test_programs,
    ensure_window_libraries,
)
from tools.setup.programs import LoggedProgram, duration, say
from tools.setup.servers import ensure_test_servers
from tools.setup.stamps import digest

_ROOT = Path(__file__).resolve().parents[2]
_PURPOSES = ("app", "window", "tests", "package")
_AT_ONCE_SECONDS = 2.0


def set_up(arguments: Sequence[str]) -> None:
    """Bring the clone to where the app, its window or its tests can be started, or packages made.

    Args:
        arguments: One word: `app` (the default), `window`, `tests` or `package`.

    Raises:
        SetupError: It cannot be done; says what to do about it.
    """
    purpose = arguments[0] if arguments else "app"
    if purpose not in _PURPOSES or len(arguments) > 1:
        raise SetupError(f"Unknown purpose: {' '.join(arguments)}.", f"Use {', '.join(_PURPOSES)}.")
    if purpose == "window":
        require_display_name(os.environ)
    started = time.monotonic()
    with _alone(_ROOT / "build" / "setup.lock"):
        environment = _install(purpose)
    passed = time.monotonic() - started
    if passed > _AT_ONCE_SECONDS:
        say(f"set up in {duration(passed)}")
    if purpose == "window":
        require_display(environment.python, os.environ)


def _install(purpose: str) -> VirtualEnvironment:
    programs = LoggedProgram(_ROOT / "build" / "setup.log")
    packages = DebianPackages(programs, os.environ, is_root=os.geteuid() == 0)
    if purpose == "tests":
        ensure_test_programs(packages)
    # Packages are made from what Sotto needs and nothing else, so not from where tests are run.
    own = _ROOT / "build" / "package" / "venv" if purpose == "package" else None
    environment = VirtualEnvironment(_ROOT, programs, packages, os.environ, own)
    environment.create()
    environment.install_runtime()
    libraries = digest(str(environment.pyside), _ROOT / "requirements" / "runtime.txt")
    if not environment.stamps.is_done("libraries", libraries):
        ensure_window_libraries(environment.pyside, packages)
        ensure_sandbox(packages)
        environment.stamps.finish("libraries", libraries)
    if purpose == "tests":
        environment.install_checks()
        ensure_test_servers(_ROOT, programs, environment.stamps, os.environ)
    if purpose == "package":
        environment.install_packaging()
    environment.install_sotto()
    return environment


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Keep two set-ups of one clone from running at once."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another set-up of this clone")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
