"""Writes the software bill of materials of a frozen app, as CycloneDX 1.6 JSON.

    python packaging/sbom.py --folder dist/sotto --output dist/sotto.cdx.json

Run it by its path, in the environment that froze the app (`packaging/shipped.py`).  The same
app gives the same bytes: the time is `SOURCE_DATE_EPOCH`, the serial number comes from the content.
Form: https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tomllib
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from shipped import ROOT, Component, asked_for

_NAMESPACE = uuid.UUID("6b1d1f9e-6b0b-5a43-9a6b-0d5f4f1f6b39")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when the file was written."""
    found, target = asked_for(arguments, "Write the bill of materials.", "a file")
    made = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC)
    document = json.dumps(sbom(found, sotto_version(), made), indent=2, ensure_ascii=False)
    target.write_text(document + "\n", encoding="utf-8")
    print(f"sbom: {len(found)} parts, {target}")
    return 0


def sotto_version() -> str:
    """From pyproject.toml."""
    found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(found["project"]["version"])


def sbom(found: Iterable[Component], version: str, made: datetime) -> dict[str, Any]:
    """The document.

    Args:
        found: what is shipped.
        version: of Sotto.
        made: when; with a time zone.
    """
    entries = [_entry(one) for one in found]
    digest = hashlib.sha256(json.dumps([version, entries], sort_keys=True).encode()).hexdigest()
    root = f"pkg:generic/sotto@{version}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, digest)}",
        "version": 1,
        "metadata": {
            "timestamp": made.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "Sotto",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "purl": root,
            },
        },
        "components": entries,
        "dependencies": [{"ref": root, "dependsOn": [one["bom-ref"] for one in entries]}],
    }


def _entry(one: Component) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": "library",
        "bom-ref": one.purl or f"sotto:{one.kind}:{one.name}",
        "name": one.name,
    }
    if one.version:
        entry["version"] = one.version
    entry["licenses"] = [_licence(one)]
    if one.purl:
        entry["purl"] = one.purl
    if one.homepage:
        entry["externalReferences"] = [{"type": "website", "url": one.homepage}]
    return entry


def _licence(one: Component) -> dict[str, Any]:
    """An SPDX expression, or where there is none the name of the file that has the text."""
    if one.licence:
        return {"expression": one.licence}
    return {"license": {"name": f"see the notices of {one.name}"}}


if __name__ == "__main__":
    sys.exit(main())
