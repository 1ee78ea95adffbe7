from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import ModelState, StatusChanged
from app.chats.values import Problem
from app.words import Words
from ui.status_line import StatusLine
from ui.theme.theme import Theme

READY = StatusChanged(
    ModelState.READY,
    "gpt-oss-20b",
    "CPU",
    load_fraction=1.0,
    context_tokens=6600,
    context_limit_tokens=32768,
    tokens_per_second=41.3,
    reused_tokens=6120,
    read_tokens=38,
)


@pytest.fixture
def line(theme: Theme, words: Words, qtbot: QtBot) -> StatusLine:
    made = StatusLine(theme, words)
    qtbot.addWidget(made)
    made.resize(900, made.sizeHint().height())
    made.show()
    return made


def test_it_says_model_device_speed_and_cost(line: StatusLine) -> None:
    line.show_status(READY)
    assert line.facts.shown.split("  ·  ") == [
        "gpt-oss-20b",
        "CPU",
        "41 tokens/s",
        "6,120 reused",
        "38 read",
    ]
    assert line.context.text() == "Context 6.6k of 32k"
    assert line.context.toolTip() == "6,600 of 32,768 tokens"
    assert line.bar.fraction == pytest.approx(6600 / 32768)


def test_it_says_what_else_the_model_is_busy_with(line: StatusLine) -> None:
    line.show_work("Evaluation 3 of 10")
    line.show_status(READY)
    assert line.facts.shown.startswith("Evaluation 3 of 10  ·  gpt-oss-20b  ·  ")
    line.show_work("")
    assert line.facts.shown.startswith("gpt-oss-20b  ·  ")


def test_before_the_first_turn_there_is_no_speed(line: StatusLine) -> None:
    line.show_status(StatusChanged(ModelState.READY, "tiny", "CPU", context_limit_tokens=4096))
    assert line.facts.shown == "tiny  ·  CPU"
    assert line.context.text() == "Context 0 of 4k"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (StatusChanged(), "No model is loaded"),
        (
            StatusChanged(ModelState.RESTING, "gpt-oss-20b", context_limit_tokens=32_768),
            "gpt-oss-20b  ·  Resting; the next message loads it again",
        ),
        (StatusChanged(ModelState.LOADING, load_fraction=0.42), "Loading the model… 42 %"),
        (
            StatusChanged(ModelState.FAILED, problem=Problem("{n} is damaged.", fields={"n": "a"})),
            "a is damaged.",
        ),
        (StatusChanged(ModelState.FAILED), "The model could not be loaded."),
    ],
)
def test_without_a_model_it_says_why(line: StatusLine, status: StatusChanged, said: str) -> None:
    line.show_status(READY)
    line.show_status(status)
    assert line.facts.shown == said
    assert not line.context.isVisible()
    assert not line.bar.isVisible()


def test_a_narrow_line_leaves_out_what_matters_least_and_cuts_nothing(line: StatusLine) -> None:
    line.show_status(READY)
    seen: list[str] = []
    for width in range(900, 410, -10):
        line.resize(width, line.height())
        metrics = line.facts.fontMetrics()
        assert metrics.horizontalAdvance(line.facts.shown) <= line.facts.width()
        assert metrics.horizontalAdvance(line.context.text()) <= line.context.width()
        if not seen or seen[-1] != line.facts.shown:
            seen.append(line.facts.shown)
    assert "6,120 reused" not in seen[1]
    assert seen[-1] == "41 tokens/s"


def test_a_nearly_full_context_warns(line: StatusLine) -> None:
    line.show_status(StatusChanged(ModelState.READY, context_tokens=900, context_limit_tokens=1000))
    assert line.bar.role == "warn"


def test_numbers_are_told_in_korean_too(theme: Theme, korean: Words, qtbot: QtBot) -> None:
    line = StatusLine(theme, korean)
    qtbot.addWidget(line)
    line.resize(900, 28)
    line.show()
    line.show_status(READY)
    assert "초당 41 토큰" in line.facts.shown
    assert line.context.text() == "문맥 32k 중 6.6k"


def test_a_long_load_can_be_given_up_and_a_short_one_shows_no_button(
    theme: Theme, words: Words, qtbot: QtBot
) -> None:
    line = StatusLine(theme, words)
    qtbot.addWidget(line)
    line.show()
    line.show_status(StatusChanged(state=ModelState.LOADING))
    assert not line.cancel.isVisible()
    qtbot.waitUntil(line.cancel.isVisible)
    with qtbot.waitSignal(line.cancel_requested):
        qtbot.mouseClick(line.cancel, Qt.MouseButton.LeftButton)
    line.show_status(StatusChanged())
    assert not line.cancel.isVisible()
