"""`sotto updates`: looks for a newer version once, because the user asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, TextIO

from app.assembly import language_of
from app.paths import Paths
from app.settings import SettingsFile
from app.updates.look import Outcome, UpdateLook, public_client
from app.updates.manifest import Manifest, Source, UpdateError, shipped_source
from app.updates.memory import MemoryFile
from app.updates.policy import are_updates_forbidden
from app.updates.version import Version

if TYPE_CHECKING:  # loaded when somebody is asked
    from app.tools.browser.web_client import WebClient


def updates_command(
    out: TextIO,
    environ: Mapping[str, str],
    *,
    as_json: bool,
    source: Source | None = None,
    make_client: Callable[[], WebClient] = public_client,
) -> int:
    """Ask the source now and print what it says; 0 also where there is nothing newer.

    Args:
        out: where to.
        environ: the process's environment, or a test's.
        as_json: one JSON object instead of lines for people.
        source: whom to ask; the shipped one if None.
        make_client: makes what the source is asked with.

    Raises:
        UpdateError: checks are forbidden, this copy knows nobody to ask, or the look failed.
    """
    paths = Paths.from_environment(environ)
    source = source or shipped_source()
    if are_updates_forbidden(environ):
        raise UpdateError(
            "Looking for updates is switched off on this computer.", "Ask who looks after it."
        )
    if not source.is_known:
        raise UpdateError(
            "This copy of Sotto does not know where updates are told of.",
            "Get a newer one where this one came from.",
        )
    look = UpdateLook(source, MemoryFile(paths.state), make_client)
    outcome = asyncio.run(look.look(is_forced=True))
    if outcome.problem is not None:
        problem = outcome.problem
        raise UpdateError(problem.title, problem.hint, problem.detail, problem.fields)
    language = language_of(SettingsFile(paths.settings).load(), environ)
    out.write(_told(outcome, Version.parse(version("sotto")), language, as_json=as_json))
    return 0


def _told(outcome: Outcome, installed: Version, language: str, *, as_json: bool) -> str:
    newest = outcome.newest
    is_newer = newest is not None and newest.version > installed
    if as_json:
        values = {
            "installed": str(installed),
            "newest": str(newest.version) if newest else None,
            "is_newer": is_newer,
            "page": newest.page if newest else None,
        }
        return json.dumps(values) + "\n"
    if newest is None or not is_newer:
        return f"Sotto {installed} is the newest.\n"
    return f"Sotto {newest.version} is there; this is {installed}.\n{_more(newest, language)}"


def _more(newest: Manifest, language: str) -> str:
    said = newest.says.get(language) or newest.says.get("en", "")
    return "".join(f"{line}\n" for line in (said, newest.page) if line)
