"""Asks for ranges of one file, follows where it is led, and sees that the right bytes come."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx2

from app.models.transfer.answers import (
    REDIRECTS,
    Headers,
    content_range,
    identity,
    refusal,
    validator,
)
from app.models.transfer.journal import Identity
from app.models.transfer.outcomes import (
    ChangedError,
    DownloadError,
    NoRangesError,
    StaleLinkError,
    WaitError,
)
from app.models.transfer.source import Source
from app.models.values import ModelPart, OfferedModel

CONNECT_SECONDS: Final = 20.0
SILENCE_SECONDS: Final = 30.0
"""A connection that brings nothing for so long is given up."""

_MOST_HOPS: Final = 8
_HEADERS: Final = {"User-Agent": "Sotto", "Accept": "*/*", "Accept-Encoding": "identity"}
_GONE: Final = frozenset({400, 401, 403, 404, 410})


def make_client(
    silence_seconds: float = SILENCE_SECONDS, *, trust_env: bool = True
) -> httpx2.AsyncClient:
    """A client that keeps connections.

    Args:
        silence_seconds: how long nothing may come.
        trust_env: use the proxies of the environment and of the system
            (`urllib.request.getproxies`).
    """
    return httpx2.AsyncClient(
        headers=_HEADERS,
        trust_env=trust_env,
        timeout=httpx2.Timeout(silence_seconds, connect=CONNECT_SECONDS),
        follow_redirects=False,
    )


@dataclass(frozen=True, slots=True)
class _Link:
    """Where the bytes are, as it was last led to.

    Attributes:
        is_first: it is the address that is asked first, so it cannot expire.
        validator: what the server calls the version it has there.
    """

    url: httpx2.URL
    is_first: bool
    validator: str


class Fetching:
    """Fetches ranges of one file.  Asyncio thread.

    Args:
        client: sends the requests; follows no redirects by itself.
        source: knows the address.
        model: whose file it is.
        part: the file.
    """

    def __init__(
        self, client: httpx2.AsyncClient, source: Source, model: OfferedModel, part: ModelPart
    ) -> None:
        self._client = client
        self._source = source
        self._model = model
        self._part = part
        self._link: _Link | None = None
        self._expected: Identity | None = None
        self.has_ranges = True
        """Whether the server sends parts of files; known after `identify`."""

    def expect(self, expected: Identity) -> None:
        """From now on bytes of any other file are refused."""
        self._expected = expected

    async def identify(self) -> Identity:
        """Ask which file there is, by asking for its first byte.

        Raises:
            DownloadError: there is none for this user, or its size is not told.
            WaitError: something that passes.
        """
        self._link = None
        async with _told(self._host()), self._led(range(1)) as (answer, hops):
            if answer.status_code == 416:
                raise _senseless(answer, "empty")
            self.has_ranges = answer.status_code == 206
            found = identity(hops, answer.headers, is_partial=self.has_ranges)
            if found is None:
                raise DownloadError(
                    "{host} does not say how large the file is.",
                    "Choose another address for this model.",
                    fields={"host": answer.url.host},
                )
            return found

    async def bytes_from(self, start: int, stop: int) -> AsyncGenerator[bytes]:
        """Give the bytes from `start` to before `stop` as they come.

        A server may end a range early; then fewer come.

        Raises:
            ChangedError: the server has another file now.
            NoRangesError: the server sends whole files only, and `start` is not 0.
            StaleLinkError: the link has expired; asking again finds a new one.
            DownloadError: this user does not get it.
            WaitError: something that passes, such as a connection that broke off.
        """
        async with _told(self._host()), self._asked(range(start, stop)) as (answer, wanted):
            came = 0
            async for data in answer.aiter_raw():
                if data:
                    yield data[: wanted - came]
                came += len(data)
                if came >= wanted:
                    return
            self._link = None
            raise _broken_off(answer.url.host, f"{came} of {wanted} bytes")

    @property
    def _first(self) -> httpx2.URL:
        """The address that is asked first; a mirror may be chosen at any time."""
        return httpx2.URL(self._source.address(self._model, self._part))

    def _host(self) -> str:
        return self._first.host

    @asynccontextmanager
    async def _asked(self, span: range) -> AsyncGenerator[tuple[httpx2.Response, int]]:
        """An answer that brings the bytes that are wanted, and how many of them."""
        link = self._link
        if link is None or link.is_first:
            async with self._led(span) as (answer, hops):
                is_told = bool(hops) or answer.url == self._first
                yield answer, self._checked(answer, hops, span, is_told=is_told)
            return
        async with self._sent(link.url, span, link.validator) as answer:
            # A whole file means another version, or another server behind the same name.
            is_whole = answer.status_code == 200 and link.validator != validator(answer.headers)
            if is_whole or answer.status_code in REDIRECTS | _GONE | {416}:
                self._link = None
                raise StaleLinkError
            yield answer, self._checked(answer, [], span, is_told=False)

    @asynccontextmanager
    async def _led(self, span: range) -> AsyncGenerator[tuple[httpx2.Response, list[Headers]]]:
        """The first address's answer, or that of where it leads; also what was told on the way."""
        known, url = self._link, self._first
        hops: list[Headers] = []
        while True:
            if_range = known.validator if known and known.url == url else ""
            async with self._sent(url, span, if_range) as answer:
                if answer.status_code not in REDIRECTS:
                    if answer.status_code not in {200, 206, 416}:
                        if await self._may_ask_again(answer):
                            continue
                        raise self._refused(answer)
                    self._link = _Link(url, not hops, validator(answer.headers))
                    yield answer, hops
                    return
                hops.append(answer.headers)
                url = _next(url, answer, len(hops))

    async def _may_ask_again(self, answer: httpx2.Response) -> bool:
        """Whether there is a token now that the answer was refused for want of."""
        return (
            answer.status_code in {401, 403}
            and _origin(answer.url) == _origin(self._first)
            and "Authorization" not in answer.request.headers
            and await self._source.find_token(str(answer.url))
        )

    def _refused(self, answer: httpx2.Response) -> DownloadError | WaitError:
        error = refusal(answer.status_code, answer.headers, answer.url.host)
        if answer.url == self._first or isinstance(error, WaitError):
            return error
        # A link that was given a moment ago does not work: that is a fault, and none of ours.
        return WaitError("{host} has a fault of its own.", detail=error.detail, fields=error.fields)

    @asynccontextmanager
    async def _sent(
        self, url: httpx2.URL, span: range, if_range: str
    ) -> AsyncGenerator[httpx2.Response]:
        headers = {**self._own_headers(url), "Range": f"bytes={span.start}-{span.stop - 1}"}
        if if_range:
            headers["If-Range"] = if_range
        request = self._client.build_request("GET", url, headers=headers)
        answer = await self._client.send(request, stream=True)
        try:
            yield answer
        finally:
            await answer.aclose()

    def _own_headers(self, url: httpx2.URL) -> dict[str, str]:
        """Headers of the source, for the server of its own address alone."""
        if _origin(url) != _origin(self._first):
            return {}
        return dict(self._source.headers(str(url)))

    def _checked(
        self, answer: httpx2.Response, hops: list[Headers], span: range, *, is_told: bool
    ) -> int:
        """See that the answer brings bytes of the file that is expected; returns how many.

        Args:
            answer: the last of the answers.
            hops: what those before it told.
            span: what was asked for.
            is_told: the answers name the version of the file as the first address does.

        Raises:
            ChangedError: they are of another file.
            NoRangesError: as `bytes_from`.
            WaitError: the answer makes no sense.
        """
        headers = answer.headers
        is_partial = answer.status_code == 206
        found = identity(hops, headers, is_partial=is_partial)
        if self._expected and found and is_told and found.is_other_than(self._expected):
            self._link = None
            raise changed(self._part.name)
        told = content_range(headers) if is_partial else None
        size = told[1] if told else found.size_bytes if found and not is_partial else 0
        makes_sense = (
            headers.get("Content-Encoding", "identity") == "identity"
            and (self._expected is None or size == self._expected.size_bytes)
            and (told is None or told[0].start == span.start)
        )
        if not makes_sense or answer.status_code == 416:
            self._link = None
            raise _senseless(answer, headers.get("Content-Range", ""))
        if told is None and span.start:
            raise NoRangesError
        return min(len(told[0]) if told else size, len(span))


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _next(url: httpx2.URL, answer: httpx2.Response, hops: int) -> httpx2.URL:
    """Where a redirect leads.

    Raises:
        WaitError: nowhere, or round in circles.
        DownloadError: out of an encrypted connection.
    """
    place = answer.headers.get("Location", "")
    if not place or hops >= _MOST_HOPS:
        raise WaitError(
            "{host} leads to no file.",
            detail=f"{hops} redirects, the last to {place.partition('?')[0][:200]!r}",
            fields={"host": url.host},
        )
    found = url.join(place)
    if found.scheme not in {"http", "https"} or (url.scheme, found.scheme) == ("https", "http"):
        raise DownloadError(
            "{host} leads to a place that is not safe.",
            "Choose another address for this model.",
            detail=f"from {url.scheme} to {found.scheme}",
            fields={"host": url.host},
        )
    return found


def changed(name: str) -> ChangedError:
    """The file at its source is another one now."""
    return ChangedError(
        "The file {file} is another one at its source now.",
        "What was fetched of the old one is of no use. Resume fetches the new one from the start.",
        fields={"file": name},
    )


def _broken_off(host: str, detail: str) -> WaitError:
    return WaitError("The connection to {host} broke off.", detail=detail, fields={"host": host})


def _senseless(answer: httpx2.Response, detail: str) -> WaitError:
    return WaitError(
        "{host} does not answer as it should.",
        detail=f"{answer.status_code} {detail}",
        fields={"host": answer.url.host},
    )


@asynccontextmanager
async def _told(host: str) -> AsyncGenerator[None]:
    """Turn what goes wrong on the way into sentences."""
    fields = {"host": host}
    try:
        yield
    except httpx2.ConnectTimeout as error:
        raise WaitError("{host} cannot be reached.", detail=repr(error), fields=fields) from error
    except httpx2.TimeoutException as error:
        raise WaitError("{host} has stopped sending.", detail=repr(error), fields=fields) from error
    except (httpx2.ConnectError, httpx2.ProxyError) as error:
        raise _unreachable(host, error) from error
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise DownloadError(
            "The address of this model cannot be asked.",
            "Choose another address for it.",
            detail=repr(error),
        ) from error
    except (httpx2.TransportError, OSError) as error:
        raise _broken_off(host, repr(error)) from error


def _unreachable(host: str, error: BaseException) -> WaitError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return WaitError(
                "The connection to {host} is not safe, so nothing was fetched.",
                "Check the date of this computer, and whether this network wants a log-in.",
                detail=str(cause),
                fields={"host": host},
            )
        cause = cause.__cause__ or cause.__context__
    return WaitError(
        "{host} cannot be reached.",
        "Check that this computer is online.",
        detail=str(error),
        fields={"host": host},
    )
