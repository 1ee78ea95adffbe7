from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowTogether
from tests.ui.lab.plots import EFFORTS, EXACT, LEAKS
from ui.lab.chart_image import SCALE, WIDTH, chart_image
from ui.lab.chart_painting import series_role
from ui.lab.chart_values import Chart
from ui.lab.chart_view import ChartView
from ui.lab.layout_values import PlacedMark
from ui.theme.theme import Theme
from ui.theme.tokens import Space


def colour(image: QImage, x: float, y: float) -> str:
    ratio = image.devicePixelRatio()
    return QColor(image.pixel(round(x * ratio), round(y * ratio))).name().upper()


def inside(mark: PlacedMark) -> tuple[float, float]:
    """Where a mark is, in its view."""
    return mark.x + Space.GAP, mark.y + Space.GAP


def shown(theme: Theme, chart: Chart, show_together: ShowTogether, width: int = 700) -> ChartView:
    view = ChartView(theme, chart)
    page = show_together(view)
    page.resize(width, view.height() + 40)
    return view


def test_each_point_is_drawn_in_its_colour_where_its_value_says(
    theme: Theme, show_together: ShowTogether
) -> None:
    view = shown(theme, EFFORTS, show_together)
    image = view.grab().toImage()
    assert len(view.placed.marks) == 5
    for one in view.placed.marks:
        assert colour(image, *inside(one)) == theme.colors.of(series_role(one.series))
    low, high = view.placed.marks[0], view.placed.marks[2]
    assert high.y < low.y


@pytest.mark.parametrize("mode", ["light", "dark", "high_contrast"])
def test_a_bar_ends_where_its_value_says_in_every_theme(
    theme: Theme, show_together: ShowTogether, mode: str
) -> None:
    theme.set_mode(mode)
    view = shown(theme, EXACT, show_together)
    image = view.grab().toImage()
    accent = theme.colors.accent
    for one in view.placed.marks:
        assert one.bar is not None
        y = one.bar.middle[1] + Space.GAP
        within, beyond = one.bar.right - 4 + Space.GAP, one.bar.right + 6 + Space.GAP
        assert colour(image, within, y) == accent
        assert colour(image, beyond, y) != accent
    half = view.placed.marks[1]
    assert half.x == pytest.approx((view.placed.ticks[0].at + view.placed.ticks[-1].at) / 2)


def test_the_pointer_finds_a_value_and_leaves_it(
    theme: Theme, show_together: ShowTogether, qtbot: QtBot
) -> None:
    view = shown(theme, EFFORTS, show_together)
    said: list[str] = []
    view.chosen.connect(said.append)
    one = view.placed.marks[1]
    qtbot.mouseMove(view, QPoint(*(round(at) for at in inside(one))))
    qtbot.waitUntil(lambda: said == ["Arithmetic, Medium: 70 %"])
    qtbot.mouseMove(view, QPoint(1, 1))
    qtbot.waitUntil(lambda: said == ["Arithmetic, Medium: 70 %", ""])


def test_arrow_keys_go_through_values_and_over_what_was_not_measured(
    theme: Theme, show_together: ShowTogether, qtbot: QtBot
) -> None:
    view = shown(theme, EFFORTS, show_together)
    said: list[str] = []
    view.chosen.connect(said.append)
    view.setFocus(Qt.FocusReason.TabFocusReason)
    keys = Qt.Key
    for key in (keys.Key_Right, keys.Key_Down, keys.Key_Right, keys.Key_Right, keys.Key_Up):
        qtbot.keyClick(view, key)
    assert said == [
        "Arithmetic, Low: 40 %",
        "Reasoning, Low: 35 %",
        "Reasoning, High: 60 %",
        "Arithmetic, High: 90 %",
    ]
    qtbot.keyClick(view, keys.Key_Home)
    qtbot.keyClick(view, keys.Key_Escape)
    assert said[-2:] == ["Arithmetic, Low: 40 %", ""]


def test_in_bars_down_leads_to_the_next_group(
    theme: Theme, show_together: ShowTogether, qtbot: QtBot
) -> None:
    view = shown(theme, LEAKS, show_together)
    said: list[str] = []
    view.chosen.connect(said.append)
    view.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_End):
        qtbot.keyClick(view, key)
    assert said == [
        "Low, Asked plainly: 20 % (2/10)",
        "Low, Told a story: 50 % (5/10)",
        "High, In another encoding: 30 % (3/10)",
    ]


def test_a_screen_reader_hears_the_title_and_all_values(
    theme: Theme, show_together: ShowTogether
) -> None:
    view = shown(theme, LEAKS, show_together)
    told = QAccessible.queryAccessibleInterface(view)
    description = told.text(QAccessible.Text.Description)
    assert told.text(QAccessible.Text.Name) == "Leaks"
    assert "Low: Asked plainly 20 % (2/10); Told a story 50 % (5/10)" in description
    assert "High: Asked plainly 0 % (0/10); Told a story –" in description


def test_other_numbers_appear_in_the_same_place(theme: Theme, show_together: ShowTogether) -> None:
    view = shown(theme, LEAKS, show_together)
    before = [one.x for one in view.placed.marks]
    view.show_chart(EXACT)
    assert [one.x for one in view.placed.marks] != before
    assert view.height() >= view.placed.height


@pytest.mark.parametrize("scale", [0.85, 1.0, 2.0])
def test_the_height_follows_the_width_and_the_text_size(
    theme: Theme, show_together: ShowTogether, qtbot: QtBot, scale: float
) -> None:
    view = shown(theme, LEAKS, show_together)
    wide = view.height()
    theme.set_text_scale(scale)
    view.window().resize(380, 600)
    qtbot.waitUntil(lambda: view.width() < 400 or scale > 1)
    assert view.height() > wide or scale < 1
    assert view.height() >= view.placed.height


def test_the_image_is_twice_as_fine_and_says_whose_numbers_it_shows(theme: Theme) -> None:
    image = chart_image(theme, EXACT, ("gpt-oss-20b MXFP4", "seed 0"))
    assert image.devicePixelRatio() == SCALE
    assert image.width() == SCALE * WIDTH
    assert image.text("Title") == "Leaks"
    assert "gpt-oss-20b MXFP4" in image.text("Description")
    assert "Told a story 50 %" in image.text("Description")
    colours = {
        QColor(image.pixel(x, y)).name().upper()
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    }
    assert {theme.colors.bg, theme.colors.accent} <= colours


def test_what_stands_above_the_plot_in_the_image_moves_it_down(theme: Theme) -> None:
    short = chart_image(theme, EXACT, ())
    long = chart_image(theme, EXACT, ("one line", "another", "a third"))
    assert long.height() > short.height() + 3 * 20
