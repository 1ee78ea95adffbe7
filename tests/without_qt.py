"""A pytest plugin that makes PySide6 impossible to import: `-p no:pytest-qt -p tests.without_qt`.

With it the tests of engine and app prove that neither needs Qt, also in the processes they start.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

_QT = {"PySide6", "shiboken6"}
# What pytest-qt 4.5 registers (pytestqt/plugin.py).
_SETTINGS = (
    "qt_api",
    "qt_default_raising",
    "qt_log_ignore",
    "qt_log_level_fail",
    "qt_no_exception_capture",
    "qt_qapp_name",
)


class _NoQt:
    """Refuses Qt's packages before any other finder is asked."""

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname.partition(".")[0] in _QT:
            raise ModuleNotFoundError(f"{fullname} is out of reach here on purpose", name=fullname)
        return None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the settings of pytest-qt, which is not loaded: unknown ones are errors."""
    for name in _SETTINGS:
        parser.addini(name, "not used without Qt")


def pytest_configure() -> None:
    """Put the guard in place, here and by an empty package in front of PYTHONPATH in children."""
    loaded = _QT & sys.modules.keys()
    if loaded:
        raise pytest.UsageError(f"already imported: {', '.join(sorted(loaded))}")
    sys.meta_path.insert(0, _NoQt())
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, (str(Path(__file__).parent / "no_qt_path"), os.environ.get("PYTHONPATH")))
    )
