"""Whether a passphrase is the one that was chosen, without keeping it (Argon2id, RFC 9106)."""

from __future__ import annotations

import base64
import hmac
import os
import unicodedata
from dataclasses import astuple

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.secrets import PassphraseCost

_KIND = "argon2id"
_BYTES = 32


def made_check(passphrase: str, cost: PassphraseCost | None = None) -> str:
    """What `fits` needs to know of a passphrase; takes about half a second."""
    cost, salt = cost or PassphraseCost(), os.urandom(16)
    numbers = [str(number) for number in astuple(cost)]
    return "$".join([_KIND, *numbers, _text(salt), _text(_derived(passphrase, salt, cost))])


def fits(check: str, passphrase: str) -> bool:
    """Whether it is that passphrase; False for what `made_check` has not made."""
    try:
        kind, memory, iterations, lanes, salt, wanted = check.split("$")
        cost = PassphraseCost(int(memory), int(iterations), int(lanes))
        if kind != _KIND or not cost.is_sane():
            return False
        found = _derived(passphrase, base64.b64decode(salt), cost)
        return hmac.compare_digest(found, base64.b64decode(wanted))
    except ValueError:
        return False


def _derived(passphrase: str, salt: bytes, cost: PassphraseCost) -> bytes:
    """NFC (RFC 8265): keyboards differ in how they compose a letter."""
    return Argon2id(
        salt=salt,
        length=_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    ).derive(unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass"))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
