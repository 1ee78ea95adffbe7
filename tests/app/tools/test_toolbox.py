"""What a chat has switched on, out of what there is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from app.settings import Settings
from app.tools.switches import UnknownToolError, default_switches, switches
from app.tools.tool import Declaration, Tool
from app.tools.toolbox import Offer, Toolbox
from tests.app.tooling import WEATHER, Browser, Notebook, Station

AVAILABLE = ("browser", "mcp/sky", "mcp/파일", "own", "python")


def test_only_what_is_switched_on_and_there_is_offered() -> None:
    notebook, station = Notebook(), Station()
    first: dict[str, Tool] = {"python": notebook}
    toolbox = Toolbox((lambda: first, lambda: {"mcp/sky": station}))
    offer = toolbox.offer(("mcp/sky", "browser"))
    assert offer.tools == (station,)
    assert offer.declaration == Declaration(functions=(WEATHER,))
    assert offer.find("get_current_weather") == ("functions.get_current_weather", station)
    assert offer.find("python") is None
    del first["python"]
    assert toolbox.offer(("python",)) == Offer()


def test_with_nothing_switched_on_no_source_is_asked() -> None:
    def never() -> Mapping[str, Tool]:
        raise AssertionError

    assert Toolbox((never,)).offer(()).declaration == Declaration()


def test_of_two_tools_with_one_address_the_first_has_it() -> None:
    one, other = Station(), Station()
    offer = Offer((one, other))
    assert offer.declaration.functions == (WEATHER,)
    found = offer.find("functions.get_current_weather")
    assert found is not None
    assert found[1] is one


def test_everything_is_declared_together() -> None:
    offer = Offer((Notebook(), Browser(), Station()))
    assert offer.declaration == Declaration(python=True, browser=True, functions=(WEATHER,))
    assert set(offer.addresses) == {
        "python",
        "browser.search",
        "browser.open",
        "browser.find",
        "functions.get_current_weather",
    }


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("python",), ("python",)),
        (("sky", "python", "sky"), ("mcp/sky", "python")),
        (("mcp/파일",), ("mcp/파일",)),
        (("functions",), ("mcp/sky", "mcp/파일", "own")),
        ((), ()),
    ],
)
def test_words_for_tools(words: tuple[str, ...], meant: tuple[str, ...]) -> None:
    assert switches(words, AVAILABLE) == meant


def test_a_word_for_nothing_is_told_with_what_there_is() -> None:
    with pytest.raises(UnknownToolError) as told:
        switches(("python", "skye"), AVAILABLE)
    assert told.value.fields["name"] == "skye"
    assert "sky" in told.value.fields["tools"]
    assert switches(("functions",), ("python",)) == ()


def test_what_new_chats_have_follows_the_settings() -> None:
    assert default_switches(Settings(), AVAILABLE) == ()
    wanted = Settings(tools_python=True, tools_functions=True)
    assert default_switches(wanted, AVAILABLE) == ("python", "mcp/sky", "mcp/파일", "own")
    assert default_switches(Settings(tools_browser=True), ("python",)) == ()
