"""What a server's answer says: which file it is of, which bytes, and what went wrong."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from app.models.transfer.journal import Identity
from app.models.transfer.outcomes import DownloadError, WaitError

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524})
_LONGEST_WAIT_SECONDS: Final = 3600.0
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_CONTENT_RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})\Z")

Headers = Mapping[str, str]
"""Names without regard to case, as httpx2 has them."""


def content_range(headers: Headers) -> tuple[range, int] | None:
    """Which bytes a 206 brings, and of how many; None where it makes no sense."""
    match = _CONTENT_RANGE.match(headers.get("Content-Range", ""))
    if match is None:
        return None
    first, last, size = (int(one) for one in match.groups())
    return (range(first, last + 1), size) if first <= last < size else None


def validator(headers: Headers) -> str:
    """What tells this version of the body from others (RFC 9110 8.8); "" where nothing does.

    A weak ETag does not: bytes of two versions may then differ.
    """
    etag = headers.get("ETag", "")
    if etag and not etag.startswith("W/"):
        return etag
    return headers.get("Last-Modified", "")


def identity(hops: list[Headers], final: Headers, *, is_partial: bool) -> Identity | None:
    """Which file the answer is of.

    The Hub tells of its large files before it leads on, by `X-Linked-Size`, `X-Linked-Etag` and
    `X-Repo-Commit` (names in huggingface_hub's constants.py); the server it leads to has an ETag
    of its own, which may change with the server.

    Returns:
        None where nothing says how large the file is.
    """
    linked = next((hop for hop in hops if hop.get("X-Linked-Etag")), None)
    told = content_range(final) if is_partial else None
    size = told[1] if told else _number(final.get("Content-Length", "")) if not is_partial else 0
    commit = next((hop["X-Repo-Commit"] for hop in [*hops, final] if "X-Repo-Commit" in hop), "")
    if linked is not None:
        size = _number(linked.get("X-Linked-Size", "")) or size
        etag = linked["X-Linked-Etag"].removeprefix("W/").strip('"')
        digest = etag if _SHA256.fullmatch(etag) else ""
    else:
        etag, digest = validator(final).strip('"'), ""
    return Identity(size, etag, commit, digest) if size else None


def refusal(status: int, headers: Headers, host: str) -> DownloadError | WaitError:
    """What an answer without the file means."""
    detail = f"{host} answered {status} {headers.get('X-Error-Code', '')}".rstrip()
    fields = {"host": host, "status": str(status)}
    if status in BUSY:
        return _busy(status, headers, detail, fields)
    if status in {401, 403}:
        return _forbidden(headers, detail, fields)
    if status in {404, 410}:
        return DownloadError(
            "{host} does not have this file any more.",
            "Look whether the model has another address, or choose another model.",
            detail=detail,
            fields=fields,
        )
    if status == 407:
        return DownloadError(
            "The proxy of this network wants a password.",
            "Put it into the address of the proxy in the variable HTTPS_PROXY.",
            detail=detail,
            fields=fields,
        )
    return DownloadError(
        "{host} does not give the file: it answers {status}.",
        "Try again later, or choose another address.",
        detail=detail,
        fields=fields,
    )


def _busy(status: int, headers: Headers, detail: str, fields: dict[str, str]) -> WaitError:
    if status == 429:
        error = WaitError(
            "{host} wants fewer requests, and is left alone for a while.",
            detail=detail,
            fields=fields,
        )
    else:
        error = WaitError("{host} has a fault of its own.", detail=detail, fields=fields)
    error.is_busy = True
    error.seconds = retry_after(headers.get("Retry-After", ""))
    return error


def _forbidden(headers: Headers, detail: str, fields: dict[str, str]) -> DownloadError:
    if headers.get("X-Error-Code", "") == "RepoNotFound":
        return DownloadError(
            "{host} has no such model, or not for everyone.",
            "Check its name. If it is private, add your access token under Models.",
            detail=detail,
            fields=fields,
        )
    return DownloadError(
        "{host} gives this file only to people whom it knows.",
        "Ask for access on the model's page, then add your access token under Models.",
        detail=detail,
        fields=fields,
    )


def retry_after(told: str, now: float | None = None) -> float | None:
    """Seconds that a server wants to be left alone (RFC 9110 10.2.3), an hour at most."""
    if told.isascii() and told.isdigit():
        return min(float(told[:9]), _LONGEST_WAIT_SECONDS)
    try:
        until = parsedate_to_datetime(told).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    seconds = until - (time.time() if now is None else now)
    return min(max(seconds, 0.0), _LONGEST_WAIT_SECONDS)


def _number(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0
