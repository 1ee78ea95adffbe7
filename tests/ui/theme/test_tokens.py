from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from ui.theme.tokens import ROLES, THEMES, Colors, Role

UI = Path(__file__).parents[3] / "ui"
GROUNDS: tuple[Role, ...] = ("bg", "side", "surface", "raised", "bubble", "hover", "pressed")


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=THEMES, ids=lambda colors: colors.name)
def colors(request: pytest.FixtureRequest) -> Colors:
    made: Colors = request.param
    return made


def test_the_measure_of_contrast_is_right() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ground", GROUNDS)
def test_text_and_muted_text_are_readable_on_every_ground(colors: Colors, ground: Role) -> None:
    assert contrast(colors.text, colors.of(ground)) >= 10
    assert contrast(colors.muted, colors.of(ground)) >= 5


@pytest.mark.parametrize("ground", [ground for ground in GROUNDS if ground != "pressed"])
def test_subtle_text_is_readable_where_it_is_allowed(colors: Colors, ground: Role) -> None:
    assert contrast(colors.subtle, colors.of(ground)) >= 4.5


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("accent", "bg"),
        ("accent", "soft"),
        ("on_accent", "accent"),
        ("on_accent", "accent_hover"),
        ("on_accent", "accent_pressed"),
        ("warn", "warn_soft"),
        ("danger", "danger_soft"),
        ("danger", "hover"),
        ("text", "warn_soft"),
        ("text", "mark"),
        ("text", "danger_soft"),
        ("muted", "danger_soft"),
        ("code_keyword", "surface"),
        ("code_string", "surface"),
        ("code_number", "surface"),
        ("code_function", "surface"),
        ("code_comment", "surface"),
    ],
)
def test_coloured_text_is_readable_on_its_ground(colors: Colors, ink: Role, ground: Role) -> None:
    assert contrast(colors.of(ink), colors.of(ground)) >= 4.5


@pytest.mark.parametrize("ground", ["bg", "side", "surface", "raised", "hover"])
def test_outlines_and_the_focus_ring_stand_out_from_every_ground(
    colors: Colors, ground: Role
) -> None:
    assert contrast(colors.edge, colors.of(ground)) >= 3
    assert contrast(colors.focus, colors.of(ground)) >= 3


def test_every_role_is_a_colour_and_every_colour_has_a_role() -> None:
    names = {field.name for field in fields(Colors)} - {"name", "is_dark", "is_high_contrast"}
    assert set(ROLES) == names
    assert all(re.fullmatch("#[0-9A-F]{6}", colors.of(role)) for colors in THEMES for role in ROLES)


def test_no_other_file_of_the_window_paints_in_a_colour_of_its_own() -> None:
    # Black is a placeholder that the typesetter replaces, and the scrim is made of it.
    pattern = re.compile(r"[\"'\s:]#(?!000000)[0-9a-fA-F]{6}\b")
    holders = [file.name for file in UI.rglob("*.py") if pattern.search(file.read_text("utf-8"))]
    assert holders == ["tokens.py"]
