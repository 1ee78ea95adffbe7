"""Which addresses may be fetched: pure rules for URLs and for IP addresses.

What a page may reach is decided twice: here by the URL, and again in `app.tools.browser.guard`
by the IP address that a connection would really go to.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import idna

from app.tools.browser.marks import one_line

MAX_URL: Final = 4096
"""Characters; servers take little more."""

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_USUAL: Final = {"http": 80, "https": 443}
_FIRST_FREE_PORT: Final = 1024

# Above 1023: services that a browser must not speak to (WHATWG fetch, "port blocking"), and
# databases and control ports that sometimes stand open and take HTTP for commands.
_BLOCKED_PORTS: Final = frozenset(
    {
        1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061,
        5432, 5900, 5984, 6000, 6379, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9200,
        9300, 10080, 10250, 11211, 27017,
    }
)  # fmt: skip

# IPv6 that carries an IPv4 address inside: where a packet goes is decided by that one.
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_LOCAL_NAT64: Final = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")  # RFC 4291 2.5.5.1, deprecated
_LOCAL_NAMES: Final = ("localhost", "local", "internal", "home.arpa")
_NOT_FOR_PAGES: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # behind a provider's NAT (RFC 6598)
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "fec0::/10",  # site-local (RFC 3879)
        "2001:2::/48",  # benchmarks (RFC 5180)
        "2001:db8::/32",  # documentation
        "5f00::/16",  # segment routing (RFC 9602)
    )
)


class AddressError(ValueError):
    """An address that is not fetched; the text says why, in one sentence for the model."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An address that may be asked for, in the form in which it will be.

    Attributes:
        url: without a fragment; the host in lower case and ASCII.
        scheme: "http" or "https".
        host: ASCII (IDNA), or an IP address without brackets.
        port: also where the URL does not spell it.
    """

    url: str
    scheme: str
    host: str
    port: int

    @property
    def ip(self) -> IpAddress | None:
        """The IP address the host is written as; None for a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    def is_same_site(self, other: WebAddress) -> bool:
        """Whether a redirect to `other` stays with the site that the user allowed.

        The same host with or without `www.`, on the same port or the usual ones.
        """
        hosts = {one.host.removeprefix("www.") for one in (self, other)}
        usual = all(one.port == _USUAL[one.scheme] for one in (self, other))
        return len(hosts) == 1 and (usual or self.port == other.port)


def web_address(text: str, base: str = "") -> WebAddress:
    """Read an address as a model or a page writes it.

    Args:
        text: an absolute URL, a host with a path but no scheme, or with `base` a relative URL.
        base: the address of the page it stands on.

    Raises:
        AddressError: it is not one that Sotto fetches.
    """
    text = re.sub(r"[\t\r\n]", "", text.strip())
    if not text or len(text) > MAX_URL:
        raise AddressError("The address is empty or too long.")
    try:
        whole = urljoin(base, text) if base else text
        if "://" not in whole.split("?", 1)[0] and not _has_scheme(whole):
            whole = f"https://{whole.lstrip('/')}"
        parts = urlsplit(whole)
        host, port = parts.hostname or "", parts.port
        has_user = "@" in parts.netloc
    except ValueError as error:
        raise AddressError(f"{_shown(text)} is no address of a web page.") from error
    if parts.scheme not in _USUAL:
        raise AddressError(f"Only http and https pages can be opened, not {_shown(text)}.")
    if has_user:
        raise AddressError("An address may not hold a user name or password.")
    host = _ascii_host(host, text)
    port = _USUAL[parts.scheme] if port is None else port
    if port != _USUAL[parts.scheme] and not _may_use(port):
        raise AddressError(f"Port {port} is not one of web pages.")
    return WebAddress(_written(parts.scheme, host, port, parts.path, parts.query),
                      parts.scheme, host, port)  # fmt: skip


def is_public(address: IpAddress) -> bool:
    """Whether an IP address is on the public internet and belongs to one machine.

    Loopback, private, link-local (where clouds keep their metadata), shared, multicast and
    reserved ones are not, nor is IPv6 that carries such an IPv4 address inside.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address in _LOCAL_NAT64 or address.scope_id is not None:
            return False
        inner = _inner_ipv4(address)
        if inner is not None:
            return is_public(inner)
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in one for one in _NOT_FOR_PAGES if one.version == address.version)
    )


def is_inside_by_name(address: WebAddress) -> bool:
    """Whether a host is plainly inside this computer or its network, without asking anybody.

    Names kept for that: RFC 6761, 6762, 8375, and `.internal` (ICANN, 2024).
    """
    if address.ip is not None:
        return not is_public(address.ip)
    return address.host in _LOCAL_NAMES or address.host.endswith(
        tuple(f".{name}" for name in _LOCAL_NAMES)
    )


def _inner_ipv4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or address in _COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _has_scheme(text: str) -> bool:
    """Whether it begins like `mailto:` or `javascript:`, and not like `example.org:8080/x`."""
    word, colon, rest = text.partition(":")
    return (
        bool(colon)
        and re.fullmatch(r"[A-Za-z][A-Za-z0-9+-]*", word) is not None
        and not (re.match(r"[0-9]{1,5}(?:[/?#]|\Z)", rest) and word.lower() == "localhost")
    )


def _ascii_host(host: str, text: str) -> str:
    if ":" in host:
        try:
            if "%" in host:
                raise ValueError("an interface of this machine")
            return str(ipaddress.IPv6Address(host))
        except ValueError as error:
            raise AddressError(f"{_shown(text)} is no address of a web page.") from error
    try:
        encoded = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise AddressError(f"{_shown(text)} is no address of a web page.") from error
    encoded = encoded.lower().removesuffix(".")
    sound = re.fullmatch(r"[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63})*", encoded)
    if not sound or len(encoded) > 253:  # RFC 1035 2.3.4
        raise AddressError(f"{_shown(text)} is no address of a web page.")
    return (
        _usual_ipv4(encoded, text) if re.fullmatch(r"[0-9].*", encoded.split(".")[-1]) else encoded
    )


def _usual_ipv4(host: str, text: str) -> str:
    """127.0.0.1 for 2130706433, 0x7f.1 and 017700000001, which resolvers take for the same.

    A name cannot end in a number (WHATWG URL, "ends in a number checker").
    """
    try:
        return str(ipaddress.IPv4Address(socket.inet_aton(host)))
    except OSError as error:
        raise AddressError(f"{_shown(text)} is no address of a web page.") from error


def _may_use(port: int) -> bool:
    return port in _USUAL.values() or (port >= _FIRST_FREE_PORT and port not in _BLOCKED_PORTS)


def _written(scheme: str, host: str, port: int, path: str, query: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    place = shown if port == _USUAL[scheme] else f"{shown}:{port}"
    path = quote(path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(query, safe="/%:@!$&'()*+,;=~-._?[]")
    return urlunsplit((scheme, place, path, query, ""))


def _shown(text: str) -> str:
    return f"`{one_line(text, 80)}`"
