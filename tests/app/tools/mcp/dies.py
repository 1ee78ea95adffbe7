"""A program that holds a server, and is killed by its test.  Argument: a folder."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from app.tools.mcp.stdio import Program, stdio_streams

_RAW = Path(__file__).with_name("raw_server.py")


def silent(_: str) -> None:
    """Hear nothing."""


async def main(folder: str) -> None:
    arguments = ("-I", str(_RAW), "stubborn", folder)
    program = Program(sys.executable, arguments, dict(os.environ), folder)
    async with stdio_streams(program, silent, silent):
        sys.stdout.write("started\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


asyncio.run(main(sys.argv[1]))
