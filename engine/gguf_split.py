"""A model that was split into several GGUF files: which files they are.

Source of the keys and names: tools/gguf-split/gguf-split.cpp and src/llama-model-loader.cpp of
llama.cpp.  The first part holds what is said of the model; the others hold tensors only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from engine.errors import ModelFileError
from engine.gguf_header import Header, HeaderError, read_header

_PART_NAME: Final = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf\Z")
_UINT16: Final = 2
"""The value type of `split.no`; llama.cpp ends the process where it is another."""

_MOST_PARTS: Final = 1000  # that a name can mean; the largest models have some dozens
_MOST_FILES: Final = 1000  # of a folder that are looked at
_DOWNLOAD: Final = "Put it beside the others, or download the model again."


@dataclass(frozen=True, slots=True)
class Split:
    """What a file says of the whole that it is a part of.

    Attributes:
        number: which part it is, from 0.
        count: how many parts there are.
        tensors: how many tensors all parts have together.
    """

    number: int
    count: int
    tensors: int


def split_of(header: Header) -> Split | None:
    """The part that a file is; None where it is a whole model.

    Raises:
        HeaderError: it says that it is a part, but not which.
    """
    count = header.metadata.get("split.count", 0)
    if isinstance(count, int) and count <= 1:  # merging leaves a 0 behind (gguf-split.cpp)
        return None
    number, tensors = header.metadata.get("split.no"), header.metadata.get("split.tensors.count")
    if not (isinstance(count, int) and isinstance(number, int) and isinstance(tensors, int)):
        raise HeaderError(f"part {number!r} of {count!r} with {tensors!r} tensors")
    if header.types["split.no"] != _UINT16 or not 0 <= number < count:
        raise HeaderError(f"part {number} of {count}")
    return Split(number, count, tensors)


def part_names(path: Path) -> tuple[str, ...]:
    """The names of all parts of a model, if the file is called like one of them; else none."""
    found = _PART_NAME.match(path.name)
    if found is None or not 0 < int(found["number"]) <= int(found["count"]) <= _MOST_PARTS:
        return ()
    count = int(found["count"])
    return tuple(
        f"{found['stem']}-{one:05}-of-{found['count']}.gguf" for one in range(1, count + 1)
    )


def part_paths(path: Path, split: Split) -> tuple[Path, ...]:
    """Where the parts of a model are, the first one first.

    By their names where those are as gguf-split gives them; else whichever files of the folder
    say that they are these parts, if there is just one for each.

    Raises:
        ModelFileError: a part is not there.
    """
    names = part_names(path)
    if len(names) != split.count or names[split.number] != path.name:
        return _by_content(path, split)
    paths = tuple(path.with_name(name) for name in names)
    for one in paths:
        if not one.exists():
            raise ModelFileError(
                "A part of this model is missing: {name}.",
                _DOWNLOAD,
                str(one),
                {"name": one.name},
            )
    return paths


def check_part(path: Path, split: Split, header: Header, number: int) -> None:
    """Make sure that a file is the part it is taken for.

    Args:
        path: the file.
        split: what the first part says.
        header: what the file says.
        number: which part it has to be, from 0.

    Raises:
        ModelFileError: it is another part, or one of another model.
        HeaderError: its header makes no sense.
    """
    own = split_of(header)
    if own is None or (own.count, own.tensors) != (split.count, split.tensors):
        raise _other_model(path)
    if own.number != number:
        raise ModelFileError(
            "{name} is another part of the model than its name says.",
            "Give the parts their own names again, or download the model again.",
            f"part {own.number + 1}, not {number + 1}",
            {"name": path.name},
        )


def joined(headers: tuple[Header, ...], paths: tuple[Path, ...], split: Split) -> Header:
    """What all parts say together; offsets of tensors still count in their own files.

    Raises:
        ModelFileError: a part belongs to another model.
    """
    names: set[str] = set()
    for path, header in zip(paths, headers, strict=True):
        more = {one.name for one in header.tensors}
        if names & more:
            raise _other_model(path)
        names |= more
    if len(names) != split.tensors:
        raise _other_model(paths[-1])
    tensors = tuple(tensor for header in headers for tensor in header.tensors)
    return replace(headers[0], tensors=tensors)


def _by_content(path: Path, split: Split) -> tuple[Path, ...]:
    found: dict[int, list[Path]] = {split.number: [path]}
    files = sorted(path.parent.glob("*.gguf"))[:_MOST_FILES]
    for file in files:
        try:
            other = None if file.samefile(path) else split_of(read_header(file))
        except (OSError, HeaderError):
            continue
        if other is not None and (other.count, other.tensors) == (split.count, split.tensors):
            found.setdefault(other.number, []).append(file)
    if any(len(found.get(number, ())) != 1 for number in range(split.count)):
        raise ModelFileError(
            "The other parts of this model cannot be told from their names.",
            "Name them {stem}-00001-of-{count}.gguf and so on, as they were when published.",
            f"found {[(number, len(files)) for number, files in sorted(found.items())]}",
            {"stem": path.stem, "count": f"{split.count:05}"},
        )
    return tuple(found[number][0] for number in range(split.count))


def _other_model(path: Path) -> ModelFileError:
    return ModelFileError(
        "{name} is a part of another model than the first part.",
        "Put the parts of one download together, or download the model again.",
        str(path),
        {"name": path.name},
    )
