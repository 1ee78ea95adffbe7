from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import ModelState, StatusChanged
from app.words import Words
from ui.scope_sign import Reach, reach_of
from ui.theme.theme import Theme
from ui.top_bar import TopBar

PRACTICE = StatusChanged(ModelState.READY, "Sotto practice model", "CPU", is_practice=True)


@pytest.fixture
def bar(theme: Theme, words: Words, qtbot: QtBot) -> TopBar:
    made = TopBar(theme, words)
    qtbot.addWidget(made)
    made.resize(1000, made.sizeHint().height())
    made.show()
    made.show_title("Heat equation stability")
    return made


def fit(bar: TopBar, width: int) -> None:
    """Give the bar a width, and the height that it then asks for."""
    bar.resize(width, bar.height())
    bar.resize(width, bar.sizeHint().height())
    layout = bar.layout()
    assert layout is not None
    layout.activate()


def test_a_new_chat_has_a_title_too(bar: TopBar) -> None:
    bar.show_title("")
    assert bar.title.text() == "New chat"


def test_only_the_practice_model_has_the_practice_sign(bar: TopBar) -> None:
    assert not bar.practice_sign.isVisible()
    bar.show_status(PRACTICE)
    assert bar.practice_sign.isVisible()
    assert bar.practice_sign.text() == "Practice model – knows nothing, tests the app"
    bar.show_status(StatusChanged(ModelState.READY, "gpt-oss-20b", "CPU"))
    assert not bar.practice_sign.isVisible()


@pytest.mark.parametrize("scale", [0.85, 1.0, 1.5, 2.0])
@pytest.mark.parametrize("width", [420, 480, 760, 1280])
@pytest.mark.parametrize("has_sidebar", [True, False])
def test_the_practice_sign_is_readable_at_every_width_and_text_size(
    bar: TopBar, theme: Theme, scale: float, width: int, has_sidebar: bool
) -> None:
    theme.set_text_scale(scale)
    bar.show_status(PRACTICE)
    bar.show_sidebar_button(is_shown=not has_sidebar)
    fit(bar, width)
    sign = bar.practice_sign
    assert sign.width() >= sign.width_for(compact=True)
    shown = [sign, bar.scope, bar.settings, bar.title]
    shown += [] if has_sidebar else [bar.sidebar_button, bar.new_chat]
    for widget in shown:
        assert widget.isVisible()
        assert bar.rect().contains(widget.geometry())
    assert not any(
        one.geometry().intersects(other.geometry())
        for one in shown
        for other in shown
        if one is not other
    )
    assert bar.title.width() >= min(theme.scaled(60), bar.title.sizeHint().width())


def test_a_wide_bar_says_everything_in_full_in_one_row(bar: TopBar) -> None:
    bar.show_status(PRACTICE)
    fit(bar, 1000)
    assert bar.height() == 52
    assert bar.practice_sign.width() == bar.practice_sign.width_for(compact=False)
    assert bar.scope.width() == bar.scope.width_for(compact=False)


def test_the_signs_come_back_from_their_own_row(bar: TopBar, theme: Theme) -> None:
    bar.show_status(PRACTICE)
    theme.set_text_scale(2.0)
    fit(bar, 420)
    heights = [bar.height()]
    theme.set_text_scale(1.0)
    fit(bar, 1000)
    assert [*heights, bar.height()] == [160, 52]


def test_the_buttons_say_what_they_want(bar: TopBar, qtbot: QtBot) -> None:
    bar.show_sidebar_button(is_shown=True)
    with qtbot.waitSignal(bar.sidebar_requested):
        qtbot.mouseClick(bar.sidebar_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(bar.new_chat_requested):
        qtbot.mouseClick(bar.new_chat, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(bar.settings_requested):
        qtbot.mouseClick(bar.settings, Qt.MouseButton.LeftButton)


def test_the_scope_says_that_nothing_leaves_this_computer(bar: TopBar) -> None:
    assert bar.scope.text() == "On this computer only"
    assert "nothing in this chat uses the network" in bar.scope.toolTip()


@pytest.mark.parametrize(
    ("workers", "said", "told"),
    [
        (("192.168.1.5:50052",), "Leaves this computer: 192.168.1.5, the local network", "not enc"),
        (("8.8.8.8:1", "8.8.4.4:1"), "Leaves this computer: 2 machines, the internet", "8.8.4.4:1"),
        (("gpu.example.com:1",), "Leaves this computer: gpu.example.com, another network", "goes"),
        (("127.0.0.1:50052",), "May leave this computer: 127.0.0.1", "tunnel"),
    ],
)
def test_the_scope_says_plainly_to_which_machines_words_go(
    bar: TopBar, workers: tuple[str, ...], said: str, told: str
) -> None:
    bar.show_status(replace(PRACTICE, workers=workers))
    assert bar.scope.text() == bar.scope.accessibleName() == said
    assert told in bar.scope.toolTip()
    bar.show_status(PRACTICE)
    assert bar.scope.text() == "On this computer only"


@pytest.mark.parametrize("width", [340, 420, 760])
def test_that_words_leave_this_computer_is_never_cut(bar: TopBar, width: int) -> None:
    bar.show_status(replace(PRACTICE, workers=("192.168.1.5:50052",)))
    bar.show_sidebar_button(is_shown=True)
    fit(bar, width)
    assert bar.scope.width() >= bar.scope.width_for(compact=True) > 100
    assert bar.rect().contains(bar.scope.geometry())
    assert not bar.scope.geometry().intersects(bar.practice_sign.geometry())


@pytest.mark.parametrize(
    ("switched_on", "said", "told"),
    [
        (("python", "own"), "On this computer only", "nothing in this chat uses the network"),
        (("browser",), "The web is on for this chat", "pages you allow are fetched by this"),
        (("mcp/far",), "Tools over the network: far", "Calls you allow go over the network to far"),
        (("mcp/near",), "Other programs are on: near", "may use the network on their own"),
    ],
)
def test_the_sign_follows_what_the_chats_tools_reach(
    bar: TopBar, switched_on: tuple[str, ...], said: str, told: str
) -> None:
    bar.show_reach(reach_of(switched_on, lambda name: name == "far"))
    assert bar.scope.text() == bar.scope.accessibleName() == said
    assert told in bar.scope.toolTip()
    bar.show_reach(Reach())
    assert bar.scope.text() == "On this computer only"


def test_code_without_a_box_is_a_program_like_others(bar: TopBar) -> None:
    bar.show_reach(reach_of(("python",), lambda _: False, is_unheld=True))
    assert bar.scope.text() == "Other programs are on: Python"
    bar.show_reach(reach_of((), lambda _: False, is_unheld=True))
    assert bar.scope.text() == "On this computer only"


def test_other_machines_are_named_before_tools_and_both_are_explained(bar: TopBar) -> None:
    bar.show_reach(reach_of(("browser",), lambda _: True))
    bar.show_status(StatusChanged(workers=("192.168.0.5:50052",)))
    assert bar.scope.text().startswith("Leaves this computer")
    assert "192.168.0.5" in bar.scope.toolTip()
    assert "The web is on" in bar.scope.toolTip()
