from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from ui.markdown.context import MarkdownContext
from ui.markdown.formulas import NOT_DRAWN, typeset
from ui.markdown.typesetter import FormulaKey


@pytest.mark.parametrize(
    "tex",
    [r"\frac{a}{b}", "x^2", r"\begin{align} a &= b \\ c &= d \end{align}", r"x \tag{1}"],
)
def test_formulas_are_drawn_as_paths_of_their_colour(tex: str) -> None:
    formula = typeset(tex, 17, "#123456", is_display=True)
    assert b"<path" in formula.svg
    assert b"<use" not in formula.svg
    assert b"#123456" in formula.svg
    assert formula.height > formula.depth >= 0


@pytest.mark.parametrize(
    "tex",
    ["", r"\frac{", r"\ce{H2O}", r"\text{한글}", r"\nosuchcommand{x}", "x" * 5000, "}{", "\\"],
)
def test_what_cannot_be_drawn_rightly_is_left_as_source(tex: str) -> None:
    assert typeset(tex, 17, "#000000", is_display=False) == NOT_DRAWN


def test_a_tag_does_not_change_the_size() -> None:
    plain = typeset("x", 17, "#000000", is_display=True)
    assert typeset(r"x \tag{1}", 17, "#000000", is_display=True) == plain


def test_nobody_waits_for_a_formula(context: MarkdownContext, qtbot: QtBot) -> None:
    key = FormulaKey("x", 17, "#000000", is_display=False)
    with qtbot.waitSignal(context.typesetter.arrived, timeout=20_000):
        assert context.typesetter.find(key) is None
    found = context.typesetter.find(key)
    assert found is not None
    assert found.svg


def test_nothing_starts_after_the_end(context: MarkdownContext) -> None:
    context.typesetter.close()
    context.typesetter.warm_up()
    assert context.typesetter._thread is None
