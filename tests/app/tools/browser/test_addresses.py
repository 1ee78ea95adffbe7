from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.browser.addresses import (
    AddressError,
    is_inside_by_name,
    is_public,
    web_address,
)
from tests.app.tools.browser.conftest import STEADY


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://Example.COM/A?b=C#d", "https://example.com/A?b=C"),
        ("example.com/a b", "https://example.com/a%20b"),
        ("example.com:8080/x", "https://example.com:8080/x"),
        ("localhost:8888/x", "https://localhost:8888/x"),
        ("http://example.com:80/", "http://example.com/"),
        ("https://example.com:443", "https://example.com/"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("//example.com/x", "https://example.com/x"),
        ("https://example.com./x", "https://example.com/x"),
        ("https://bücher.example/ä?q=ö", "https://xn--bcher-kva.example/%C3%A4?q=%C3%B6"),
        ("https://한국.example/", "https://xn--3e0b707e.example/"),
        ("https://example.com/%7Euser", "https://example.com/%7Euser"),
        ("https://[2606:2800:0220:1::1]/x", "https://[2606:2800:220:1::1]/x"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://017700000001/", "http://127.0.0.1/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://\uff11\uff12\uff17.0.0.1/", "http://127.0.0.1/"),
        (" https://exa\nmple.com/\t", "https://example.com/"),
        ("https://example.com/find?u=https://other.example/", "https://example.com/find?u=https://other.example/"),
    ],
)  # fmt: skip
def test_an_address_has_one_form(text: str, url: str) -> None:
    assert web_address(text).url == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "javascript:alert(1)",
        "data:text/html,hi",
        "file:///etc/passwd",
        "ftp://example.com/",
        "view-source:https://example.com",
        "mailto:ada@example.com",
        "about:blank",
        "https://me@example.com/",
        "https://me:secret@example.com/",
        "https://example.com@evil.example/",
        "https://evil.example\\@example.com/",
        "https://evil.example\\.example.com/",
        "https://example.com:22/",
        "https://example.com:25/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://example.com:6379/",
        "https://example.com:6000/",
        "https://exa%6dple.com/",
        "https://exa mple.com/",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://1.2.3.4.5/",
        "https://example.999/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 200 + "example/",
        "https://example.com/" + "a" * 5000,
        "https://xn--\u0000.example/",
        "https:///x",
    ],
)
def test_what_is_no_address_of_a_page_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(AddressError) as refused:
        web_address(text)

    said = str(refused.value)
    assert said.endswith(".")
    assert len(said) < 200
    assert "\n" not in said


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("b?x=1", "https://example.com/a/b?x=1"),
        ("/b", "https://example.com/b"),
        ("../b", "https://example.com/b"),
        ("?q=1", "https://example.com/a/?q=1"),
        ("//other.example/", "https://other.example/"),
        ("http://other.example", "http://other.example/"),
    ],
)
def test_a_link_is_read_from_where_it_stands(link: str, url: str) -> None:
    assert web_address(link, "https://example.com/a/").url == url


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [
        ("https://example.com/", "https://example.com/b", True),
        ("http://example.com/", "https://www.example.com/", True),
        ("https://www.example.com/", "https://example.com/", True),
        ("https://example.com:8443/", "https://example.com:8443/b", True),
        ("https://example.com/", "https://example.com:8443/", False),
        ("https://example.com/", "https://sub.example.com/", False),
        ("https://example.com/", "https://example.com.evil.example/", False),
        ("https://example.com/", "https://www.www.example.com/", False),
        ("https://example.com/", "https://evil.example/", False),
    ],
)
def test_a_redirect_stays_with_a_site_or_leaves_it(here: str, there: str, *, same: bool) -> None:
    assert web_address(here).is_same_site(web_address(there)) is same


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "1.1.1.1", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946",
     "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2002:5db8:d822::1"],
)  # fmt: skip
def test_public_addresses_are_reached(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - nothing binds to it
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2606:2800:220:1::1%eth0",
    ],
)
def test_addresses_inside_a_network_are_not_reached(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("http://localhost:8080/", True),
        ("http://app.localhost/", True),
        ("http://printer.local/", True),
        ("http://wiki.corp.internal/", True),
        ("http://router.home.arpa/", True),
        ("http://127.1/", True),
        ("http://[::ffff:10.0.0.1]/", True),
        ("http://169.254.169.254/", True),
        ("https://localhost.example/", False),
        ("https://notlocal/", False),
        ("https://mylocal.example/", False),
        ("https://1.1.1.1/", False),
    ],
)
def test_what_is_plainly_inside_is_known_without_asking(url: str, *, inside: bool) -> None:
    assert is_inside_by_name(web_address(url)) is inside


@STEADY
@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_like_itself(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    for outer in (
        (0xFFFF << 32) | number,
        (0x64FF9B << 96) | number,
        (0x2002 << 112) | (number << 80),
    ):
        assert is_public(ipaddress.IPv6Address(outer)) == is_public(inner)


@STEADY
@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_addresses(text: str) -> None:
    try:
        address = web_address(text)
    except AddressError:
        return
    assert web_address(address.url) == address
    assert address.url.isascii()
