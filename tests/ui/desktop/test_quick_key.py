from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.words import Words
from tests.x_screen import x_screen
from ui.desktop.quick_key import QuickKey
from ui.desktop.x11_key import X11Key, x11_names

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("Ctrl+Alt+Space", ("space", 4 | 8)),
        ("Meta+Shift+S", ("s", 64 | 1)),
        ("Ctrl+F12", ("F12", 4)),
        ("Alt+7", ("7", 8)),
        ("Alt+PgDown", ("Next", 8)),
        ("S", None),
        ("Shift+S", None),
        ("Ctrl+K, Ctrl+S", None),
        ("Ctrl+Ö", None),
        ("", None),
    ],
)
def test_keys_are_named_as_x11_has_them(keys: str, wanted: tuple[str, int] | None) -> None:
    assert x11_names(keys) == wanted


def test_keys_are_heard_from_anywhere_and_belong_to_one_program() -> None:
    with x_screen() as display:
        walk = subprocess.run(
            [sys.executable, "-m", "tests.ui.desktop.x11_walk"],
            cwd=ROOT,
            env=os.environ
            | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert walk.returncode == 0, walk.stderr[-2000:]
    assert json.loads(walk.stdout) == {
        "grabbed": True,
        "heard": True,
        "taken": False,
        "other": True,
        "other heard": True,
        "free again": True,
        "heard by the other": True,
        "none": True,
        "rests": True,
    }


def test_a_desktop_that_lets_nobody_hear_keys_is_told_of(words: Words, qtbot: QtBot) -> None:
    key = QuickKey(words)
    assert not key.can_be_heard  # the tests' platform is none
    with qtbot.waitSignal(key.changed):
        key.hear("Ctrl+Alt+K")
    assert "sotto quick" in key.problem
    key.hear("Ctrl+Alt+K")
    with qtbot.waitSignal(key.changed):
        key.hear("")
    assert key.problem == ""
    key.close()


def test_on_macos_it_is_said_that_keys_are_not_done(words: Words, qtbot: QtBot) -> None:
    del qtbot
    key = QuickKey(words, "cocoa")
    key.hear("Ctrl+Alt+K")
    assert "macOS" in key.problem
    key.hear("")
    assert key.problem == ""


def test_nothing_is_grabbed_without_keys_or_without_a_server(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    del qtbot
    monkeypatch.setenv("DISPLAY", ":9999")
    key = X11Key()
    assert key.grab("")
    assert not key.grab("S")
    assert not key.grab("Ctrl+Alt+K")
    key.close()
