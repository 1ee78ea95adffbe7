"""Search by way of `ddgs`: no account, no key, and no promise.  Asyncio thread."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from typing import Any, Final

from app.tools.browser.providers import LIMIT_NOTE, SearchError, SearchResult, results
from app.tools.sandbox.lifeline import Ending, Lifeline
from engine import program

_SECONDS: Final = 25.0
_MOST_BYTES: Final = 1 << 20


def ddgs_command() -> tuple[str, ...]:
    """What starts the process: this very program, frozen or not."""
    return program.again("--search", "app.tools.browser.ddgs_process")


class DdgsSearch:
    """Asks public search pages, which refuse programs when they feel like it.

    Args:
        command: what starts the process that asks.
        proxy: an HTTP proxy for it, or None.
    """

    def __init__(self, command: tuple[str, ...] = (), proxy: str | None = None) -> None:
        self._command = command or ddgs_command()
        self._proxy = proxy

    async def search(self, query: str, topn: int) -> tuple[SearchResult, ...]:
        """As `SearchService.search`."""
        asked = json.dumps({"query": query, "topn": topn, "proxy": self._proxy}).encode()
        try:
            async with asyncio.timeout(_SECONDS):
                told = await self._ask(asked)
        except TimeoutError as error:
            raise SearchError("DDGS took too long.") from error
        except (OSError, ValueError) as error:
            raise SearchError("DDGS did not answer.") from error
        match told.get("error"):
            case None:
                found = told.get("results")
                return tuple(results(found if isinstance(found, list) else [], topn))
            case "limit":
                raise SearchError("DDGS takes no more questions for now.", LIMIT_NOTE)
            case "time":
                raise SearchError("DDGS took too long.")
            case _:
                raise SearchError("DDGS got no results from the search pages.")

    async def _ask(self, asked: bytes) -> dict[str, Any]:
        with Lifeline() as lifeline:
            told = json.loads((await self._output(asked, lifeline))[:_MOST_BYTES])
        if not isinstance(told, dict):
            raise ValueError("an answer is an object")
        return told

    async def _output(self, asked: bytes, lifeline: Lifeline) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *lifeline.command(self._command, Ending.AT_ONCE),
            env=_environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=_MOST_BYTES,
            pass_fds=lifeline.descriptors,
            start_new_session=True,
        )
        lifeline.handed_over()
        try:
            output, _ = await process.communicate(asked)
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return output


def _environment() -> dict[str, str]:
    """Nothing but what Python needs, so that no proxy or key of the user's goes along."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
    python = {"PYTHONPATH": str(program.SOURCES), "PYTHONDONTWRITEBYTECODE": "1"}
    return {**kept, "PATH": os.defpath, **python}
