"""What has been done already: one digest a step, kept inside the virtual environment."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest(*parts: str | Path) -> str:
    """Give one digest of texts and of the contents of files."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()


class Stamps:
    """The digests of finished steps.

    They lie inside the virtual environment so that they go when it goes.

    Args:
        folder: Where they are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def is_done(self, step: str, digest: str) -> bool:
        """Tell whether the step was finished with these inputs."""
        return self._read(step) == digest

    def is_outdated(self, step: str, digest: str) -> bool:
        """Tell whether the step was finished, but with other inputs."""
        return self._read(step) not in {digest, None}

    def finish(self, step: str, digest: str) -> None:
        """Remember that the step is finished."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / step).write_text(digest, encoding="ascii")

    def _read(self, step: str) -> str | None:
        try:
            return (self._folder / step).read_text(encoding="ascii")
        except FileNotFoundError:
            return None
