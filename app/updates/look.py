"""One look for a newer version: asks the source, checks what comes, remembers it.  Asyncio thread.

The request says nothing but what every browser says: no version, no number of an installation,
no cookie.  It goes to one address and follows no redirect.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from app.chats.background import problem_from
from app.chats.values import Problem
from app.updates.manifest import MAX_BYTES, Manifest, Source, UpdateError, read_manifest
from app.updates.memory import Memory, MemoryFile
from engine.errors import UserFacingError

if TYPE_CHECKING:  # it takes long to load, and most starts look for nothing
    from app.tools.browser.web_client import WebClient

_log = logging.getLogger(__name__)

DAY_MS: Final = 24 * 60 * 60 * 1000
SOON_MS: Final = 4 * 60 * 60 * 1000
_SECONDS: Final = 15.0
_HEADERS: Final = {"Accept": "application/json"}
_FOUND: Final = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known after a look.

    Attributes:
        memory: as it is on disk now.
        newest: what is published, if that is known and still counts.
        problem: why nothing new was learned; None where it was, or nothing was to be asked yet.
    """

    memory: Memory = field(default_factory=Memory)
    newest: Manifest | None = None
    problem: Problem | None = None


def public_client() -> WebClient:
    """A client for the public internet alone: bounded in time and size."""
    from app.tools.browser.guard import GuardedBackend  # noqa: PLC0415 - see above
    from app.tools.browser.web_client import Limits, WebClient  # noqa: PLC0415 - see above

    limits = Limits(total_seconds=_SECONDS, max_bytes=MAX_BYTES)
    return WebClient(GuardedBackend(), limits)


class UpdateLook:
    """Looks for a newer version.

    Args:
        source: whom to ask, and whose word counts.
        memory: what is remembered between starts.
        make_client: makes what the source is asked with.
        now: the time, with its zone.
    """

    def __init__(
        self,
        source: Source,
        memory: MemoryFile,
        make_client: Callable[[], WebClient] = public_client,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source = source
        self._memory = memory
        self._make_client = make_client
        self._now = now

    def recall(self) -> Outcome:
        """What is known without asking anybody; notes the first start."""
        memory = self._memory.load()
        if not memory.first_start_ms:
            memory = self._save(memory.model_copy(update={"first_start_ms": self._now_ms()}))
        return self._outcome(memory)

    async def look(self, *, is_forced: bool) -> Outcome:
        """Ask, unless that was done within a day.

        Args:
            is_forced: the user wants it now.
        """
        memory = self._memory.load()
        if not is_forced and not self._is_due(memory):
            return self._outcome(memory)
        # Noted before: a source that makes Sotto fail is not asked again at every start.
        self._save(memory.model_copy(update={"checked_ms": self._now_ms(), "reached": True}))
        try:
            data = await self._fetched()
            manifest = read_manifest(data, self._source, self._memory.load().seen, self._now())
        except UserFacingError as error:
            _log.warning("no update check: %s", error.detail)
            is_reached = not isinstance(error, UnreachedError)
            memory = self._save(self._memory.load().model_copy(update={"reached": is_reached}))
            return self._outcome(memory, problem_from(error))
        return self._outcome(self._save(self._memory.load().with_manifest(data, manifest)))

    def note_told(self, version: str) -> Outcome:
        """Remember that the user was told of a version."""
        return self._outcome(self._save(self._memory.load().model_copy(update={"told": version})))

    async def _fetched(self) -> bytes:
        from app.tools.browser.addresses import AddressError, web_address  # noqa: PLC0415 - see above
        from app.tools.browser.web_client import PageError  # noqa: PLC0415 - see above

        try:
            address = web_address(self._source.address)
            client = self._make_client()
            client.check(address)
            answer = await client.exchange(address, _HEADERS)
        except (PageError, AddressError) as error:
            raise UnreachedError(
                "Nobody could be asked about updates.",
                "Check the connection, and try again later.",
                str(error),
            ) from error
        if answer.status != _FOUND:
            raise UpdateError(
                "The place where updates are told of did not answer as it should.",
                "Try again later.",
                f"status {answer.status}",
            )
        return answer.body

    def _is_due(self, memory: Memory) -> bool:
        """Once a day; a look that reached nobody is tried again after four hours."""
        since = self._now_ms() - memory.checked_ms
        return since < 0 or since >= (DAY_MS if memory.reached else SOON_MS)

    def _outcome(self, memory: Memory, problem: Problem | None = None) -> Outcome:
        newest = memory.kept(self._source, self._now()) if memory.document else None
        return Outcome(memory, newest, problem)

    def _save(self, memory: Memory) -> Memory:
        try:
            self._memory.save(memory)
        except (OSError, UserFacingError) as error:
            _log.warning("what was learned of updates is not kept: %s", type(error).__name__)
        return memory

    def _now_ms(self) -> int:
        return round(self._now().timestamp() * 1000)


class UnreachedError(UpdateError):
    """The source does not answer."""
