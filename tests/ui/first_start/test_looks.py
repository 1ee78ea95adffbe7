"""The page at all sizes, looks and languages: nothing cut off, nothing pale, nothing that jumps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chats.values import Problem
from app.models.outlook import Machine
from app.models.values import Download, DownloadState, LibraryModel, ModelPart, OfferedModel, Origin
from app.words import Words
from engine.hardware import Hardware
from tests.ui.first_start.test_wording import CPU, GIB, card, outlook
from tests.ui.looks.audit import contrast_findings, geometry_findings
from ui.first_start.download_strip import DownloadStrip
from ui.first_start.page import FirstStartPage
from ui.theme.theme import Theme

MODEL = OfferedModel("gpt-oss-20b", "gpt-oss-20b", (ModelPart("m.gguf", 12_109_566_560, ""),))
GOING = Download(
    MODEL, Path("/home/sam/models"), DownloadState.RUNNING, 5 * 10**9, 12_109_566_560, 38e6, 187.0
)


def begin(page: FirstStartPage) -> None:
    page.machine.show_machine(Machine(Hardware((card(16), CPU), 28 * GIB, 32 * GIB, 8), 10**11))
    page.machine.show_outlook("gpt-oss-20b", outlook(card(16)))
    page.file.show_model(MODEL)
    page.file.show_folder(Path("/home/sam/a folder/of a long name/with more/models"))
    page.file.show_other("This computer can also run gpt-oss-120b (63.4 GB)")
    page.file.show_room(10**11)


def fetch(page: FirstStartPage) -> None:
    page.file.show_download(GOING)
    page.chat.show_practice("gpt-oss-20b", is_loud=True)


def fail(page: FirstStartPage) -> None:
    problem = Problem("The disk is full.", "Free 3.2 GB, then go on.")
    page.file.show_download(replace(GOING, state=DownloadState.FAILED, problem=problem))


def end(page: FirstStartPage) -> None:
    model = LibraryModel("gpt-oss-20b", "gpt-oss-20b", (Path("/m"),), 10**10, Origin.DOWNLOADED)
    page.file.show_here(model)
    page.chat.show_ready("gpt-oss-20b", load_fraction=0.4)


STATES: tuple[Callable[[FirstStartPage], None], ...] = (begin, fetch, fail, end)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("look", ["light", "dark", "high_contrast"])
def test_nothing_is_cut_off_or_pale(
    look: str, language: str, qapp: QApplication, words: Words, korean: Words, qtbot: QtBot
) -> None:
    theme = Theme(qapp, look)
    theme.set_reduced_motion(True)
    page = FirstStartPage(theme, korean if language == "ko" else words)
    qtbot.addWidget(page)
    page.show()
    findings = []
    for state in STATES:
        state(page)
        for size in ((360, 640), (800, 600), (2000, 1200)):
            page.resize(*size)
            for _ in range(3):
                QApplication.processEvents()
                page.settle()
                qtbot.waitUntil(lambda: not page.is_settling)
            found = geometry_findings(page)
            if size[0] == 360:
                found += contrast_findings(page)
            findings += [f"{state.__name__} {size[0]}: {one}" for one in found]
    theme.set_mode("light")
    assert not findings, "\n".join(findings)


def test_the_bar_has_the_ground_of_the_page(theme: Theme, words: Words, qtbot: QtBot) -> None:
    page = FirstStartPage(theme, words)
    qtbot.addWidget(page)
    page.resize(360, 400)
    page.show()
    qtbot.waitUntil(lambda: page.verticalScrollBar().isVisible() and not page.is_settling)
    picture = page.grab().toImage()
    bar = picture.pixelColor(page.width() - 1, page.height() - 2)
    assert bar == theme.color("side")
    assert bar != theme.color("bg")


def test_letters_of_twice_the_size_fit_a_narrow_window(
    theme: Theme, words: Words, qtbot: QtBot
) -> None:
    theme.set_text_scale(2.0)
    page = FirstStartPage(theme, words)
    qtbot.addWidget(page)
    page.resize(420, 640)
    page.show()
    begin(page)
    fetch(page)
    page.settle()
    qtbot.waitUntil(lambda: not page.is_settling)
    assert not geometry_findings(page)


def test_facts_that_come_in_move_nothing_below_them(
    theme: Theme, words: Words, qtbot: QtBot
) -> None:
    page = FirstStartPage(theme, words)
    qtbot.addWidget(page)
    page.resize(1280, 860)
    page.show()
    qtbot.waitUntil(lambda: not page.is_settling)
    before = page.file.y()
    begin(page)
    page.settle()
    qtbot.waitUntil(lambda: not page.is_settling)
    assert abs(page.file.y() - before) <= 4


def test_screen_readers_hear_where_each_step_stands(
    theme: Theme, words: Words, qtbot: QtBot
) -> None:
    page = FirstStartPage(theme, words)
    qtbot.addWidget(page)
    begin(page)
    assert page.machine.accessibleName() == "Step 1 of 3, done: This computer"
    assert page.file.accessibleName() == "Step 2 of 3: Model file"
    fetch(page)
    assert page.file.row.progress.accessibleName() == "Download of gpt-oss-20b"


def test_a_folder_without_room_says_so(theme: Theme, words: Words, qtbot: QtBot) -> None:
    page = FirstStartPage(theme, words)
    qtbot.addWidget(page)
    page.show()
    begin(page)
    assert not page.file.room.isVisible()
    page.file.show_room(5 * 10**9)
    assert page.file.room.isVisible()
    assert "Only 5.0 GB are free there, and 12.1 GB are needed" in page.file.room.text()


def test_the_strip_over_the_chat_has_the_percentage_in_its_name(
    theme: Theme, words: Words, qtbot: QtBot
) -> None:
    strip = DownloadStrip(theme, words)
    qtbot.addWidget(strip)
    strip.show_download(GOING)
    assert strip.accessibleName() == "Download of gpt-oss-20b: 41 %  ·  about 3 min left"
    strip.show_download(replace(GOING, state=DownloadState.PAUSED, seconds_left=None))
    assert strip.text() == "gpt-oss-20b: 41 %  ·  paused"


def test_once_the_model_is_here_nothing_is_said_of_getting_it(
    theme: Theme, words: Words, qtbot: QtBot
) -> None:
    page = FirstStartPage(theme, words)
    qtbot.addWidget(page)
    page.show()
    begin(page)
    fetch(page)
    end(page)
    assert not page.file.fact.isVisible()
    assert not page.file.row.isVisible()
    assert page.file.here.text() == "gpt-oss-20b is on this computer: 10.0 GB."
    assert page.chat.go.text() == "Start the first chat"
    assert page.chat.loading.value() == 400
