"""What a signature of a manifest is over, and whether one holds.  Pure functions.

The signed bytes are the manifest as canonical JSON behind fixed words, so that a signature made
for something else is never one of a manifest.  Strings and whole numbers only: of those, unlike
of fractions, there is one way to write each.  Releases are signed by the same rule
(`packaging/update_manifest.py`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_PURPOSE: Final = b"sotto update manifest 1\n"
KEY_BYTES: Final = 32
_MOST_SIGNATURES: Final = 8


def signed_bytes(manifest: Mapping[str, Any]) -> bytes:
    """What is signed.

    Raises:
        ValueError: something in it has no canonical form.
    """
    _check(manifest)
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return _PURPOSE + text.encode("ascii")


def key_name(raw: bytes) -> str:
    """What a signature calls the public key it can be checked with."""
    return hashlib.sha256(raw).hexdigest()[:16]


def is_signed(manifest: Mapping[str, Any], signatures: object, keys: Iterable[bytes]) -> bool:
    """Whether any of the keys made one of the signatures; never raises.

    Args:
        manifest: what was signed.
        signatures: as they came: a list of objects with `key` and `signature`.
        keys: raw public keys, 32 bytes each.
    """
    known = {key_name(raw): raw for raw in keys}
    if not isinstance(signatures, list):
        return False
    try:
        message = signed_bytes(manifest)
    except (ValueError, RecursionError):
        return False
    return any(_holds(one, known, message) for one in signatures[:_MOST_SIGNATURES])


def _holds(one: object, known: Mapping[str, bytes], message: bytes) -> bool:
    if not isinstance(one, dict):
        return False
    raw, signature = known.get(str(one.get("key"))), one.get("signature")
    if raw is None or not isinstance(signature, str):
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(raw)
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _check(value: object) -> None:
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise ValueError("names must be strings")
        for inner in value.values():
            _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner)
    elif isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("only strings and whole numbers have a canonical form")
