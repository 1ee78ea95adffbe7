"""A program that calls one of the user's functions in a box, and is killed by its test meanwhile.

Arguments: the kind of box, the folder of functions, the function's name, and a path to be what
Python calls itself, or "" for Python.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from app.tools.own.boxed_call import call_in_box
from app.tools.own.folder import FunctionsFolder
from app.tools.own.own_tool import DEFAULT_BOUNDS
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import SandboxKind


async def main(kind: str, place: str, name: str, python: str) -> None:
    sys.executable = python or sys.executable
    folder = FunctionsFolder(lambda: Path(place))
    function = next(one for one in folder.read().functions if one.name == name)
    sandbox = Sandbox(SandboxKind(kind))
    await call_in_box(function, {}, folder, DEFAULT_BOUNDS, sandbox, lambda _: None)


asyncio.run(main(*sys.argv[1:]))
