"""Who searches now, by the settings, and the question put to them.  Asyncio thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol
from urllib.parse import urlsplit

from app.tools.browser.ddgs_search import DdgsSearch
from app.tools.browser.guard import GuardedBackend
from app.tools.browser.provider_settings import (
    PROVIDERS,
    SearchProvider,
    SearchSettings,
    key_name,
)
from app.tools.browser.providers import (
    BASES,
    KEY_NOTE,
    NO_PROVIDER_NOTE,
    JsonSearch,
    SearchError,
    SearchResult,
    SearchService,
)
from app.tools.browser.side_thread import on_side_thread
from app.tools.browser.web_client import MEGABYTE, Limits, WebClient
from engine.errors import UserFacingError

_LIMITS: Final = Limits(total_seconds=20.0, max_bytes=2 * MEGABYTE)
_NO_PROVIDER: Final = (
    "No search provider is set up, so nothing can be searched. Pages can still be opened by "
    "their address with browser.open; otherwise tell the user that a search can be chosen in "
    "Sotto's settings."
)


class Secrets(Protocol):
    """Where keys are kept; `app.secrets.SecretStore` is one.  Blocks."""

    def get(self, name: str) -> str | None:
        """What is kept under a name."""
        ...


class Searcher:
    """Searches with the provider that is chosen at that moment.

    Args:
        settings: who it is, asked anew for each search; quick, any thread.
        secrets: has the keys.
        bases: where services are asked instead of at their own address; for tests.
        allowed: (host, port) that may be inside a network besides the user's own server.
        ddgs: asks public search pages.
    """

    def __init__(
        self,
        settings: Callable[[], SearchSettings],
        secrets: Secrets,
        bases: Mapping[SearchProvider, str] = BASES,
        allowed: frozenset[tuple[str, int]] = frozenset(),
        ddgs: SearchService | None = None,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._bases = bases
        self._allowed = allowed
        self._ddgs = ddgs or DdgsSearch()

    def provider(self) -> SearchProvider:
        """Who would search now.  Any thread."""
        chosen = self._settings()
        facts = PROVIDERS.get(chosen.provider)
        if facts is None or (facts.needs_address and not chosen.searxng_url):
            return SearchProvider.NONE
        return chosen.provider

    async def search(self, query: str, topn: int) -> tuple[SearchResult, ...]:
        """Search, as `SearchService.search`.

        Raises:
            SearchError: nobody is chosen, or no answer came that makes sense.
        """
        if self.provider() is SearchProvider.NONE:
            raise SearchError(_NO_PROVIDER, NO_PROVIDER_NOTE)
        service = await self._service(self._settings())
        return await service.search(query, topn)

    async def _service(self, chosen: SearchSettings) -> SearchService:
        if chosen.provider is SearchProvider.DDGS:
            return self._ddgs
        key = ""
        if PROVIDERS[chosen.provider].needs_key:
            key = await self._key(chosen.provider)
        base = self._bases.get(chosen.provider, chosen.searxng_url)
        allowed = self._allowed
        if chosen.provider is SearchProvider.SEARXNG:
            # The user named this one server, so it may be at home; nothing else may.
            parts = urlsplit(base)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            allowed = allowed | {(parts.hostname or "", port)}
        client = WebClient(GuardedBackend(allowed), _LIMITS)
        return JsonSearch(chosen.provider, client, base, key)

    async def _key(self, provider: SearchProvider) -> str:
        name = PROVIDERS[provider].name
        try:
            key = await on_side_thread(lambda: self._secrets.get(key_name(provider)), "search key")
        except UserFacingError as error:
            raise SearchError(f"The key of {name} could not be read.", error.title) from error
        if not key or not key.isascii() or not key.isprintable():
            raise SearchError(f"There is no usable key for {name}.", KEY_NOTE)
        return key
