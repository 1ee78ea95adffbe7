"""Asks the Hugging Face Hub, or a mirror of it, what lies where.  Asyncio thread.

What goes out is the name of a repository or an address, and a token where the Hub insists on one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import httpx2

from app.models.hub_access import may_carry_token
from app.models.hub_answers import (
    FileFacts,
    Headers,
    RepositoryFacts,
    gguf_file,
    given_of_file,
    is_told,
    repository_facts,
    told_of_file,
)
from app.models.hub_errors import broken, refused, unreached
from app.models.values import ModelPart, OfferedModel

MAX_JSON_BYTES: Final = 1 << 24
_MAX_PAGES: Final = 50
_MAX_REDIRECTS: Final = 5
_CONNECT_SECONDS: Final = 20.0
_READ_SECONDS: Final = 30.0
_PARTIAL: Final = 206
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_SHUT: Final = frozenset({401, 403})


def open_client() -> httpx2.AsyncClient:
    """A client that goes by the system's proxies and follows no redirect by itself."""
    return httpx2.AsyncClient(
        headers={"Accept-Encoding": "identity", "User-Agent": "sotto"},
        timeout=httpx2.Timeout(_CONNECT_SECONDS, read=_READ_SECONDS),
        follow_redirects=False,
        trust_env=True,
    )


class HubClient:
    """One Hub.  Confined to the asyncio thread.

    Args:
        endpoint: its address (`app.models.hub_access.endpoint_of`).
        token: gives the token for it, or None; blocks, so it is called on another thread, and
            only once the Hub has refused to answer without.
        client: does the requests; closed by whoever made it.
    """

    def __init__(
        self, endpoint: str, token: Callable[[], str | None], client: httpx2.AsyncClient
    ) -> None:
        self.endpoint = endpoint
        self._ask_token = token
        self._client = client
        self._token: str | None = None
        self._was_asked = False

    # ---- addresses

    def address(self, model: OfferedModel, part: ModelPart) -> str:
        """Where a file of a model lies."""
        if model.repository:
            return self.file_address(model.repository, model.commit, part.name)
        if len(model.parts) == 1:
            return model.address
        parts = urlsplit(model.address)  # what stands behind a ? may be a key, and is for all
        folder = parts.path.rpartition("/")[0]
        return urlunsplit(parts._replace(path=f"{folder}/{quote(part.name)}"))

    def file_address(self, repository: str, revision: str, name: str) -> str:
        """Where a file of a repository lies."""
        return f"{self.endpoint}/{repository}/resolve/{quote(revision, safe='')}/{quote(name)}"

    # ---- what is there

    async def repository(self, repository: str, revision: str) -> RepositoryFacts:
        """What the Hub says of a repository.

        Raises:
            HubError: there is none, or the Hub cannot be asked.
        """
        path = f"/api/models/{repository}/revision/{quote(revision, safe='')}"
        facts = repository_facts(
            (await self._json(self.endpoint + path, repository))[0], repository
        )
        if facts is None:
            raise broken(self.endpoint)
        return facts

    async def files(self, repository: str, commit: str) -> tuple[ModelPart, ...]:
        """The GGUF files of a repository, with sizes and digests where the Hub has them.

        Raises:
            HubError: as `repository`.
        """
        url = f"{self.endpoint}/api/models/{repository}/tree/{commit}?recursive=true"
        found: list[ModelPart] = []
        for _ in range(_MAX_PAGES):
            rows, more = await self._json(url, repository)
            if not isinstance(rows, list):
                raise broken(self.endpoint)
            found.extend(filter(None, map(gguf_file, rows)))
            if not more:
                return tuple(found)
            url = urljoin(url, more)
        raise broken(self.endpoint)

    async def file(self, address: str) -> FileFacts:
        """What is said of one file, without fetching it.

        Raises:
            HubError: there is none, or the server cannot be asked.
        """
        async with self._answer("HEAD", address, stop_when=is_told) as answer:
            return told_of_file(answer.headers)

    async def look(self, address: str, count: int) -> tuple[FileFacts, bytes]:
        """What is said of a file by giving its first bytes, and those bytes.

        For servers that answer no HEAD, such as those of signed addresses, and where the bytes
        are wanted anyway.

        Raises:
            HubError: as `file`.
        """
        wanted = {"Range": f"bytes=0-{count - 1}"}
        async with self._answer("GET", address, wanted) as answer:
            facts = given_of_file(answer.headers, is_partial=answer.status_code == _PARTIAL)
            return facts, await _bounded(answer, count, is_cut=True)

    # ---- tokens

    def headers(self, address: str) -> dict[str, str]:
        """What a request for a file needs besides; nothing for other servers than this Hub."""
        if self._token and may_carry_token(address, self.endpoint):
            return {"Authorization": f"Bearer {self._token}"}
        return {}

    async def find_token(self, address: str) -> bool:
        """Look for a token, since a request was refused that had none.

        Returns:
            Whether `headers` gives one for this address from now on.
        """
        if not self._was_asked and may_carry_token(address, self.endpoint):
            self._was_asked = True
            self._token = await asyncio.to_thread(self._ask_token)
        return bool(self.headers(address))

    # ---- requests

    async def _json(self, url: str, repository: str) -> tuple[Any, str]:
        """The answer, and the address of its next page."""
        async with self._answer("GET", url, name=repository) as answer:
            more = answer.links.get("next", {}).get("url", "")
            data = await _bounded(answer, MAX_JSON_BYTES, is_cut=False)
        try:
            return json.loads(data), more
        except (ValueError, RecursionError) as error:
            raise broken(self.endpoint) from error

    @asynccontextmanager
    async def _answer(
        self,
        method: str,
        url: str,
        wanted: dict[str, str] | None = None,
        *,
        name: str = "",
        stop_when: Callable[[Headers], bool] = lambda _: False,
    ) -> AsyncIterator[httpx2.Response]:
        """The good answer at the end of redirects."""
        for _ in range(2 * _MAX_REDIRECTS):
            headers = self.headers(url)
            request = self._client.build_request(method, url, headers={**(wanted or {}), **headers})
            try:
                answer = await self._client.send(request, stream=True)
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
                raise unreached(url, error) from error
            try:
                status = answer.status_code
                if answer.is_success or (status in _MOVED and stop_when(answer.headers)):
                    yield answer
                    return
                if status in _SHUT and not headers and await self.find_token(url):
                    continue
                if status not in _MOVED or "location" not in answer.headers:
                    code = answer.headers.get("x-error-code", "")
                    named = name or urlsplit(url).path
                    raise refused(url, status, code, named, self.endpoint)
                url = urljoin(url, answer.headers["location"])
            except (httpx2.HTTPError, OSError) as error:
                raise unreached(url, error) from error
            finally:
                await answer.aclose()
        raise broken(url)


async def _bounded(answer: httpx2.Response, limit: int, *, is_cut: bool) -> bytes:
    data = bytearray()
    async for chunk in answer.aiter_raw():
        data += chunk
        if len(data) > limit and not is_cut:
            raise broken(str(answer.request.url))
        if len(data) >= limit and is_cut:
            break
    return bytes(data[:limit])
