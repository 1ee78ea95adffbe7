from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPixmap

from ui.theme.theme import Theme
from ui.theme.tokens import LIGHT

ROOT = Path(__file__).parents[3]
ICONS = sorted(file.stem for file in (ROOT / "resources" / "icons").glob("*.svg"))


def colours(pixmap: QPixmap) -> set[str]:
    """The opaque colours of an icon."""
    image = pixmap.toImage()
    points = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {QColor(point.rgb()).name().upper() for point in points if point.alpha() == 255}


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_drawn_in_the_colour_asked_for(theme: Theme, name: str) -> None:
    assert colours(theme.pixmap(name, "danger", 48)) == {LIGHT.danger}


def test_an_icon_is_drawn_once_per_colour_size_and_ratio(theme: Theme) -> None:
    first = theme.pixmap("lock", "muted", 18)
    assert theme.pixmap("lock", "muted", 18).cacheKey() == first.cacheKey()
    assert theme.pixmap("lock", "text", 18).cacheKey() != first.cacheKey()
    assert theme.pixmap("lock", "muted", 16).cacheKey() != first.cacheKey()


def test_an_icon_has_the_device_pixels_of_its_screen(theme: Theme) -> None:
    sharp = theme.pixmap("lock", "muted", 18, 2.0)
    assert (sharp.width(), sharp.deviceIndependentSize().width()) == (36, 18)


def test_an_icon_grows_with_the_text(theme: Theme) -> None:
    theme.set_text_scale(2.0)
    assert theme.pixmap("lock", "muted", 18).width() == 36


NAMED = re.compile(r"(?:icon=|IconButton\(\s*\w+,\s*|IconSign\(\s*[\w.]+,\s*)[\"]([a-z0-9-]+)[\"]")


def test_every_icon_named_in_the_window_ships_with_its_licence() -> None:
    sources = [file.read_text("utf-8") for file in (ROOT / "ui").rglob("*.py")]
    named = {name for source in sources for name in NAMED.findall(source)}
    assert len(named) > 10
    assert named <= set(ICONS)
    assert "ISC License" in (ROOT / "resources" / "icons" / "LICENSE").read_text("utf-8")
