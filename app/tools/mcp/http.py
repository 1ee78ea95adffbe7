"""A server at an address, over streamable HTTP, with bounds on what it sends.  Asyncio thread.

Redirects are followed within the address's own origin only (`mcp.client.streamable_http`), and
no proxy or password file of the user's environment is used.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import httpx2
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._stream_protocols import ReadStream, WriteStream
from mcp.shared.message import SessionMessage

from app.tools.mcp.budget import MAX_MESSAGE_BYTES
from app.tools.mcp.problems import SignInError, TooMuchError

_CONNECT_SECONDS: Final = 20.0
_READ_SECONDS: Final = 600.0
"""An open stream may be silent; how long a call may take is counted elsewhere."""

_GOODBYE_SECONDS: Final = 2.0

Streams = tuple[ReadStream[SessionMessage | Exception], WriteStream[SessionMessage]]


class BoundedTransport(httpx2.AsyncBaseTransport):
    """Sends requests; what comes back is bounded and never unpacked.

    Attributes:
        failure: what went wrong with the last request, which the protocol's errors do not tell.

    Args:
        inner: does the work.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner
        self.failure: Exception | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        if request.method == "DELETE":  # only says goodbye; who hangs up waits for no answer
            seconds = dict.fromkeys(("connect", "read", "write", "pool"), _GOODBYE_SECONDS)
            request.extensions = {**request.extensions, "timeout": seconds}
        try:
            response = await self._inner.handle_async_request(request)
        except Exception as error:
            self.failure = error
            raise
        is_shut = response.status_code in {401, 403, 407}
        self.failure = SignInError(f"HTTP {response.status_code}") if is_shut else None
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            await response.aclose()
            self.failure = TooMuchError("it sends packed data, which Sotto did not ask for")
            raise self.failure
        if not response.headers.get("content-type", "").lower().startswith("text/event-stream"):
            # Streams are bounded by the length of their events and by their number.
            stream = response.stream
            assert isinstance(stream, httpx2.AsyncByteStream)  # noqa: S101 - asked asynchronously
            response.stream = _BoundedStream(stream)
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for chunk in self._inner:
            received += len(chunk)
            if received > MAX_MESSAGE_BYTES:
                raise TooMuchError("it sends a message that is too long")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def http_streams(
    url: str, headers: Mapping[str, str], transport: BoundedTransport
) -> AsyncIterator[Streams]:
    """Streams of messages to and from the server at an address."""
    client = httpx2.AsyncClient(
        headers={"accept-encoding": "identity", **headers},
        timeout=httpx2.Timeout(_CONNECT_SECONDS, read=_READ_SECONDS),
        transport=transport,
        trust_env=False,
    )
    async with (
        client,
        streamable_http_client(
            url, http_client=client, max_sse_event_size=MAX_MESSAGE_BYTES
        ) as streams,
    ):
        yield streams
