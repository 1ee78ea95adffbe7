"""The services that search: what each is asked and what each answers.  Asyncio thread.

Sources: SearXNG https://docs.searxng.org/dev/search_api.html, Brave
https://api-dashboard.search.brave.com/docs, Exa https://exa.ai/docs/reference/search, Tavily
https://docs.tavily.com/api-reference/endpoint/search.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from app.tools.browser.addresses import AddressError, web_address
from app.tools.browser.marks import link_text, one_line
from app.tools.browser.provider_settings import PROVIDERS, SearchProvider
from app.tools.browser.web_client import Answer, PageError, WebClient

TITLE_LIMIT: Final = 200
TEXT_LIMIT: Final = 500

NO_PROVIDER_NOTE: Final = "Nobody searches the web for Sotto yet. Choose a search in the settings."
KEY_NOTE: Final = "The search refused the key. Check it in the settings."
LIMIT_NOTE: Final = "The search takes no more questions for now. Try again later."
FORMAT_NOTE: Final = "The search server does not answer in JSON. Its settings have to allow that."

_LONGEST_BRAVE_QUERY: Final = 400
_TAG: Final = re.compile(r"<[^<>]{0,200}>")
# Tavily: the plan's or the key's limit is reached.
_LIMITS: Final = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.PAYMENT_REQUIRED, 432, 433}


class SearchError(Exception):
    """A search failed; its text says why, in one plain sentence for the model.

    Attributes:
        note: for the user, a key of the translations; "" for none.
    """

    def __init__(self, told: str, note: str = "") -> None:
        super().__init__(told)
        self.note = note


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One result, made fit to be shown between marks.

    Attributes:
        url: in the form in which it would be fetched.
    """

    title: str
    url: str
    host: str
    text: str


class SearchService(Protocol):
    """Somebody who searches."""

    async def search(self, query: str, topn: int) -> tuple[SearchResult, ...]:
        """Ask for pages.

        Args:
            query: in words.
            topn: at most so many, 1 to 20.

        Raises:
            SearchError: no answer came that makes sense.
        """
        ...


BASES: Final[Mapping[SearchProvider, str]] = {
    SearchProvider.BRAVE: "https://api.search.brave.com/res/v1/web/search",
    SearchProvider.EXA: "https://api.exa.ai/search",
    SearchProvider.TAVILY: "https://api.tavily.com/search",
}
"""Where each is asked; SearXNG's is the user's."""


class JsonSearch:
    """A service that is asked over HTTP and answers in JSON.

    Args:
        provider: which one; not DDGS.
        client: makes the exchange.
        base: where it is asked.
        key: of the user's account there; "" where none is needed.
    """

    def __init__(self, provider: SearchProvider, client: WebClient, base: str, key: str) -> None:
        self._provider = provider
        self._name = PROVIDERS[provider].name
        self._client = client
        self._base = base
        self._key = key

    async def search(self, query: str, topn: int) -> tuple[SearchResult, ...]:
        """As `SearchService.search`."""
        url, headers, content = self._request(query, topn)
        try:
            answer = await self._client.exchange(
                web_address(url),
                {"Accept": "application/json", **headers},
                method="GET" if content is None else "POST",
                content=None if content is None else json.dumps(content).encode(),
            )
        except (AddressError, PageError) as error:
            raise SearchError(f"{self._name} could not be asked. {error}") from error
        return tuple(results(self._entries(answer), topn))

    def _request(self, query: str, topn: int) -> tuple[str, dict[str, str], dict[str, Any] | None]:
        """Address, headers and body of the question."""
        post = {"Content-Type": "application/json"}
        match self._provider:
            case SearchProvider.SEARXNG:
                asked = urlencode({"q": query, "format": "json"})
                return f"{self._base}/search?{asked}", {}, None
            case SearchProvider.BRAVE:
                asked = urlencode({"q": query[:_LONGEST_BRAVE_QUERY], "count": topn})
                return f"{self._base}?{asked}", {"X-Subscription-Token": self._key}, None
            case SearchProvider.EXA:
                body = {"query": query, "numResults": topn, "contents": {"highlights": True}}
                return self._base, {"x-api-key": self._key, **post}, body
            case _:
                body = {"query": query, "max_results": topn}
                return self._base, {"Authorization": f"Bearer {self._key}", **post}, body

    def _entries(self, answer: Answer) -> list[Any]:
        self._refuse_errors(answer)
        try:
            told = json.loads(answer.body)
            found = (
                told["web"] if self._provider is SearchProvider.BRAVE and "web" in told else told
            )
            # Brave leaves "web" out where it found nothing.
            entries = found.get("results", [] if self._provider is SearchProvider.BRAVE else None)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise self._senseless() from error
        if not isinstance(entries, list):
            raise self._senseless()
        return entries

    def _refuse_errors(self, answer: Answer) -> None:
        status, name = answer.status, self._name
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            if self._provider is SearchProvider.SEARXNG:
                raise SearchError(f"{name} does not allow answers in JSON.", FORMAT_NOTE)
            raise SearchError(f"{name} refused the key.", KEY_NOTE)
        if status in _LIMITS:
            raise SearchError(f"{name} takes no more questions for now.", LIMIT_NOTE)
        if status != HTTPStatus.OK:
            raise SearchError(f"{name} answered {status} instead of results.")

    def _senseless(self) -> SearchError:
        note = FORMAT_NOTE if self._provider is SearchProvider.SEARXNG else ""
        return SearchError(
            f"{self._name} answered with something that is no list of results.", note
        )


def results(entries: list[Any], topn: int) -> Iterator[SearchResult]:
    """What makes sense of the entries that a service answered with, each address once."""
    seen: set[str] = set()
    for entry in entries:
        if len(seen) >= topn or not isinstance(entry, dict):
            continue
        try:
            address = web_address(str(entry.get("url") or entry.get("href") or ""))
        except AddressError:
            continue
        if address.url in seen:
            continue
        seen.add(address.url)
        title = link_text(_words(entry.get("title")), TITLE_LIMIT) or address.host
        yield SearchResult(title, address.url, address.host, one_line(_snippet(entry), TEXT_LIMIT))


def _snippet(entry: Mapping[str, Any]) -> str:
    """Under its name at Brave, SearXNG and Tavily, ddgs, and Exa."""
    for name in ("description", "content", "body", "highlights", "text", "summary"):
        value = entry.get(name)
        if isinstance(value, list):
            value = " … ".join(one for one in value if isinstance(one, str))
        if value:
            return _words(value)
    return ""


def _words(value: Any) -> str:
    """Text without the tags and entities that services mark the words of the query with."""
    return html.unescape(_TAG.sub("", value[: 16 * TEXT_LIMIT])) if isinstance(value, str) else ""
