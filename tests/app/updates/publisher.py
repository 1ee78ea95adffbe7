"""Somebody who publishes manifests, with a key of their own."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.updates.manifest import Source
from app.updates.signing import key_name, signed_bytes

NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)


@dataclass
class Publisher:
    """Signs what a test wants signed."""

    address: str = "https://updates.example/update.json"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def source(self) -> Source:
        return Source(self.address, (self.public,))

    def manifest(self, version: str = "9.0.0", **changes: Any) -> dict[str, Any]:
        return {
            "format": 1,
            "version": version,
            "issued": (NOW - timedelta(days=1)).isoformat(),
            "expires": (NOW + timedelta(days=90)).isoformat(),
            "page": "https://updates.example/9",
            "says": {"en": "Faster.", "ko": "더 빨라요."},
            **changes,
        }

    def signature(self, manifest: dict[str, Any]) -> dict[str, str]:
        made = self.key.sign(signed_bytes(manifest))
        return {"key": key_name(self.public), "signature": base64.b64encode(made).decode()}

    def document(self, version: str = "9.0.0", **changes: Any) -> bytes:
        manifest = self.manifest(version, **changes)
        return json.dumps(
            {"manifest": manifest, "signatures": [self.signature(manifest)]}, ensure_ascii=False
        ).encode()
