from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import resources
from app.updates.manifest import Seen, Source, UntrustedManifestError, read_manifest
from app.updates.version import Version
from update_manifest import VARIABLE, main, manifest, new_key, signed

NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)
SIGN = ["sign", "--version", "0.2.0", "--page", "https://x.example/0.2", "--says", "en=Faster."]


def halves() -> tuple[str, str]:
    lines = [line.strip() for line in new_key().splitlines()]
    return lines[1], lines[3]


def test_a_signed_manifest_is_believed_by_the_app(tmp_path: Path) -> None:
    public, private = halves()
    file = tmp_path / "update.json"
    assert main([*SIGN, "--output", str(file)], {VARIABLE: private}) == 0
    source = Source("https://x.example", (base64.b64decode(public),))
    found = read_manifest(file.read_bytes(), source, Seen(), datetime.now(UTC))
    assert found.version == Version(0, 2, 0)
    assert found.says == {"en": "Faster."}


def test_check_says_what_the_app_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    public, private = halves()
    file, keys = tmp_path / "update.json", tmp_path / "keys.json"
    keys.write_text(json.dumps({"address": "https://x.example", "keys": [public]}), "utf-8")
    monkeypatch.setattr(resources, "UPDATE_KEY", keys)
    main([*SIGN, "--output", str(file)], {VARIABLE: private})
    assert main(["check", str(file)], {}) == 0
    assert "Sotto 0.2.0, signed by a known key" in capsys.readouterr().out
    main([*SIGN, "--output", str(file)], {VARIABLE: halves()[1]})
    assert main(["check", str(file)], {}) == 1
    assert "no signature holds" in capsys.readouterr().err


@pytest.mark.parametrize("private", ["", "AAAA", "not base64!"])
def test_without_a_key_nothing_is_written(tmp_path: Path, private: str) -> None:
    file = tmp_path / "update.json"
    assert main([*SIGN, "--output", str(file)], {VARIABLE: private}) == 1
    assert not file.exists()


def test_what_the_app_would_not_believe_is_not_signed() -> None:
    key = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
    with pytest.raises(UntrustedManifestError):
        signed(manifest("0.2.0", "http://plain.example", {}, NOW), key)
