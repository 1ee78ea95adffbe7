"""Which services can search the web for the model: what a person chooses and types.

Values only, quick to import; `app.tools.browser.providers` talks to the services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from engine.errors import UserFacingError

_MAX_ADDRESS: Final = 2048


class SearchProvider(StrEnum):
    """A service that searches; NONE is what a new user has."""

    NONE = "none"
    SEARXNG = "searxng"
    BRAVE = "brave"
    EXA = "exa"
    TAVILY = "tavily"
    DDGS = "ddgs"


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """What a person has to know of a provider.

    Attributes:
        name: a proper name; not translated.
        needs_key: of an account there (`key_name`).
        needs_address: of an own server (`Settings.searxng_url`).
        host: where queries go; "" for an own server and where there are several.
    """

    name: str
    needs_key: bool = False
    needs_address: bool = False
    host: str = ""


PROVIDERS: Final[Mapping[SearchProvider, ProviderFacts]] = MappingProxyType(
    {
        SearchProvider.SEARXNG: ProviderFacts("SearXNG", needs_address=True),
        SearchProvider.BRAVE: ProviderFacts(
            "Brave Search", needs_key=True, host="api.search.brave.com"
        ),
        SearchProvider.EXA: ProviderFacts("Exa", needs_key=True, host="api.exa.ai"),
        SearchProvider.TAVILY: ProviderFacts("Tavily", needs_key=True, host="api.tavily.com"),
        SearchProvider.DDGS: ProviderFacts("DDGS"),
    }
)
"""In the order in which they are offered; without NONE."""


def provider_name(value: str) -> str:
    """What people call a provider; of what is none, the value itself.

    Args:
        value: of a `SearchProvider`, as rules and targets of calls have it.
    """
    facts = {provider.value: facts for provider, facts in PROVIDERS.items()}
    return facts[value].name if value in facts else value


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """Who searches.

    Attributes:
        searxng_url: address of the user's own server, as `checked_address` gives it; or "".
    """

    provider: SearchProvider = SearchProvider.NONE
    searxng_url: str = ""


class SearchAddressError(UserFacingError, ValueError):
    """What was typed is no address of a search server."""


def key_name(provider: SearchProvider) -> str:
    """What a provider's key is called in the keyring (`app.secrets.SecretStore`)."""
    return f"search key {provider.value}"


def checked_address(typed: str) -> str:
    """The address of a SearXNG server in one form: http(s), no slash at the end; "" for none.

    A server at home or on this computer is fine: the user named it.

    Raises:
        SearchAddressError: it is none.
    """
    text = typed.strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    is_sound = (
        host
        and len(text) <= _MAX_ADDRESS
        and parts.scheme in ("http", "https")
        and "@" not in parts.netloc
        and not parts.query
        and not parts.fragment
        and not any(letter.isspace() or not letter.isprintable() for letter in text)
        and port != 0
    )
    if not is_sound:
        raise SearchAddressError(
            "This is no address of a search server.",
            "Write it like https://search.example.org or http://localhost:8888.",
        )
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path.rstrip("/"), "", ""))
