from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.theme.theme import Theme, ThemeMode
from ui.theme.tokens import DARK, HIGH_CONTRAST, LIGHT, TypeSize


@pytest.mark.parametrize(
    ("mode", "colors"),
    [("light", LIGHT), ("dark", DARK), ("high_contrast", HIGH_CONTRAST)],
)
def test_a_chosen_look_reaches_the_application_palette(
    theme: Theme, qapp: QApplication, qtbot: QtBot, mode: str, colors: object
) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_mode(mode)
    assert theme.colors is colors
    window = qapp.palette().color(QPalette.ColorRole.Window)
    assert window == QColor(theme.colors.bg)


def test_a_desktop_that_reports_nothing_gets_the_light_look(theme: Theme) -> None:
    theme.set_mode("system")
    assert theme.mode is ThemeMode.SYSTEM
    assert theme.colors is LIGHT


def test_the_look_follows_the_desktop_only_while_it_is_asked_to(
    theme: Theme, qapp: QApplication, qtbot: QtBot
) -> None:
    theme.set_mode("dark")
    with qtbot.assertNotEmitted(theme.changed):
        qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())
    theme.set_mode("system")
    with qtbot.waitSignal(theme.changed):
        qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())


def test_an_unknown_look_is_refused(theme: Theme) -> None:
    with pytest.raises(ValueError, match="sepia"):
        theme.set_mode("sepia")


@pytest.mark.parametrize(("wanted", "got"), [(0.1, 0.85), (1.5, 1.5), (9.0, 2.0)])
def test_the_text_size_stays_between_85_and_200_percent(
    theme: Theme, wanted: float, got: float
) -> None:
    theme.set_text_scale(wanted)
    assert theme.text_scale == got
    assert theme.fonts.text(TypeSize.BODY).pixelSize() == round(TypeSize.BODY * got)


def test_controls_grow_with_the_text_but_never_shrink_below_their_size(theme: Theme) -> None:
    theme.set_text_scale(2.0)
    assert theme.scaled(34) == 68
    theme.set_text_scale(0.85)
    assert theme.scaled(34) == 34


def test_reduced_motion_makes_every_duration_zero(theme: Theme) -> None:
    theme.set_reduced_motion(False)
    assert theme.duration(140) == 140
    theme.set_reduced_motion(True)
    assert theme.duration(140) == 0


def test_fonts_name_only_families_that_exist_and_end_in_korean_and_emoji(theme: Theme) -> None:
    assert theme.fonts.sans
    assert theme.fonts.mono
    assert theme.fonts.code(13).fixedPitch()
    assert theme.fonts.text(15).families() == list(theme.fonts.sans)
