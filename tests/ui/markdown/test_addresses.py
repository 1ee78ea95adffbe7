from __future__ import annotations

import pytest

from ui.markdown.addresses import host_of, is_allowed


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://docs.python.org/3/library", "docs.python.org"),
        ("http://user@real.example:8080/x", "real.example"),
        ("https://google.com@evil.example/", "evil.example"),
        ("mailto:a@b.example", "a@b.example"),
        ("https://\u0430pple.com/", "xn--pple-43d.com"),  # a Cyrillic letter
    ],
)
def test_the_host_is_who_is_really_contacted(address: str, host: str) -> None:
    assert is_allowed(address)
    assert host_of(address) == host


@pytest.mark.parametrize("address", ["https://a\nb.example", "https:\\\\evil", "HTTP://", ""])
def test_addresses_that_could_mislead_are_refused(address: str) -> None:
    assert not is_allowed(address)


def test_a_host_that_is_no_valid_name_is_spelled_out() -> None:
    assert host_of("https://" + "ü" * 70 + ".example/").startswith("\\xfc")
