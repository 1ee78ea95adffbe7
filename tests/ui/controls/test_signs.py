from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowTogether
from ui.controls.chip import Chip
from ui.controls.field import Field
from ui.controls.label import ElidedLabel, Label
from ui.controls.row_card import PlainRows
from ui.controls.setting_row import SettingRow
from ui.controls.signs import ActivityDots, ContextBar, IconSign, Logo
from ui.theme.theme import Theme


def colours(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name().upper()
        for x in range(image.width())
        for y in range(image.height())
    }


def test_dots_move_only_while_they_are_shown(theme: Theme, qtbot: QtBot) -> None:
    theme.set_reduced_motion(False)
    dots = ActivityDots(theme)
    qtbot.addWidget(dots)
    moving = [dots.is_moving]
    dots.show()
    moving.append(dots.is_moving)
    dots.hide()
    assert [*moving, dots.is_moving] == [False, True, False]


def test_reduced_motion_stills_the_dots_at_once(theme: Theme, qtbot: QtBot) -> None:
    theme.set_reduced_motion(False)
    dots = ActivityDots(theme)
    qtbot.addWidget(dots)
    dots.show()
    moving = colours(dots)
    theme.set_reduced_motion(True)
    assert not dots.is_moving
    assert QColor(theme.colors.muted).name().upper() in colours(dots) != moving


@pytest.mark.parametrize(("used", "role"), [(0.0, "accent"), (0.84, "accent"), (0.85, "warn")])
def test_the_bar_warns_from_85_percent(theme: Theme, qtbot: QtBot, used: float, role: str) -> None:
    bar = ContextBar(theme)
    qtbot.addWidget(bar)
    bar.resize(bar.sizeHint())
    bar.set_fraction(used)
    assert bar.role == role
    assert (getattr(theme.colors, role) in colours(bar)) is (used > 0)


def test_the_bar_never_leaves_its_range(theme: Theme, qtbot: QtBot) -> None:
    bar = ContextBar(theme)
    qtbot.addWidget(bar)
    bar.set_fraction(7.5)
    assert bar.fraction == 1.0


def test_a_chip_takes_its_short_words_before_it_cuts(theme: Theme, qtbot: QtBot) -> None:
    chip = Chip(theme, "Practice model – knows nothing", short="Practice model", icon="lock")
    qtbot.addWidget(chip)
    full, short = chip.width_for(compact=False), chip.width_for(compact=True)
    assert short < full == chip.sizeHint().width()
    assert chip.minimumSizeHint().width() == short
    chip.set_compact(True)
    assert chip.sizeHint().width() == short


def test_a_long_title_is_cut_and_told_whole_by_its_tooltip(theme: Theme, qtbot: QtBot) -> None:
    label = ElidedLabel(theme, "A very long title of a chat about heat")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert (label.is_elided, label.toolTip()) == (True, label.text())
    label.resize(2000, 20)
    assert (label.is_elided, label.toolTip()) == (False, "")


def test_a_label_never_reads_its_text_as_html(theme: Theme, qtbot: QtBot) -> None:
    label = Label(theme, "<b>bold</b>")
    qtbot.addWidget(label)
    wide = label.sizeHint().width()
    label.setText("bold")
    assert label.sizeHint().width() < wide


def test_a_complaint_keeps_its_colour_when_its_row_finds_its_place(
    theme: Theme, show_together: ShowTogether
) -> None:
    row = SettingRow(theme, "Name", "A sentence.")
    row.hint.ensurePolished()
    row.complain("Wrong.")
    show_together(PlainRows(theme, row))
    assert row.hint.palette().windowText().color() == theme.color("danger")


def test_labels_and_signs_follow_the_theme(theme: Theme, qtbot: QtBot) -> None:
    label, logo, sign = Label(theme, "x"), Logo(theme), IconSign(theme, "lock", size=24)
    for widget in (label, logo, sign):
        qtbot.addWidget(widget)
        widget.resize(widget.sizeHint())
    theme.set_mode("dark")
    assert label.palette().windowText().color() == QColor(theme.colors.text)
    assert theme.colors.accent in colours(logo)
    assert theme.colors.muted in colours(sign)


def test_a_field_shows_its_key_only_while_there_is_room(theme: Theme, qtbot: QtBot) -> None:
    field = Field(theme, "Find", placeholder="Find a chat", icon="search", key_hint="Ctrl K")
    bare = Field(theme, "Find", placeholder="Find a chat", icon="search")
    for widget in (field, bare):
        qtbot.addWidget(widget)
    for width, differs in ((240, True), (110, False)):
        field.resize(width, 36)
        bare.resize(width, 36)
        assert (field.grab().toImage() != bare.grab().toImage()) is differs
    assert field.accessibleName() == "Find"
