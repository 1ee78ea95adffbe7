"""Which Hub is asked, and what proves who asks: addresses of mirrors and access tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import urlsplit

from app.models.reference import HUB
from engine.errors import UserFacingError

ENDPOINT_VARIABLE: Final = "HF_ENDPOINT"
TOKEN_VARIABLE: Final = "HF_TOKEN"  # noqa: S105 - the name of a variable
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,500}")


class HubAccessError(UserFacingError):
    """The address of a mirror or a token cannot be used."""


class Secrets(Protocol):
    """Where tokens are kept; `app.secrets.SecretStore` is one.  Blocks."""

    def get(self, name: str) -> str | None:
        """What is kept under a name."""
        ...

    def set(self, name: str, secret: str) -> None:
        """Keep something under a name."""
        ...

    def delete(self, name: str) -> None:
        """Forget what is kept under a name."""
        ...


def endpoint_of(environ: Mapping[str, str], setting: str = "") -> str:
    """The Hub's address without a slash at its end.

    As in `huggingface_hub` the variable `HF_ENDPOINT` names a mirror; it goes before Sotto's own
    setting (`app.settings.Settings.hub_endpoint`).

    Raises:
        HubAccessError: it is no address.
    """
    return checked_endpoint(environ.get(ENDPOINT_VARIABLE) or setting or HUB)


def checked_endpoint(text: str) -> str:
    """The address of a mirror as it is kept.

    Raises:
        HubAccessError: it is no address.
    """
    given = text.strip()
    address = given if "://" in given else f"https://{given}"
    try:
        parts = urlsplit(address)
        is_good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if (
        not is_good
        or parts.scheme not in {"http", "https"}
        or parts.query
        or parts.fragment
        or parts.username is not None
        or re.search(r"[\s\x00-\x1f\x7f]", address)
    ):
        raise HubAccessError(
            "“{address}” is not the address of a mirror of the Hub.",
            "It looks like https://hub.example.org, without a name, a question mark or a #.",
            fields={"address": text[:200]},
        )
    return address.rstrip("/")


def may_carry_token(address: str, endpoint: str) -> bool:
    """Whether a token for this Hub may go to an address: its own, and where nobody listens in.

    So never to the servers that the Hub leads to for the bytes of files, and never over plain
    HTTP, but for this machine itself.
    """
    ours, theirs = urlsplit(endpoint), urlsplit(address)
    same = (ours.scheme, ours.hostname, _port(ours.scheme, ours.port)) == (
        theirs.scheme,
        theirs.hostname,
        _port(theirs.scheme, theirs.port),
    )
    return same and (theirs.scheme == "https" or _is_this_machine(theirs.hostname or ""))


class HubToken:
    """The token for one Hub: from `HF_TOKEN`, else from the keyring.

    Calls may block as long as the keyring's own prompt is open.  One kept for the Hub is not
    given to a mirror, and the other way round.

    Args:
        endpoint: the Hub's address.
        environ: where `HF_TOKEN` may be.
        secrets: where tokens are kept.
    """

    def __init__(self, endpoint: str, environ: Mapping[str, str], secrets: Secrets) -> None:
        self._name = f"access token for {urlsplit(endpoint).netloc.lower()}"
        self._environ = environ
        self._secrets = secrets

    @property
    def is_in_environment(self) -> bool:
        """Whether `HF_TOKEN` says it, so that nothing kept here would count."""
        return bool(self._environ.get(TOKEN_VARIABLE, "").strip())

    def get(self) -> str | None:
        """The token; None where there is none, and where the keyring does not answer.

        A computer without a keyring has no token, and it helps nobody to be told of keyrings there.
        """
        token: str | None = self._environ.get(TOKEN_VARIABLE, "").strip()
        if not token:
            with suppress(UserFacingError):
                token = self._secrets.get(self._name)
        return token if token and _TOKEN.fullmatch(token) else None

    def set(self, token: str) -> None:
        """Keep a token in the keyring; a blank one is forgotten.

        Raises:
            HubAccessError: it has characters that no token has.
            SecretsError: the keyring does not keep it.
        """
        token = token.strip()
        if not token:
            self._secrets.delete(self._name)
            return
        if not _TOKEN.fullmatch(token):
            raise HubAccessError(
                "This is not an access token.",
                "A token is one word without spaces; the Hub shows it once when it is made.",
            )
        self._secrets.set(self._name, token)


def _port(scheme: str, port: int | None) -> int:
    return port or (443 if scheme == "https" else 80)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
