from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from app.lab.values import EvaluationId
from engine.harmony.messages import Effort
from tests.e2e.conftest import Driver, OpenWindow
from ui.lab.page import LabPage
from ui.settings.page_name import PageName
from ui.theme.tokens import Space

LEFT = Qt.MouseButton.LeftButton


def open_lab(driver: Driver) -> LabPage:
    driver.session.window.top_bar.settings_requested.emit()
    driver.session.settings_screen.open_named(PageName.LAB)
    (page,) = driver.shown(LabPage)
    return page


def choose_little(page: LabPage) -> None:
    """Five sums at low effort."""
    page.choosing.choose(EvaluationId.ARITHMETIC)
    page.choosing.items.set_index(0)
    for effort, toggle in page.choosing.efforts.items():
        toggle.setChecked(effort is Effort.LOW)


def save_by_dialog(press: Callable[[], None], file: Path) -> None:
    """Press something that asks for a file, and fill the dialog in as a person does."""

    def fill() -> None:
        dialogs = [one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog)]
        if not dialogs:
            QTimer.singleShot(20, fill)
            return
        dialogs[0].selectFile(str(file))
        dialogs[0].accept()

    QTimer.singleShot(0, fill)
    press()


def test_a_small_evaluation_is_run_stopped_resumed_seen_and_kept(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    driver = open_window()
    driver.wait_until_ready()
    page = open_lab(driver)
    choose_little(page)
    driver.wait(lambda: "5 questions  ·  " in page.choosing.estimate.text())
    qtbot.mouseClick(page.choosing.start, LEFT)
    driver.wait(lambda: bool(page.runs.rows) and page.runs.rows[0].run.done >= 1)
    qtbot.mouseClick(page.progress.stop, LEFT)
    driver.wait(lambda: not page.progress.isVisible())
    row = page.runs.rows[0]
    driver.wait(lambda: not row.run.is_complete and row.resume.isVisible())
    done = row.run.done
    assert 1 <= done < 5

    qtbot.mouseClick(row.resume, LEFT)
    driver.wait(lambda: page.runs.rows[0].run.is_complete and not page.progress.isVisible())
    driver.wait(lambda: len(page.result.items.rows) == 5)
    thoughts = page.result.cards[1].view

    def is_drawn() -> bool:  # once the page is laid out anew around the result
        image = thoughts.grab().toImage()
        (mark,) = thoughts.placed.marks
        at = round(mark.x + Space.GAP), round(mark.y + Space.GAP)
        return QColor(image.pixel(*at)).name().upper() == page._theme.colors.accent

    driver.wait(is_drawn)
    shown = "\n".join(label.text() for label in page.findChildren(QLabel))
    assert "The practice model answered." in shown

    picture, numbers = tmp_path / "plot.png", tmp_path / "run.json"
    save_by_dialog(page.result.cards[1].save_image.click, picture)
    assert "Length of thoughts" in QImage(str(picture)).text("Description")
    save_by_dialog(page.result.export.click, numbers)
    driver.wait(page.result.said.isVisible)
    assert page.result.said.text() == f"Written to {numbers}."
    (run,) = json.loads(numbers.read_text("utf-8"))["runs"]
    assert (run["evaluation"], run["done"], run["is_real_model"]) == ("arithmetic", 5, False)
    assert len(run["outcomes"]) == 5


def test_a_chat_is_answered_while_an_evaluation_waits(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    driver = open_window()
    driver.wait_until_ready()
    page = open_lab(driver)
    choose_little(page)
    qtbot.mouseClick(page.choosing.start, LEFT)
    driver.wait(page.progress.isVisible)
    driver.session.window.show_chats()
    line = driver.session.window.status_line.facts
    driver.wait(lambda: line.shown.startswith("Evaluation "))
    answer = driver.say("Hello")
    assert answer.text
    driver.wait(lambda: bool(page.runs.rows) and page.runs.rows[0].run.is_complete)
    driver.wait(lambda: "Evaluation" not in line.shown)
