"""Facts that hold whatever the window shows: at four sizes, in three looks and two languages.

Each picture is kept in `LOOKS_FOLDER` (`make test`: build/looks), to be looked at.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.settings import SettingsFile
from app.words import Words
from tests.ui.looks.audit import Picture, contrast, contrast_findings, geometry_findings
from tests.ui.looks.scenes import SCENES, make_window
from ui.theme.theme import Theme

SIZES = ((360, 640), (800, 600), (1280, 860), (2200, 1200))
_WITH_CONTRAST = ((360, 640), (1280, 860))
"""Colours do not depend on the size; at these two everything is seen once."""
LOOKS = ("light", "dark", "high_contrast")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_cut_off_or_pale(  # noqa: PLR0917 - fixtures and parameters
    size: tuple[int, int],
    look: str,
    language: str,
    service: Any,
    qapp: QApplication,
    words: Words,
    korean: Words,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    theme = Theme(qapp, look)
    theme.set_reduced_motion(True)
    spoken = korean if language == "ko" else words
    settings = SettingsFile(tmp_path / "settings.json")
    window = make_window(service, theme, spoken, settings, qtbot, size)
    findings = []
    for name, show in SCENES.items():
        show(window, service)
        QApplication.processEvents()
        _keep(window, f"{name}-{size[0]}-{look}-{language}")
        found = geometry_findings(window)
        if size in _WITH_CONTRAST:
            found += contrast_findings(window)
        findings += [f"{name}: {one}" for one in found]
    window.close()
    theme.set_mode("light")
    assert (window.width(), window.height()) == size
    assert not findings, "\n".join(findings)


def test_the_audit_sees_what_is_wrong(qtbot: QtBot, qapp: QApplication) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.setStyleSheet("background: #ffffff")
    pale, cut, out = QLabel("pale", page), QLabel("these words are cut", page), QLabel("out", page)
    pale.setStyleSheet("color: #c0c0c0; background: #ffffff")
    page.resize(200, 200)
    pale.setGeometry(0, 0, 100, 40)
    cut.setGeometry(0, 150, 30, 20)
    out.setGeometry(190, 100, 40, 20)
    page.show()
    qapp.processEvents()

    found = geometry_findings(page)
    assert any("'these words are cut'" in one and "needs a width" in one for one in found)
    assert any("'out'" in one and "sticks out" in one for one in found)
    assert any("'pale'" in one for one in contrast_findings(page))


def test_contrast_is_that_of_black_on_white(qtbot: QtBot) -> None:
    label = QLabel("words")
    qtbot.addWidget(label)
    label.setStyleSheet("color: #000000; background: #ffffff")
    label.show()

    assert contrast(Picture.of(label).pixels) == pytest.approx(21.0)


def _keep(window: Any, name: str) -> None:
    if folder := os.environ.get("LOOKS_FOLDER"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        window.grab().save(str(Path(folder) / f"{name}.png"))
