"""What the model may have meant, and what it surely did not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.addresses import find_address

KNOWN = (
    "python",
    "browser.search",
    "browser.open",
    "browser.find",
    "functions.files__read_file",
    "functions.files__list",
    "functions.notes__list",
    "functions.get_weather",
)


@pytest.mark.parametrize("address", KNOWN)
def test_an_address_means_itself(address: str) -> None:
    assert find_address(address, KNOWN) == address


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("functions.python", "python"),
        ("pythoncode", "python"),
        ("python code", "python"),
        ("Python", "python"),
        ("functions.browser.open", "browser.open"),
        ("browser.search json", "browser.search"),
        ("browser.openjson", "browser.open"),
        ("browser_find", "browser.find"),
        ("search", "browser.search"),
        ("get_weather", "functions.get_weather"),
        ("functions.get_weather<|constrain|>json", "functions.get_weather"),
        ("functions.get_weatherjson", "functions.get_weather"),
        ("functions.get_weather<|channel|>commentary", "functions.get_weather"),
        ("functions.functions.get_weather", "functions.get_weather"),
        ("functions.get-weather", "functions.get_weather"),
        (" functions.get_weather. ", "functions.get_weather"),
        ("functions.files.read_file", "functions.files__read_file"),
        ("files/read_file", "functions.files__read_file"),
        ("functions.read_file", "functions.files__read_file"),
        ("read_file", "functions.files__read_file"),
    ],
)
def test_a_mangled_address_is_understood(written: str, meant: str) -> None:
    assert find_address(written, KNOWN) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "functions.",
        "container.exec",
        "repo_browser.search",
        "browser",
        "list",  # two servers have one
        "functions.list",
        "pythons",
        "python.open",
        "functions.get_weather2",
        "user",
        "system",
        "<|start|>python",
    ],
)
def test_what_is_not_there_or_could_be_two_is_not_guessed(written: str) -> None:
    assert find_address(written, KNOWN) is None


def test_without_tools_nothing_is_found() -> None:
    assert find_address("python", ()) is None


@given(st.text(max_size=60))
def test_nothing_but_a_known_address_is_ever_found(written: str) -> None:
    assert find_address(written, KNOWN) in (None, *KNOWN)
