"""Guards around every test, and the files that many tests share."""

from __future__ import annotations

import ipaddress
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from app import resources
from app.collector import collect_if_due, hold_collector
from app.models.practice import practice_model

_ROOT = Path(__file__).resolve().parents[1]
_BUILD = _ROOT / "build" / "tests"
_KEYRING = "keyring.backends.fail.Keyring"
_SECONDS_TO_END = 2.0

# A busy machine is no fault of what is tested.
settings.register_profile("sotto", deadline=None)
settings.load_profile("sotto")

# Read by Qt and by keyring when they are first used, so before any fixture runs.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = _KEYRING


def _is_this_machine(host: object) -> bool:
    if not isinstance(host, str) or host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Stop a test from reaching anything but this machine (PEP 578 audit events)."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not _is_this_machine(host):
        raise RuntimeError(f"a test may not use the network: {event} {host}")


sys.addaudithook(_refuse_network)


@pytest.fixture(autouse=True)
def widgets_are_collected_here() -> Iterator[None]:
    """Where Qt is at work, collect on this thread alone, as the window does (`ui.collecting`)."""
    if "PySide6.QtWidgets" not in sys.modules:
        yield
        return
    hold_collector()
    yield
    collect_if_due()


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test a home of its own and none of the user's settings; returns the home."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith("SOTTO_"):
            monkeypatch.delenv(name)
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    folders = {
        "HOME": "",
        "XDG_CACHE_HOME": ".cache",
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_RUNTIME_DIR": "run",
        "XDG_STATE_HOME": ".local/state",
    }
    for name, place in folders.items():
        monkeypatch.setenv(name, str(home / place))
    (home / "run").mkdir(mode=0o700)  # Qt warns about any other mode
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", _KEYRING)
    monkeypatch.setenv("SOTTO_LANG", "en")
    return home


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Undo what a test sets up of logging, or it would decide what later tests see."""
    loggers = [logging.getLogger(name) for name in ("", "app", "engine", "ui")]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        for handler in [one for one in logger.handlers if one not in handlers]:
            logger.removeHandler(handler)
            if isinstance(handler, logging.FileHandler):
                handler.close()


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a thread running which would keep the process alive."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _SECONDS_TO_END
    new = [one for one in threading.enumerate() if one not in before and not one.daemon]
    for thread in new:
        thread.join(max(0.0, deadline - time.monotonic()))
    left = [thread.name for thread in new if thread.is_alive()]
    assert not left, f"threads left running: {left}"


@pytest.fixture(scope="session")
def vocabulary_path() -> Path:
    """The embedded o200k vocabulary."""
    return resources.VOCABULARY


@pytest.fixture(scope="session")
def practice_model_path() -> Path:
    """The practice model as an unpacked GGUF file, unpacked once for all workers and runs."""
    return practice_model(_BUILD / "practice_model")
