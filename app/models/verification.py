"""All bytes of a model, held against what they should be.  Chores threads."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from app.chats.values import Problem
from app.models.file_work import OnProgress, Steps, StoppedError, StopSign, digest_of, size_of
from app.models.library_file import Kept
from app.models.values import Verification

_AGAIN_HINT: Final = "Download it again: only what is wrong is fetched."
_ELSEWHERE_HINT: Final = "Get the file again from where you had it."


def verification(
    kept: Kept, on_progress: OnProgress, sign: StopSign
) -> tuple[Verification, tuple[str, ...]]:
    """Read a model's files; gives what came of it, and their digests as they are."""
    model = kept.model
    wanted = model.sha256 or kept.noted
    hint = _AGAIN_HINT if model.sha256 else _ELSEWHERE_HINT
    try:
        steps = Steps(size_of(model.paths), on_progress, sign)
        digests = tuple(digest_of(path, steps) for path in model.paths)
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
    if not wanted:
        return Verification(model.id, is_first=True), digests
    wrong = _wrong(model.paths, digests, wanted)
    if not wrong:
        return Verification(model.id), digests
    names = ", ".join(path.name for path in wrong)
    changed = Problem(
        "{files} is not what it should be: some of its bytes are wrong.",
        hint,
        fields={"files": names},
    )
    return Verification(model.id, wrong, problem=changed), digests


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
