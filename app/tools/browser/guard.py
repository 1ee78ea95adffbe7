"""The door to the network: it looks at the address a connection would really go to.

A name is resolved once, every address it has must be public, and the connection goes to exactly
one of the addresses that were looked at.  So neither a name that points inside a network nor one
that changes its answer in between (DNS rebinding) reaches this computer or its neighbours.
Asyncio thread.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

import httpcore2
import httpx2

from app.tools.browser.addresses import IpAddress, WebAddress, is_inside_by_name, is_public
from app.tools.browser.side_thread import on_side_thread

Resolve = Callable[[str, int], Awaitable[Sequence[IpAddress]]]
"""Host and port to IP addresses; raises OSError where there are none."""

_MOST_TRIES: Final = 4
_SECONDS_A_TRY: Final = 6.0


class InsideNetworkError(Exception):
    """A host is this computer, or one inside its network."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


class UnknownHostError(Exception):
    """A host has no address."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


async def resolve(host: str, port: int) -> Sequence[IpAddress]:
    """Ask the system's resolver, which may take half a minute where there is no network."""
    with suppress(ValueError):
        return [ipaddress.ip_address(host)]

    def ask() -> Sequence[IpAddress]:
        told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(ipaddress.ip_address(one[4][0]) for one in told))

    try:
        return await on_side_thread(ask, "resolver")
    except UnicodeError as error:  # a name that no resolver takes
        raise OSError(str(error)) from error


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects for httpcore2, to public addresses only.

    Args:
        allowed: (host, port) as URLs name them that may be inside a network: a search server of
            the user's own, or a site of the tests.
        resolver: asked once for each connection.
        inner: makes the connection to an address that was looked at.
    """

    def __init__(
        self,
        allowed: frozenset[tuple[str, int]] = frozenset(),
        resolver: Resolve = resolve,
        inner: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolver
        self._inner = inner or httpcore2.AnyIOBackend()

    def refuses(self, address: WebAddress) -> bool:
        """Whether an address would be refused whatever its name resolves to."""
        return (address.host, address.port) not in self._allowed and is_inside_by_name(address)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to an address of the host.

        Raises:
            InsideNetworkError: one of its addresses is not public.
            UnknownHostError: it has none.
            httpcore2.ConnectError: none of them takes the connection.
        """
        error: Exception = UnknownHostError(host)
        for address in (await self._vetted(host, port))[:_MOST_TRIES]:
            try:
                return await self._inner.connect_tcp(
                    str(address),
                    port,
                    min(timeout or _SECONDS_A_TRY, _SECONDS_A_TRY),
                    local_address,
                    socket_options,
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failed:
                error = failed
        raise error

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        """Never: no page is behind one."""
        raise httpcore2.ConnectError("no Unix sockets")

    async def sleep(self, seconds: float) -> None:
        """As httpcore2 wants it between retries, of which there are none."""
        await self._inner.sleep(seconds)

    async def _vetted(self, host: str, port: int) -> Sequence[IpAddress]:
        try:
            found = await self._resolve(host, port)
        except OSError as error:
            raise UnknownHostError(host) from error
        if (host, port) not in self._allowed and not all(is_public(one) for one in found):
            raise InsideNetworkError(host)
        return found


class GuardedTransport(httpx2.AsyncBaseTransport):
    """httpx2's way out, through a guard; HTTP/1.1, no proxy and nothing from the environment.

    A proxy would resolve names itself, out of the guard's sight.
    """

    def __init__(self, guard: GuardedBackend, tls: ssl.SSLContext) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls, network_backend=guard, max_connections=4, keepalive_expiry=5.0
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; errors are httpcore2's and the guard's."""
        assert isinstance(request.stream, httpx2.AsyncByteStream)  # noqa: S101 - httpx2 promises
        answer = await self._pool.handle_async_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """End every connection."""
        await self._pool.aclose()


class _Stream(httpx2.AsyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()
