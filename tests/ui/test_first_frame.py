from __future__ import annotations

import subprocess
import sys

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.first_frame import AfterFirstFrame

NOT_BEFORE = (
    "numpy",
    "llama_cpp",
    "app.thoughts.filter",
    "app.doctor",
    "app.model_assembly",
    "app.models.library",
    "app.cli.ask",
    "ui.settings.pages",
    "ui.card.page",
    "ui.settings.screen",
    "ui.chat.answer",
    "ui.chat.permission_card",
    "markdown_it",
    "zmq",
)


def test_work_waits_for_the_first_frame_and_is_done_once(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    done: list[bool] = []
    AfterFirstFrame(window, lambda: done.append(window.isVisible()))
    assert not done
    window.show()
    assert not done
    qtbot.waitUntil(lambda: bool(done))
    window.hide()
    window.show()
    window.repaint()
    qtbot.waitExposed(window)
    assert done == [True]


def test_a_window_that_is_never_painted_does_not_hold_it_up_for_ever(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    done: list[bool] = []
    AfterFirstFrame(window, lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    assert not window.isVisible()


def test_what_the_first_frame_does_not_show_is_not_imported_for_it() -> None:
    asked = f"import sys, ui.main; print([m for m in {NOT_BEFORE!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
