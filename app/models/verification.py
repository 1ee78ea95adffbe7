"""All bytes of a model, held against what they should be.  Chores threads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from app.chats.values import Problem
from app.models.file_work import OnProgress, Steps, StoppedError, StopSign, size_of
from app.models.library_file import Kept
from app.models.piece_sums import NoSums, PieceSums, Sums, read_through
from app.models.values import Verification, WrongSpan

_AGAIN_HINT: Final = "Download it again: only what is wrong is fetched."
_MOST_PLACES: Final = 3
_ELSEWHERE_HINT: Final = "Get the file again from where you had it."


def verification(
    kept: Kept, on_progress: OnProgress, sign: StopSign, sums: Sums | None = None
) -> tuple[Verification, tuple[str, ...]]:
    """Read a model's files; gives what came of it, and their digests as they are.

    Args:
        kept: the model.
        on_progress: told how far it is.
        sign: stops it.
        sums: what pieces of right files are like; learns those of files that are.
    """
    sums = sums or NoSums()
    model = kept.model
    wanted = model.sha256 or kept.noted
    hint = _AGAIN_HINT if model.sha256 else _ELSEWHERE_HINT
    try:
        steps = Steps(size_of(model.paths), on_progress, sign)
        read = [read_through(path, steps) for path in model.paths]
    except StoppedError:
        return Verification(model.id, was_stopped=True), ()
    except FileNotFoundError as error:
        gone = Problem(
            "A file of {name} is not there any more.", hint, str(error), {"name": model.name}
        )
        return Verification(model.id, problem=gone), ()
    except OSError as error:
        unread = Problem(
            "{name} could not be read.",
            "Check the disk and try again.",
            str(error),
            {"name": model.name},
        )
        return Verification(model.id, problem=unread), ()
    digests = tuple(digest for digest, _ in read)
    wrong = _wrong(model.paths, digests, wanted)
    for path, (digest, pieces) in zip(model.paths, read, strict=True):
        if path not in wrong and sums.find(digest) is None:
            sums.keep(digest, pieces)
    if not wanted:
        return Verification(model.id, is_first=True), digests
    if not wrong:
        return Verification(model.id), digests
    found = {path: pieces for path, (_, pieces) in zip(model.paths, read, strict=True)}
    right = dict(zip(model.paths, wanted, strict=False))
    spans = tuple(_spans(wrong, found, right, sums))
    return Verification(model.id, wrong, problem=_changed(wrong, spans, hint), spans=spans), digests


def _spans(
    wrong: Sequence[Path], found: Mapping[Path, PieceSums], right: Mapping[Path, str], sums: Sums
) -> Iterator[WrongSpan]:
    for path in wrong:
        known = sums.find(right[path].lower())
        for span in known.wrong_spans(found[path]) if known else ():
            yield WrongSpan(path, span.start, span.stop)


def _changed(wrong: Sequence[Path], spans: Sequence[WrongSpan], hint: str) -> Problem:
    names = ", ".join(path.name for path in wrong)
    if not spans:
        return Problem(
            "{files} is not what it should be: some of its bytes are wrong.",
            hint,
            fields={"files": names},
        )
    places = ", ".join(f"{one.start:,}–{one.end - 1:,}" for one in spans[:_MOST_PLACES])
    more = "" if len(spans) <= _MOST_PLACES else " …"
    return Problem(
        "{files} is not what it should be: wrong is something among its bytes {places}.",
        hint,
        fields={"files": names, "places": places + more},
    )


def _wrong(
    paths: tuple[Path, ...], digests: tuple[str, ...], wanted: tuple[str, ...]
) -> tuple[Path, ...]:
    """Files that differ; one that nobody published a digest of is believed."""
    told = (*wanted, *([""] * (len(paths) - len(wanted))))
    return tuple(
        path
        for path, digest, right in zip(paths, digests, told, strict=False)
        if right and digest != right.lower()
    )
