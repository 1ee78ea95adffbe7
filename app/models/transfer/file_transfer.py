"""One file from nothing, or from what is here of it, to its name in the folder."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from app.models.piece_sums import Sums
from app.models.transfer import space
from app.models.transfer.disk_errors import no_room, told_of_disk
from app.models.transfer.equipment import Equipment
from app.models.transfer.fetching import Fetching, changed
from app.models.transfer.gathering import Gathering
from app.models.transfer.journal import Identity
from app.models.transfer.outcomes import (
    DownloadError,
    NoRoomError,
    StaleLinkError,
    WaitError,
)
from app.models.transfer.part_file import PartFile, StoppedError, remove_part
from app.models.transfer.patience import Patience
from app.models.transfer.pieces import Layout, Pieces
from app.models.transfer.second_look import SecondLook
from app.models.transfer.standing import Standing
from app.models.values import DownloadState, ModelPart, OfferedModel

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_READ_BYTES: Final = 1 << 20


class FileTransfer:
    """Fetches one file of a model.  Asyncio thread; runs once.

    Args:
        model: whose file it is.
        part: the file.
        target: where it is to be.
        equipment: what transfers share.
        standing: told how it goes.
        patience: waits between tries.
        rest_bytes: what further files of the model will take of the disk.
    """

    def __init__(
        self,
        model: OfferedModel,
        part: ModelPart,
        target: Path,
        equipment: Equipment,
        standing: Standing,
        patience: Patience,
        rest_bytes: int = 0,
    ) -> None:
        self._part_facts = part
        self._target = target
        self._with = equipment
        self._standing = standing
        self._patience = patience
        self._rest_bytes = rest_bytes
        self._fetching = Fetching(equipment.client, equipment.source, model, part)
        self._stop = threading.Event()
        self._size_bytes = part.size_bytes
        self._identity: Identity | None = None
        self._is_identified = False
        self._gathering: Gathering | None = None
        self._pieces: Pieces | None = None
        self._second_look: SecondLook | None = None

    async def run(self, *, starts_over: bool = False, mends: bool = False) -> str:
        """Fetch it; whatever passes is waited for, without end.

        Args:
            starts_over: what is here of another version at the source is given up.
            mends: a file of that name is here, and is wrong somewhere.

        Returns:
            The sha256 of the file.

        Raises:
            ChangedError: what is here is of another version than the source has now.
            DownloadError: something else that needs the user.
        """
        self._standing.is_now(DownloadState.CHECKING)
        try:
            count = self._count_checked()
            digest = await self._on_disk(lambda: _digest(self._target, count, self._stop))
            if digest is not None and self._is_wanted(digest):
                with suppress(WaitError):  # whoever fetches it will see that it is here
                    await self._on_disk(lambda: remove_part(self._target))
                return digest
            if digest is not None and not mends:
                raise _name_taken(self._target)
            return await self._through_troubles(starts_over, has_file=digest is not None)
        finally:
            self._stop.set()

    async def _through_troubles(self, starts_over: bool, *, has_file: bool) -> str:
        part: PartFile | None = None
        try:
            while True:
                try:
                    if part is None:
                        part = await self._on_disk(lambda: _open(self._target, self._with))
                    if self._gathering is None:
                        await self._set_up(part, starts_over=starts_over, adopts=has_file)
                    digest = await self._fetch(part)
                    await self._on_disk(partial(_keep, part, digest, self._with.sums))
                    return digest
                except StaleLinkError:
                    await self._rest(WaitError("The source gives links that do not work."))
                except WaitError as error:
                    await self._rest(error)
        finally:
            self._stop.set()
            if part is not None:
                await asyncio.shield(self._with.on_disk(part.close))

    # Before the first byte.

    def _is_wanted(self, digest: str) -> bool:
        """Whether a file that has the name already is the one that is wanted.

        Where nobody published a digest, its size has to do.
        """
        wanted = self._part_facts
        if wanted.sha256:
            return digest == wanted.sha256
        return self._target.stat().st_size == wanted.size_bytes

    async def _set_up(self, part: PartFile, *, starts_over: bool, adopts: bool) -> None:
        """Find out what is here and what is at the source, and whether the two belong together.

        May be called again after a `WaitError`; what was read by then is not read again.
        """
        if self._pieces is None:
            await self._take_up(part)
        if self._pieces is None or not self._pieces.is_whole:
            identity = await self._identified()
            if self._pieces is None:
                await self._begin(part, identity, adopts=adopts)
            elif self._identity and identity.is_other_than(self._identity):
                if not starts_over:
                    raise changed(self._part_facts.name)
                await self._begin(part, identity)
        assert self._pieces is not None  # noqa: S101 - _begin() made them
        assert self._identity is not None  # noqa: S101 - see above
        self._fetching.expect(self._identity)
        self._gathering = Gathering(
            self._fetching, part, self._pieces, self._with, self._standing, self._patience
        )

    async def _take_up(self, part: PartFile) -> None:
        """Read what an earlier run left, and keep what of it is right."""
        found = await self._on_disk(part.found)
        if found is None or not self._is_of_use(found.identity):
            return
        count = self._count_checked()
        here = await self._on_disk(lambda: part.go_on(found, count, self._stop.is_set))
        self._identity = found.identity
        self._pieces = Pieces(found.layout, here)
        self._tell_size(found.identity)
        self._standing.has(self._pieces.here_bytes)

    def _is_of_use(self, found: Identity) -> bool:
        """Whether an earlier run fetched the file that is wanted now."""
        wanted = self._part_facts
        if not wanted.sha256:
            return True
        is_sized = wanted.size_bytes in {0, found.size_bytes}
        return is_sized and found.sha256 in {"", wanted.sha256}

    async def _identified(self) -> Identity:
        """Which file the source has.

        Raises:
            DownloadError: it is not the one that the catalogue names.
        """
        identity = await self._fetching.identify()
        if not self._is_of_use(identity):
            raise DownloadError(
                "The source has another file than the one that was published.",
                "Choose another mirror, or look for a newer catalogue.",
                detail=f"{identity.size_bytes} bytes, {identity.etag}",
            )
        self._is_identified = True
        return identity

    async def _begin(self, part: PartFile, identity: Identity, *, adopts: bool = False) -> None:
        layout = Layout(identity.size_bytes, self._with.piece_bytes)
        here: list[int] = []
        if adopts:
            here = await self._on_disk(lambda: self._adopt(part, identity, layout))
        else:
            wanted = identity.size_bytes + self._rest_bytes
            await self._on_disk(lambda: _see_room(part.path, wanted, self._with))
            await self._on_disk(lambda: part.begin(identity, layout))
        self._identity = identity
        self._pieces = Pieces(layout, here)
        self._tell_size(identity)
        self._standing.has(self._pieces.here_bytes)

    def _adopt(self, part: PartFile, identity: Identity, layout: Layout) -> list[int]:
        """Begin with the file that is here, without what is known to be wrong of it."""
        right = self._with.sums.find(self._part_facts.sha256)
        return part.adopt(identity, layout, self._stop.is_set, right)

    # The bytes, and whether they are right.

    async def _fetch(self, part: PartFile) -> str:
        assert self._gathering is not None  # noqa: S101 - _set_up() made all three
        assert self._pieces is not None  # noqa: S101 - see above
        assert self._identity is not None  # noqa: S101 - see above
        while True:
            if not self._pieces.is_whole:
                self._standing.is_now(DownloadState.RUNNING)
            await self._gathering.run()
            self._standing.is_now(DownloadState.VERIFYING)
            self._standing.has(self._pieces.here_bytes)
            digest = await self._on_disk(lambda: part.sha256(self._stop.is_set))
            wanted = self._part_facts.sha256 or self._identity.sha256
            if not wanted or digest == wanted:
                return digest
            damaged = await self._on_disk(lambda: list(part.damaged(self._stop.is_set)))
            if not damaged:
                return await self._look_again(part, self._pieces.layout, wanted)
            self._standing.mend(_damaged(damaged, self._pieces.layout))
            for index in damaged:
                self._pieces.lose(index)

    async def _look_again(self, part: PartFile, layout: Layout, wanted: str) -> str:
        """Compare all with the source once more, and replace what is wrong."""
        if self._second_look is None:
            _log.warning("a file is not what was published; it is compared with its source")
            self._second_look = SecondLook(self._fetching, part, layout, self._with, self._standing)
            self._standing.mend(_WRONG_SOMEWHERE)
        if not self._is_identified:
            await self._identified()
        if await self._second_look.run(wanted, self._stop.is_set):
            self._standing.mend(_damaged(self._second_look.replaced, layout))
            return wanted
        self._second_look = None
        raise DownloadError(
            "What the source sends is not the file that was published.",
            "Try again later, or choose another mirror. What was fetched is kept until then.",
            detail=f"sha256 should be {wanted}",
        )

    # Waiting.

    async def _rest(self, error: WaitError) -> None:
        if isinstance(error, NoRoomError):
            seconds = self._with.room_seconds
        else:
            seconds = self._patience.next_seconds(error.seconds)
        _log.info("a download waits: %s", error.detail or error.title)
        self._standing.is_now(DownloadState.WAITING, error, seconds)
        await self._patience.wait(seconds)
        self._standing.is_now(DownloadState.RUNNING)

    async def _on_disk(self, work: Callable[[], _T]) -> _T:
        with told_of_disk(self._target.parent):
            return await self._with.on_disk(work)

    def _tell_size(self, identity: Identity) -> None:
        """Count the file with the size that it has, which the catalogue need not know."""
        self._standing.total_bytes += identity.size_bytes - self._size_bytes
        self._size_bytes = identity.size_bytes

    def _count_checked(self) -> Callable[[int], None]:
        """Tells how much was read, from the thread of the disk."""
        loop, read = asyncio.get_running_loop(), 0

        def count(more: int) -> None:
            nonlocal read
            read += more
            loop.call_soon_threadsafe(self._standing.has, read)

        return count


_WRONG_SOMEWHERE: Final = DownloadError(
    "Something in the file is wrong; it is compared with its source to find out what."
)


def _open(target: Path, equipment: Equipment) -> PartFile:
    target.parent.mkdir(parents=True, exist_ok=True)
    return PartFile(target, equipment.reserve)


def _keep(part: PartFile, digest: str, sums: Sums) -> None:
    """Give a file its name, and note what its pieces are like."""
    found = part.sums
    part.keep()
    if found is not None:
        sums.keep(digest, found)


def _see_room(part: Path, wanted_bytes: int, equipment: Equipment) -> None:
    """See that a whole model has room, before any of it is fetched.

    Raises:
        NoRoomError: it has not.
    """
    wanted = wanted_bytes - space.taken_bytes(part) + equipment.reserve_bytes
    missing = wanted - equipment.free_bytes(part.parent)
    if missing > 0:
        raise no_room(part.parent, missing)


def _digest(target: Path, count: Callable[[int], None], stop: threading.Event) -> str | None:
    """The digest of a file; None where there is none."""
    try:
        with target.open("rb") as file:
            digest = hashlib.sha256()
            while data := file.read(_READ_BYTES):
                if stop.is_set():
                    raise StoppedError
                digest.update(data)
                count(len(data))
            return digest.hexdigest()
    except FileNotFoundError:
        return None


def _name_taken(target: Path) -> DownloadError:
    return DownloadError(
        "The folder has another file named {file} already.",
        "Move that file away, or choose another folder.",
        fields={"file": target.name},
    )


def _damaged(pieces: list[int], layout: Layout) -> DownloadError:
    """Which part of the file was wrong."""
    first = layout.span(pieces[0]).start
    return DownloadError(
        "{count} pieces of the file were wrong and were fetched again."
        if len(pieces) > 1
        else "A piece of the file was wrong and was fetched again.",
        detail=f"the first at byte {first}",
        fields={"count": str(len(pieces))},
    )
