"""Models that are on this computer already, because another program keeps them.

Everything here blocks and belongs on a chores thread; it reads and never changes anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from app.chats.values import Problem
from app.models.file_work import OnProgress, StopSign
from app.models.kept_files import KeptFile, by_identity, digests_of, gguf_files, kept_files
from app.models.linking import take
from app.models.places import Place
from app.models.rewriting import rewrite
from app.models.values import FoundModel, Keeper, LibraryModel, OfferedModel
from engine.gguf_examination import Examination, Examiner

SCAN_SECONDS: Final = 60.0
"""A scan that takes longer ends with what it has: a disk may be slow, or far away."""

_MOST_CHOSEN: Final = 500
_CHOOSE_ANOTHER: Final = "Choose a GGUF file of gpt-oss-20b."
Identity = tuple[int, int]


class ModelFinder:
    """Looks for models.

    Args:
        places: where to look, in order.
        offered: what can be fetched, asked whenever a model is taken.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        places: Sequence[Place],
        offered: Callable[[], Sequence[OfferedModel]] = tuple,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = tuple(places)
        self._offered = offered
        self._clock = clock

    def scan(self, sign: StopSign) -> Iterator[FoundModel]:
        """Look through the folders where programs keep models, telling each find as it comes.

        Only gpt-oss models are told, those that Sotto cannot use too, with the reason.  Each
        file is told once, by the first name it is found under.
        """
        end = self._clock() + SCAN_SECONDS

        def goes_on() -> bool:
            return not sign.is_set and self._clock() < end

        examiner = Examiner()
        seen: set[Identity] = set()
        for place in self._places:
            for kept in kept_files(place, goes_on):
                found = _looked_at(kept, place.keeper, examiner, seen)
                if found is not None:
                    yield found
                if not goes_on():
                    return

    def examine(self, paths: Sequence[Path]) -> tuple[FoundModel, ...]:
        """Look at files that the user names, and into folders.

        Every file gets its word, whatever it is; of a folder only gpt-oss models do, unless
        there is none.
        """
        examiner = Examiner()
        seen: set[Identity] = set()
        found: list[FoundModel] = []
        for path in paths:
            if path.is_dir():
                found += self._in_folder(path, examiner, seen)
            else:
                one = _looked_at(KeptFile(path), self._keeper_of(path), examiner, seen, all_=True)
                found += [one] if one is not None else []
        return tuple(found)

    def take(self, found: FoundModel, folder: Path) -> LibraryModel:
        """Have a found model in a folder without copying it; see `app.models.linking`."""
        return take(found, folder, self._offered())

    def rewrite(
        self, found: FoundModel, folder: Path, on_progress: OnProgress, sign: StopSign
    ) -> LibraryModel:
        """Copy a model of Ollama's with other names in it; see `app.models.rewriting`."""
        return rewrite(found, folder, on_progress, sign, self._offered())

    def _in_folder(self, folder: Path, examiner: Examiner, seen: set[Identity]) -> list[FoundModel]:
        end = self._clock() + SCAN_SECONDS
        found = []
        for number, kept in enumerate(gguf_files(folder, lambda: self._clock() < end)):
            one = _looked_at(kept, self._keeper_of(kept.path), examiner, seen)
            found += [one] if one is not None else []
            if number >= _MOST_CHOSEN:
                break
        return found or [_nothing_in(folder)]

    def _keeper_of(self, path: Path) -> Keeper:
        """Whose folder a file is in."""
        for place in self._places:
            if path.absolute().is_relative_to(place.folder):
                return place.keeper
        return Keeper.OTHER


def _looked_at(
    kept: KeptFile,
    keeper: Keeper,
    examiner: Examiner,
    seen: set[Identity],
    *,
    all_: bool = False,
) -> FoundModel | None:
    """What a file is; None for one that was seen already, and for other programs' other models.

    Args:
        kept: the file.
        keeper: who keeps it.
        examiner: looks at it.
        seen: files that were looked at; learns this one.
        all_: tell of other models too.
    """
    identity = by_identity(kept.path)
    if identity in seen or (identity is None and not all_):
        return None
    examined = examiner.examine(kept.path)
    own = {by_identity(path) for path in (kept.path, *examined.paths)}
    seen |= {one for one in own if one is not None}
    if not all_ and not _is_of_interest(examined, kept):
        return None
    return _found(examined, kept, keeper)


def _is_of_interest(examined: Examination, kept: KeptFile) -> bool:
    """A gpt-oss model, or something that was to be one and cannot be read."""
    if examined.architecture:
        return examined.is_gpt_oss
    name = f"{kept.name} {kept.path.name} {kept.source}".lower()
    return "gpt-oss" in name or "gptoss" in name


def _found(examined: Examination, kept: KeptFile, keeper: Keeper) -> FoundModel:
    error = examined.problem
    problem = None
    if error is not None:
        problem = Problem(error.title, error.hint, error.detail, dict(error.fields))
    return FoundModel(
        examined.paths,
        keeper,
        kept.name or examined.name,
        examined.size_bytes,
        examined.quantisation,
        examined.layers,
        problem,
        kept.source,
        digests_of(examined.paths),
        examined.can_be_renamed,
    )


def _nothing_in(folder: Path) -> FoundModel:
    return FoundModel(
        (folder,),
        Keeper.OTHER,
        folder.name or str(folder),
        0,
        problem=Problem("There is no gpt-oss model in this folder.", _CHOOSE_ANOTHER),
    )
