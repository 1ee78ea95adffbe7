from __future__ import annotations

import pytest

from app.settings import Settings
from app.tools.browser.provider_settings import (
    PROVIDERS,
    SearchAddressError,
    SearchProvider,
    checked_address,
    key_name,
    provider_name,
)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("", ""),
        ("  ", ""),
        ("search.example.org", "https://search.example.org"),
        (" https://Search.Example.org/ ", "https://search.example.org"),
        ("http://localhost:8888", "http://localhost:8888"),
        ("http://192.168.1.5:8080/searx/", "http://192.168.1.5:8080/searx"),
        ("http://[::1]:8888", "http://[::1]:8888"),
    ],
)
def test_an_address_of_a_search_server_has_one_form(typed: str, address: str) -> None:
    assert checked_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "ftp://search.example.org",
        "file:///etc/passwd",
        "https://",
        "https://me:secret@search.example.org",
        "https://search.example.org?q=1",
        "https://search.example.org/#top",
        "https://search.example.org:99999",
        "https://search.example.org:0",
        "https://search example.org",
        "https://search.example.org/\u202e",
        "https://[::1",
        "https://" + "a" * 3000,
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(SearchAddressError):
        checked_address(typed)


def test_nobody_searches_until_the_user_chooses() -> None:
    assert Settings().search_provider is SearchProvider.NONE
    assert Settings().searxng_url == ""


def test_settings_keep_no_senseless_address() -> None:
    with pytest.raises(ValueError, match="search server"):
        Settings(searxng_url="ftp://x")


def test_each_provider_but_none_is_explained_and_has_its_own_key() -> None:
    assert set(PROVIDERS) == set(SearchProvider) - {SearchProvider.NONE}
    assert len({key_name(one) for one in PROVIDERS}) == len(PROVIDERS)


def test_a_provider_is_called_by_its_name() -> None:
    assert provider_name("brave") == "Brave Search"
    assert provider_name("somebody else") == "somebody else"
