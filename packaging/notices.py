"""Writes the notices of third parties for a frozen app.

    python packaging/notices.py --folder dist/sotto --output dist/sotto/_internal/resources/licences

Run it by its path, in the environment that froze the app (`packaging/shipped.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Final

from shipped import Component, asked_for

NOTICES_NAME: Final = "THIRD_PARTY_NOTICES.txt"
_KINDS: Final = {
    "part": "Parts",
    "python": "Python packages",
    "system": "Libraries of the system it was built on",
}
_LINE: Final = "=" * 78


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when everything has its licence."""
    found, folder = asked_for(arguments, "Write the notices of third parties.", "a folder")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / NOTICES_NAME
    target.write_text(notices(found), encoding="utf-8")
    print(f"notices: {len(found)} parts, {target}")
    return 0


def notices(found: Iterable[Component]) -> str:
    """The text: a list of all parts, then each licence text once with those it belongs to."""
    found = list(found)
    lines = [
        "Sotto is licensed under the Apache License 2.0. It is shipped with what others made.",
        "This file lists it all and gives the licences; it is made from the package itself.",
        "",
    ]
    for kind, heading in _KINDS.items():
        members = [one for one in found if one.kind == kind]
        if members:
            lines += [heading, "-" * len(heading), *map(_row, members), ""]
    texts: dict[str, list[str]] = {}
    for one in found:
        for text in one.texts:
            if text.strip():
                texts.setdefault(text.strip(), []).append(one.name)
    for text, names in texts.items():
        lines += [_LINE, ", ".join(names), _LINE, "", text, ""]
    return "\n".join(lines) + "\n"


def _row(one: Component) -> str:
    said = [f"{one.name} {one.version}".strip(), one.licence or "see its text", one.homepage]
    return "  " + " | ".join(part for part in said if part)


if __name__ == "__main__":
    sys.exit(main())
