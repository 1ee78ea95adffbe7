"""One HTTP exchange with a stranger's server, bounded in time and size.  Asyncio thread.

No redirects, no cookies, no credentials, no referrer, nothing from the environment.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import zlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import httpcore2
import httpx2

from app.tools.browser.addresses import WebAddress
from app.tools.browser.guard import (
    GuardedBackend,
    GuardedTransport,
    InsideNetworkError,
    UnknownHostError,
)
from app.tools.browser.marks import one_line

MEGABYTE: Final = 1_000_000

_HEADERS: Final = {
    "User-Agent": "Mozilla/5.0 (compatible; Sotto)",
    "Accept-Encoding": "gzip, deflate",
    "Accept-Language": "en, *;q=0.5",
}
"""The same for everyone, so that they tell nobody apart."""


class PageError(Exception):
    """A page cannot be had; its text says why, in one plain sentence for model and user."""


class ElsewhereError(PageError):
    """A page is at another address, which its server chose: the text holds a stranger's words.

    Attributes:
        host: whose words.
    """

    def __init__(self, told: str, host: str) -> None:
        super().__init__(told)
        self.host = host


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may take.

    Attributes:
        connect_seconds: to get a connection.
        silence_seconds: between two pieces of an answer.
        total_seconds: from the beginning to the last byte.
        max_bytes: of an answer, both as sent and unpacked.
    """

    connect_seconds: float = 10.0
    silence_seconds: float = 10.0
    total_seconds: float = 30.0
    max_bytes: int = 10 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        headers: names in lower case; of several with one name the last.
        body: unpacked.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class WebClient:
    """Asks servers.  Each exchange has its own connection, so nothing is kept between them.

    Args:
        guard: decides which addresses are connected to.
        limits: for every exchange.
        tls: None for the certificates of the system and of certifi.
    """

    def __init__(
        self, guard: GuardedBackend, limits: Limits | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._guard = guard
        self._limits = limits or Limits()
        self._tls = tls

    def check(self, address: WebAddress) -> None:
        """Say at once what can be said without asking anybody.

        Raises:
            PageError: the address is inside this computer or its network.
        """
        if self._guard.refuses(address):
            raise _inside(address.host)

    async def exchange(
        self,
        address: WebAddress,
        headers: Mapping[str, str],
        *,
        method: str = "GET",
        content: bytes | None = None,
        on_bytes: Callable[[int, int], None] = lambda _got, _of: None,
    ) -> Answer:
        """Send a request and read the answer.

        Args:
            address: where to.
            headers: besides those that every request has.
            method: of HTTP.
            content: the request's body.
            on_bytes: told how many bytes have come, and of how many, 0 where that is not known.

        Raises:
            PageError: no whole answer came.
        """
        if self._tls is None:
            self._tls = httpx2.create_ssl_context(trust_env=False)
        async with (
            _told(address, self._limits),
            asyncio.timeout(self._limits.total_seconds),
            httpx2.AsyncClient(
                transport=GuardedTransport(self._guard, self._tls),
                trust_env=False,
                headers=_HEADERS,
                timeout=httpx2.Timeout(
                    self._limits.silence_seconds, connect=self._limits.connect_seconds
                ),
            ) as client,
        ):
            request = client.build_request(method, address.url, headers=headers, content=content)
            if request.url.raw_host.decode("ascii").strip("[]") != address.host:
                raise PageError(f"{address.host} is no host of a web page.")
            answer = await client.send(request, stream=True)
            try:
                body = await self._body(answer, address, on_bytes)
            finally:
                await answer.aclose()
            return Answer(answer.status_code, dict(answer.headers.items()), body)

    async def _body(
        self, answer: httpx2.Response, address: WebAddress, on_bytes: Callable[[int, int], None]
    ) -> bytes:
        most = self._limits.max_bytes
        told = answer.headers.get("content-length", "")
        length = int(told) if told.isascii() and told.isdigit() and len(told) < 20 else 0
        if length > most:
            raise _too_large(address, most)
        unpacked = _Unpacker(answer.headers.get("content-encoding", ""), most)
        came = 0
        async for part in answer.aiter_raw():
            came += len(part)
            try:
                unpacked.feed(part)
            except OverflowError as error:
                raise _too_large(address, most) from error
            if came > most:
                raise _too_large(address, most)
            on_bytes(came, length)
            await asyncio.sleep(0)  # a fast server must not keep others from the loop
        return unpacked.content()


class _Unpacker:
    """Unpacks gzip and deflate up to a size; a small answer can unpack to terabytes.

    httpx2 unpacks each piece whole, however large that is.
    """

    def __init__(self, coding: str, most: int) -> None:
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0
        self._coding = coding.strip().lower()
        if self._coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            named = self._coding if re.fullmatch(r"[a-z0-9-]{1,20}", self._coding) else "unknown"
            raise PageError(f"The page is packed in a way that Sotto does not read: {named}.")
        self._packed = None if self._coding in {"", "identity"} else zlib.decompressobj(47)

    def feed(self, data: bytes) -> None:
        """Take a piece.

        Raises:
            OverflowError: it is more than there may be.
            PageError: it is not packed as it says.
        """
        if self._packed is None:
            self._keep(data)
            return
        try:
            while data:
                self._keep(self._packed.decompress(data, self._most - self._size + 1))
                data = self._packed.unconsumed_tail
                if self._packed.eof:  # gzip may hold several members
                    data, self._packed = self._packed.unused_data, zlib.decompressobj(47)
        except zlib.error:
            # Some servers send deflate without the wrapping that RFC 9110 8.4.1.2 wants.
            if self._size or self._coding != "deflate":
                raise PageError("The page is damaged: it cannot be unpacked.") from None
            self._packed, self._coding = zlib.decompressobj(-15), "raw deflate"
            self.feed(data)

    def content(self) -> bytes:
        """All of it."""
        return b"".join(self._parts)

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._most:
            raise OverflowError
        self._parts.append(data)


def _inside(host: str) -> PageError:
    return PageError(
        f"{host} is this computer or one inside its network; "
        "only pages on the public internet can be opened."
    )


def _too_large(address: WebAddress, most: int) -> PageError:
    return PageError(
        f"What {address.host} sends is larger than {most / MEGABYTE:g} MB, so it was not read."
    )


def status_sentence(host: str, status: int) -> str:
    """What an answer that is none says, as one sentence."""
    known = {one.value: one.phrase for one in HTTPStatus}
    words = f"{status} ({known[status]})" if status in known else str(status)
    return f"{host} answered {words} instead of a page."


@asynccontextmanager
async def _told(address: WebAddress, limits: Limits) -> AsyncGenerator[None]:
    """Turn what goes wrong on the way into sentences."""
    host = address.host
    try:
        yield
    except InsideNetworkError as error:
        raise _inside(error.host) from error
    except UnknownHostError as error:
        raise PageError(
            f"There is no host {error.host}, or this computer is not on the internet."
        ) from error
    except TimeoutError as error:
        raise PageError(f"{host} took longer than {limits.total_seconds:g} seconds.") from error
    except (httpcore2.TimeoutException, httpx2.TimeoutException) as error:
        raise PageError(f"{host} does not answer.") from error
    except (httpcore2.ConnectError, httpx2.ConnectError) as error:
        raise PageError(_connect_sentence(host, error)) from error
    except (httpcore2.ProtocolError, httpx2.ProtocolError, httpx2.InvalidURL) as error:
        raise PageError(f"{host} does not answer as a web server does.") from error
    except (httpcore2.NetworkError, httpx2.NetworkError, OSError, EOFError) as error:
        raise PageError(f"The connection to {host} broke off.") from error


def _connect_sentence(host: str, error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = one_line(cause.verify_message, 80)
            return f"The certificate of {host} is not valid ({why}), so nothing was sent to it."
        if isinstance(cause, ssl.SSLError):
            return f"No secure connection to {host} could be made."
        cause = cause.__cause__ or cause.__context__
    return f"{host} does not take connections."
