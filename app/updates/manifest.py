"""The signed note that says which Sotto is the newest, and what it is worth.  Pure functions."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from app import resources
from app.updates.signing import KEY_BYTES, is_signed
from app.updates.version import Version
from engine.errors import UserFacingError

MAX_BYTES: Final = 16 * 1024
_FORMAT: Final = 1
_MOST_CHARACTERS: Final = 300
_MOST_OF_AN_ADDRESS: Final = 400


class UpdateError(UserFacingError):
    """Nothing was learned of newer versions."""


class UntrustedManifestError(UpdateError):
    """What came is not what Sotto's makers published last."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whom to ask, and whose word counts.

    Attributes:
        address: of the manifest; "" where this copy of Sotto knows none.
        keys: raw public keys; a manifest has to be signed by one of them.
    """

    address: str = ""
    keys: tuple[bytes, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether anything can be asked."""
        return bool(self.address and self.keys)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is published.

    Attributes:
        version: the newest one.
        issued: when this was signed.
        expires: after which it says nothing any more.
        page: where the version is told of and can be had.
        says: what is new in one sentence, by language.
    """

    version: Version
    issued: datetime
    expires: datetime
    page: str
    says: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest that was ever read here; nothing older counts.

    Attributes:
        version: of it; None before the first.
        issued: when it was signed.
    """

    version: Version | None = None
    issued: datetime | None = None


def shipped_source() -> Source:
    """From `resources/update_key.json`; none where that cannot be read."""
    try:
        found = json.loads(resources.UPDATE_KEY.read_text(encoding="utf-8"))
        keys = tuple(base64.b64decode(one, validate=True) for one in found["keys"])
        source = Source(str(found["address"]), keys)
    except (OSError, ValueError, KeyError, TypeError, binascii.Error):
        return Source()
    is_sound = source.address.startswith("https://") and all(len(one) == KEY_BYTES for one in keys)
    return source if is_sound else Source()


def read_manifest(data: bytes, source: Source, seen: Seen, now: datetime) -> Manifest:
    """Check what came, the signature first: what nobody signed is not looked at.

    Args:
        data: as it came.
        source: whose signature counts.
        seen: the newest that was read before.
        now: with a time zone.

    Raises:
        UntrustedManifestError: it is not signed, too old, or older than what was seen.
    """
    manifest = _signed_part(data, source)
    try:
        found = _manifest(manifest)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _untrusted("signed, but not understood") from error
    if found.expires < now:
        raise _untrusted("expired")
    if seen.version is not None and found.version < seen.version:
        raise _untrusted("an older version than was seen")
    if seen.issued is not None and found.issued < seen.issued:
        raise _untrusted("signed before the one that was seen")
    return found


def _signed_part(data: bytes, source: Source) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise _untrusted("too large")
    try:
        whole = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_each_name_once,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
        manifest, signatures = whole["manifest"], whole["signatures"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _untrusted("not a manifest") from error
    if not isinstance(manifest, dict) or not is_signed(manifest, signatures, source.keys):
        raise _untrusted("no signature holds")
    return manifest


def _manifest(found: dict[str, Any]) -> Manifest:
    if found["format"] != _FORMAT:
        raise ValueError("of another form")
    page = found["page"]
    if urlsplit(page).scheme != "https" or len(page) > _MOST_OF_AN_ADDRESS:
        raise ValueError("no safe address")
    says = {
        str(language): " ".join(str(text).split())[:_MOST_CHARACTERS]
        for language, text in found.get("says", {}).items()
    }
    issued, expires = _moment(found["issued"]), _moment(found["expires"])
    return Manifest(Version.parse(found["version"]), issued, expires, page, says)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _no_fraction(text: str) -> int:
    raise ValueError(f"no whole number: {text[:20]}")


def _untrusted(detail: str) -> UntrustedManifestError:
    return UntrustedManifestError(
        "What was said about updates cannot be trusted, so it was ignored.",
        "Nothing was changed. Try again later.",
        detail,
    )
