"""All files of one model, one after the other."""

from __future__ import annotations

from pathlib import Path

from app.models.transfer.equipment import Equipment
from app.models.transfer.fetched import Fetched, target_of
from app.models.transfer.file_transfer import FileTransfer
from app.models.transfer.patience import Patience
from app.models.transfer.standing import Standing
from app.models.values import OfferedModel


class ModelTransfer:
    """Fetches one model.  Asyncio thread; runs once.

    Args:
        model: what.
        folder: where to.
        standing: told how it goes.
        patience: waits between tries.
    """

    def __init__(
        self, model: OfferedModel, folder: Path, standing: Standing, patience: Patience
    ) -> None:
        self._model = model
        self._folder = folder
        self._standing = standing
        self._patience = patience
        standing.total_bytes = model.size_bytes

    async def run(
        self, equipment: Equipment, *, starts_over: bool = False, mends: bool = False
    ) -> Fetched:
        """Fetch what is missing of it.

        Args:
            equipment: what transfers share.
            starts_over: as in `FileTransfer.run`.
            mends: as in `FileTransfer.run`.

        Raises:
            UserFacingError: it needs the user.
        """
        paths, digests, before = [], [], 0
        rest = self._model.size_bytes
        for part in self._model.parts:
            rest -= part.size_bytes
            target = target_of(self._folder, part)
            self._standing.begin_file(before)
            transfer = FileTransfer(
                self._model, part, target, equipment, self._standing, self._patience, rest
            )
            digests.append(await transfer.run(starts_over=starts_over, mends=mends))
            paths.append(target)
            before += target.stat().st_size
        self._standing.begin_file(before)
        return Fetched(tuple(paths), tuple(digests), before)
