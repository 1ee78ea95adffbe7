"""What can go wrong with a Hub, in sentences.  Never holds a token or a query of a link."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from engine.errors import UserFacingError

_TRY_LATER: Final = "Try again later."


class HubError(UserFacingError):
    """The Hub, or another server, did not give what was asked for."""


def unreached(url: str, error: Exception) -> HubError:
    """The server does not answer, or not to the end."""
    return HubError(
        "{host} cannot be reached.",
        "Check the connection, and the proxy or the mirror where you use one.",
        detail=type(error).__name__,
        fields={"host": urlsplit(url).netloc},
    )


def broken(url: str) -> HubError:
    """The server answers with something else than a Hub would."""
    return HubError(
        "{host} does not answer as a Hub does.",
        "Check the address of the mirror, or take it away.",
        fields={"host": urlsplit(url).netloc},
    )


def refused(url: str, status: int, code: str, name: str, endpoint: str) -> HubError:
    """The server answers that it does not give it.

    Args:
        url: what was asked.
        status: of the answer.
        code: the Hub's own word for it (`X-Error-Code`), or "".
        name: what was asked for, for people.
        endpoint: the Hub's address.
    """
    host = urlsplit(url).hostname or ""
    fields = {"host": host, "name": name.strip("/")}
    detail = f"status {status} {code}".strip()
    if status in {401, 403}:
        return _shut(code, fields, detail, is_hub=host == urlsplit(endpoint).hostname)
    if status == 404 and code == "RevisionNotFound":
        return HubError(
            "{name} has no such branch or commit.",
            "Look at its page on the Hub.",
            detail,
            fields,
        )
    if status in {404, 410}:
        return HubError(
            "There is no {name} on {host}.",
            "Check how it is written, and whether its page on the Hub opens.",
            detail,
            fields,
        )
    if status == 429:
        return HubError("{host} asks to wait: it was asked too often.", _TRY_LATER, detail, fields)
    return HubError("{host} cannot answer now.", _TRY_LATER, detail, fields)


def _shut(code: str, fields: dict[str, str], detail: str, *, is_hub: bool) -> HubError:
    if not is_hub:
        return HubError(
            "{host} does not give out {name}.",
            "Fetch it with a browser, and import the file.",
            detail,
            fields,
        )
    if code == "GatedRepo":
        return HubError(
            "{name} is for those who accepted its terms.",
            "Accept them on its page on the Hub, and give Sotto an access token: in the settings, "
            "or as HF_TOKEN.",
            detail,
            fields,
        )
    return HubError(
        "{host} shows no {name}: there is none, or it is not for everybody.",
        "Check how it is written. If it is yours, give Sotto an access token: in the settings, or "
        "as HF_TOKEN.",
        detail,
        fields,
    )
