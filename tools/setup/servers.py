"""The MCP servers that the tests start: npm packages, as locked, installed into `build/`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools.setup.diagnosis import failure
from tools.setup.failures import SetupError
from tools.setup.programs import LoggedProgram, say
from tools.setup.stamps import Stamps, digest

_STEP = "servers"


def ensure_test_servers(
    root: Path, programs: LoggedProgram, stamps: Stamps, variables: Mapping[str, str]
) -> None:
    """Install what `tests/servers/package-lock.json` locks with hashes.

    The lock names no place to download from, so npm asks the registry it is set up for.  No
    script of a package runs.

    Raises:
        SetupError: there is no npm, or it failed.
    """
    if missing := [
        name for name in ("node", "npm") if not shutil.which(name, path=variables.get("PATH"))
    ]:
        raise SetupError(
            f"The tests need programs that are not here: {', '.join(missing)}.",
            "Install Node.js, which brings both, and run the same command again.",
        )
    locked = [root / "tests" / "servers" / name for name in ("package.json", "package-lock.json")]
    folder = root / "build" / "servers"
    version = subprocess.run(
        ["node", "--version"], capture_output=True, text=True, check=False, env=dict(variables)
    ).stdout
    inputs = digest(*locked, version)
    if stamps.is_done(_STEP, inputs) and (folder / "node_modules").is_dir():
        return
    say("installing the servers that the tests talk to")
    folder.mkdir(parents=True, exist_ok=True)
    for file in locked:
        shutil.copyfile(file, folder / file.name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
    code, output = programs.run(command, variables)
    if code:
        raise failure(output, code, programs.log)
    stamps.finish(_STEP, inputs)
