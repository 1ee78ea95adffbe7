"""Fetches a page for the model, following redirects that stay with the site.  Asyncio thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from typing import Final

from app.tools.browser.addresses import AddressError, WebAddress, is_public, web_address
from app.tools.browser.web_client import (
    Answer,
    ElsewhereError,
    PageError,
    WebClient,
    status_sentence,
)

MOST_REDIRECTS: Final = 5

_LONGEST_TOLD: Final = 2000

_ACCEPT: Final = (
    "text/html, application/xhtml+xml, application/pdf, text/*;q=0.9, application/json;q=0.8, "
    "*/*;q=0.1"
)
_REDIRECTS: Final = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came from an address.

    Attributes:
        url: where it came from in the end, after redirects.
        media_type: as the server says, in lower case, e.g. `text/html`; "" where it does not.
        charset: as the server says, or "".
    """

    url: str
    host: str
    media_type: str
    charset: str
    body: bytes


class PageFetcher:
    """Fetches pages.

    The user allowed one site; a redirect to another is not followed but told, so that opening
    that one is a call of its own, which is asked about.  Otherwise an open redirect on an allowed
    site would be a way to anywhere.

    Args:
        client: makes the exchanges.
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def check(self, address: WebAddress) -> None:
        """As `WebClient.check`; quick, any thread."""
        self._client.check(address)

    async def fetch(
        self, address: WebAddress, on_bytes: Callable[[int, int], None] = lambda _got, _of: None
    ) -> Fetched:
        """Fetch a page.

        Args:
            address: where it is.
            on_bytes: as `WebClient.exchange`.

        Raises:
            PageError: there is none to be had, or it is elsewhere.
        """
        here = address
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._client.exchange(here, {"Accept": _ACCEPT}, on_bytes=on_bytes)
            if answer.status not in _REDIRECTS:
                return fetched(here, answer)
            here = _next(here, answer.headers.get("location", ""))
        raise PageError(f"{address.host} redirects in circles or too often.")


def _next(here: WebAddress, location: str) -> WebAddress:
    """Where a redirect goes, if it may be followed.

    Raises:
        PageError: it may not; says where it goes, where that may be opened by a call of its own.
    """
    try:
        there = web_address(location, here.url)
    except AddressError as error:
        raise PageError(f"{here.host} redirects to where no page is. {error}") from error
    if there.ip is not None and not is_public(there.ip) and there.host != here.host:
        raise PageError(f"{here.host} redirects into a private network, so it was not followed.")
    if len(there.url) > _LONGEST_TOLD:
        raise PageError(f"{here.host} redirects to an address that is too long.")
    if here.scheme == "https" and there.scheme == "http":
        raise ElsewhereError(
            f"{here.host} redirects from a secure page to one that is not: {there.url} was not "
            "opened. Open that address itself if it is wanted.",
            here.host,
        )
    if not here.is_same_site(there):
        raise ElsewhereError(
            f"{here.host} redirects to another site, {there.url}, which was not opened. "
            "Open that address itself if it is wanted.",
            here.host,
        )
    return there


def fetched(address: WebAddress, answer: Answer) -> Fetched:
    """What an answer holds.

    Raises:
        PageError: it is no page.
    """
    if not HTTPStatus(200) <= answer.status < HTTPStatus(300):
        raise PageError(status_sentence(address.host, answer.status))
    header = Message()
    header["content-type"] = answer.headers.get("content-type", "")
    told = answer.headers.get("content-type", "")
    return Fetched(
        address.url,
        address.host,
        header.get_content_type() if "/" in told else "",
        str(header.get_param("charset", "") or ""),
        answer.body,
    )
