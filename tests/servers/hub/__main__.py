"""Run a Hub with some files: `python -m tests.servers.hub owner/name FILE...`.

It prints its endpoint and the commit, then serves until its standard input ends.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.servers.hub.server import hub_server


def main(repository: str, *paths: str) -> None:
    """Serve the files under their own names."""
    with hub_server() as hub:
        commit = hub.put(repository, {Path(one).name: Path(one) for one in paths})
        sys.stdout.write(f"{hub.endpoint} {commit}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
