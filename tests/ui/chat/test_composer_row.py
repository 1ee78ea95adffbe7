"""The composer's row has room for all it must show, from the narrowest window to the widest."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import (
    BusyChanged,
    EffortTimesChanged,
    ResponseFormatChanged,
    ToolsSwitched,
)
from app.chats.effort_values import EffortTime
from app.words import Words
from engine.harmony.messages import Effort, ResponseFormat
from tests.ui.chat.stage import Stage
from ui.chat.composer import Composer
from ui.chat.context_ring import ContextRing
from ui.controls.button import IconButton
from ui.theme.theme import Theme

TIMES = {
    Effort.LOW: EffortTime(2.0, 90, 12),
    Effort.MEDIUM: EffortTime(9.0, 500),
    Effort.HIGH: EffortTime(75.0, 3000),
}


def shown(composer: Composer) -> list[QWidget]:
    """What stands in the row, from the left."""
    row = composer.row
    parts = [*row.options.findChildren(QWidget), *row.effort.segments]
    parts += [*row.findChildren(ContextRing), row.send_button, row.stop_button]
    return sorted(
        (one for one in parts if one.isVisible() and not one.findChildren(QWidget)),
        key=lambda one: one.mapTo(composer, one.rect().topLeft()).x(),
    )


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("width", [360, 420, 560, 1000, 2000])
@pytest.mark.parametrize("is_korean", [False, True])
def test_nothing_overlaps_and_nothing_is_cut_off(
    make_panel: Callable[..., Stage],
    theme: Theme,
    words: Words,
    korean: Words,
    width: int,
    is_korean: bool,
    percent: int,
) -> None:
    theme.set_text_scale(percent / 100)
    stage = make_panel(width=width, language=korean if is_korean else words)
    composer = stage.panel.composer
    ring = ContextRing(theme, words, composer.row)
    composer.row.add_sign(ring)
    composer.row.options.add(IconButton(theme, "square-slash", "Prompts", size=28))
    stage.panel.apply(ToolsSwitched(("browser", "python")))
    stage.panel.apply(EffortTimesChanged(TIMES))
    for is_busy in (False, True):
        stage.panel.apply(BusyChanged(is_busy=is_busy))
        QApplication.processEvents()
        parts = shown(composer)
        assert len(parts) >= 2
        for one in parts:
            left = one.mapTo(composer, one.rect().topLeft()).x()
            assert left >= 0
            assert left + one.width() <= composer.width()
            assert one.width() >= one.minimumSizeHint().width()
        for one, other in pairwise(parts):
            end = one.mapTo(composer, one.rect().topRight()).x()
            assert end < other.mapTo(composer, other.rect().topLeft()).x()
        assert ring.isVisible() or (width == 360 and percent == 200)
        segments = [one for one in composer.effort.segments if one.isVisible()]
        assert segments[0].x() == 0
        assert segments[-1].geometry().right() < composer.effort.width()


def test_a_composer_that_was_wide_can_become_narrow_and_wide_again(
    make_panel: Callable[..., Stage],
) -> None:
    stage = make_panel(width=900)
    stage.panel.apply(BusyChanged(is_busy=True))
    seen = []
    for width in (900, 360, 900):
        stage.panel.resize(width, 500)
        QApplication.processEvents()
        seen.append((stage.panel.width(), stage.panel.composer.row.options.is_collapsed))
    assert seen == [(900, False), (360, True), (900, False)]


def test_the_one_button_has_all_options_in_its_menu_and_is_lit_like_them(
    make_panel: Callable[..., Stage],
) -> None:
    stage = make_panel(width=360)
    composer = stage.panel.composer
    stage.panel.apply(BusyChanged(is_busy=True))
    QApplication.processEvents()
    options = composer.row.options
    assert not options.more.isChecked()
    stage.panel.apply(ToolsSwitched(("python",)))
    QApplication.processEvents()
    assert options.more.isChecked()
    menu = options.make_menu()
    names = [action.text() for action in menu.actions()]
    assert names == ["Attach files…", "Tools: Python", "Answer as JSON…", "Instructions…"]
    menu.actions()[1].trigger()
    assert composer.tools.popup is not None
    assert composer.tools.popup.isVisible()
    composer.tools.popup.close()
    menu.close()
    stage.panel.apply(ToolsSwitched(()))
    composer.format.show_format(ResponseFormat("trip", "{}"))
    stage.panel.apply(ResponseFormatChanged(ResponseFormat("trip", "{}")))
    assert options.more.isChecked()
    assert "Answer freely again" in [one.text() for one in options.make_menu().actions()]
    options.more.setFocus(Qt.FocusReason.TabFocusReason)
    assert options.more.hasFocus()


def test_where_only_one_effort_fits_the_others_are_in_its_menu(
    make_panel: Callable[..., Stage], theme: Theme, qtbot: QtBot
) -> None:
    theme.set_text_scale(2.0)
    stage = make_panel(width=420)
    said: list[Effort] = []
    stage.panel.effort_changed.connect(said.append)
    effort = stage.panel.composer.effort
    stage.panel.apply(EffortTimesChanged(TIMES))
    QApplication.processEvents()
    assert [one.isVisible() for one in effort.segments] == [False, True, False]
    menu = effort.make_menu()
    texts = [action.text() for action in menu.actions()]
    assert texts == ["Low  ·  2 s", "Medium  ·  about 9 s", "High  ·  about 1 min 15 s"]
    menu.actions()[2].trigger()
    assert said == [Effort.HIGH]
    assert [one.isVisible() for one in effort.segments] == [False, False, True]
    menu.close()
    qtbot.keyClick(effort.segments[2], Qt.Key.Key_Left)
    assert said == [Effort.HIGH, Effort.MEDIUM]


def test_each_effort_says_what_it_takes_on_this_machine(stage: Stage) -> None:
    composer = stage.panel.composer
    for segment in composer.effort.segments:
        assert "after the first answer" in segment.toolTip()
    assert composer.row.time.isHidden()
    stage.panel.apply(EffortTimesChanged(TIMES))
    low, medium, high = (one.toolTip() for one in composer.effort.segments)
    assert "Usually thinks for 2 s here, 90 tokens: your last 12 answers." in low
    assert "Thinks for about 9 s here: an estimate so far." in medium
    assert "about 1 min 15 s" in high
    assert high in composer.effort.segments[2].accessibleDescription()


def test_the_time_of_the_chosen_effort_stands_beside_it_and_moves_nothing(stage: Stage) -> None:
    composer = stage.panel.composer
    before = composer.effort.geometry()
    stage.panel.apply(EffortTimesChanged(TIMES))
    QApplication.processEvents()
    assert composer.row.time.isVisible()
    assert composer.row.time.text() == "about 9 s"
    assert composer.effort.geometry() == before
    stage.panel.set_effort(Effort.HIGH)
    QApplication.processEvents()
    assert composer.row.time.text() == "about 1 min 15 s"
    assert composer.effort.geometry() == before
