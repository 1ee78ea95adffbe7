"""The page at all sizes, looks and languages: nothing cut off, nothing pale."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.models.desk import ModelDesk
from app.models.values import DownloadState, LibraryModel, Origin
from app.words import Words
from tests.ui.looks.audit import contrast_findings, geometry_findings
from tests.ui.models.conftest import Asked
from tests.ui.settings.conftest import READY, Room
from ui.models.page import ModelsPage
from ui.theme.theme import Theme

SIZES = ((360, 640), (800, 600), (1280, 860), (2200, 1200))
_ALL = 4_000
"""So high that nothing has to be scrolled to: colours are looked at all over the page."""
_LONG = "gpt-oss-20b-a-name_that_somebody_gave_it-and_that_goes_on-Q4_K_M"


@pytest.fixture
def filled(models: ModelDesk, mine: LibraryModel, tmp_path: Path, qtbot: QtBot) -> ModelDesk:
    """One that is whole, one with a long name whose file is gone, a download that failed."""
    del mine
    gone = (tmp_path / "a_folder_with_a_long_name" / f"{_LONG}.gguf",)
    models.library.add(LibraryModel("gone", _LONG, gone, 12_109_566_560, Origin.IN_PLACE, "Ollama"))
    models.library.refresh()
    qtbot.waitUntil(lambda: any(one.is_missing for one in models.library.models()))
    offered = models.catalogue.offered()[1]
    models.download(offered)  # the Hub of the test has no such file
    qtbot.waitUntil(
        lambda: [one.state for one in models.downloads.all()] == [DownloadState.FAILED],
        timeout=10_000,
    )
    return models


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("look", ["light", "dark", "high_contrast"])
def test_nothing_is_cut_off_or_pale(  # noqa: PLR0917 - fixtures and parameters
    look: str,
    language: str,
    filled: ModelDesk,
    room: Room,
    asked: Asked,
    theme: Theme,
    words: Words,
    korean: Words,
    qtbot: QtBot,
) -> None:
    theme.set_mode(look)
    page = ModelsPage(room.desk(theme, korean if language == "ko" else words), asked.doors)
    qtbot.addWidget(page)
    page.show()
    page.show_status(READY)
    page.refresh()
    qtbot.waitUntil(lambda: len(page.library.cards) == len(filled.library.models()))
    qtbot.waitUntil(lambda: _planned(page) == ["small-oss", "practice", "gpt-oss-20b"])
    findings = []
    for width, height in SIZES:
        page.resize(width, height)
        found = _found(lambda: geometry_findings(page), qtbot)
        if width in {360, 1280}:
            page.resize(width, _ALL)
            found += _found(lambda: geometry_findings(page) + contrast_findings(page), qtbot)
        if folder := os.environ.get("LOOKS_FOLDER"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.grab().save(str(Path(folder) / f"models-{width}-{look}-{language}.png"))
        findings += [f"{width}: {one}" for one in found]
    theme.set_mode("light")
    assert not findings, "\n".join(findings)


def _planned(page: ModelsPage) -> list[str]:
    """Of which models it is shown what they take; plans are made one after the other."""
    shown = [(one.model.id, one.outlook) for one in page.library.cards.values()]
    shown += [(one.model.id, one.outlook) for one in page.offered.rows]
    return [id_ for id_, outlook in shown if outlook.bar.isVisible()]


def _found(look: Callable[[], list[str]], qtbot: QtBot) -> list[str]:
    """What is wrong and stays so: the page is laid out in steps."""
    for _ in range(8):
        QApplication.processEvents()
    with suppress(qtbot.TimeoutError):
        qtbot.waitUntil(lambda: not look(), timeout=2000)
    return look()
