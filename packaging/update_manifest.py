"""Makes keys for the manifest of updates, and signs manifests.

    python packaging/update_manifest.py new-key
    python packaging/update_manifest.py sign --version 0.2.0 --page URL --says en=… --output FILE
    python packaging/update_manifest.py check FILE

`sign` takes the private half (base64) from the variable SOTTO_UPDATE_KEY, never from the command
line, where other users of the machine could read it.  Needs the `cryptography` package; run it by
its path.  What is signed and why: `app/updates/signing.py`.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.updates.manifest import Seen, Source, UpdateError, read_manifest, shipped_source  # noqa: E402
from app.updates.signing import key_name, signed_bytes  # noqa: E402
from app.updates.version import Version  # noqa: E402

VARIABLE: Final = "SOTTO_UPDATE_KEY"
DAYS: Final = 180
"""How long a manifest counts; one that is older says nothing, so it is signed anew every month."""


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command line; 0 when it was done."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "new-key":
            print(new_key())
        elif options.command == "sign":
            says = dict(one.split("=", 1) for one in options.says)
            now = datetime.now(UTC).replace(microsecond=0)
            made = manifest(options.version, options.page, says, now, options.days)
            options.output.write_text(signed(made, environ.get(VARIABLE, "")), encoding="utf-8")
        else:
            source = shipped_source()
            data = options.file.read_bytes()
            found = read_manifest(data, source, Seen(), datetime.now(UTC))
            print(f"Sotto {found.version}, signed by a known key, until {found.expires:%Y-%m-%d}")
    except (ValueError, OSError, UpdateError) as error:
        detail = getattr(error, "detail", "")
        print(f"update manifest: {error} {detail}".rstrip(), file=sys.stderr)
        return 1
    return 0


def new_key() -> str:
    """Both halves of a new key, and where they belong."""
    key = Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    private = base64.b64encode(key.private_bytes_raw()).decode()
    return (
        f"public half, for `keys` of resources/update_key.json:\n  {public}\n"
        f"private half, for the secret {VARIABLE} of the release workflow and nowhere else:\n"
        f"  {private}"
    )


def manifest(
    version: str, page: str, says: Mapping[str, str], now: datetime, days: int = DAYS
) -> dict[str, Any]:
    """What is to be signed.

    Args:
        version: the newest one, e.g. `0.2.0`.
        page: where it is told of and can be had; https.
        says: one sentence about it, by language.
        now: the time, with its zone.
        days: how long it counts.

    Raises:
        ValueError: it is no version.
    """
    return {
        "format": 1,
        "version": str(Version.parse(version)),
        "issued": now.astimezone(UTC).isoformat(),
        "expires": (now + timedelta(days=days)).astimezone(UTC).isoformat(),
        "page": page,
        "says": dict(says),
    }


def signed(made: Mapping[str, Any], private: str) -> str:
    """The manifest with its signature, which is checked as the app will check it.

    Raises:
        ValueError: the key is none.
        UpdateError: the app would not believe it.
    """
    raw = base64.b64decode(private, validate=True)
    key = Ed25519PrivateKey.from_private_bytes(raw)
    public = key.public_key().public_bytes_raw()
    signature = base64.b64encode(key.sign(signed_bytes(made))).decode()
    whole = {"manifest": made, "signatures": [{"key": key_name(public), "signature": signature}]}
    text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    issued = datetime.fromisoformat(made["issued"])
    read_manifest(text.encode(), Source("https://", (public,)), Seen(), issued)
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Keys and manifests of updates.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("new-key", help="print both halves of a new key")
    sign = commands.add_parser("sign", help="write a signed manifest")
    sign.add_argument("--version", required=True)
    sign.add_argument("--page", required=True)
    sign.add_argument("--says", action="append", default=[], metavar="LANGUAGE=SENTENCE")
    sign.add_argument("--days", type=int, default=DAYS)
    sign.add_argument("--output", type=Path, required=True)
    check = commands.add_parser("check", help="say whether the app would believe a manifest")
    check.add_argument("file", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
