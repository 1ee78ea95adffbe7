"""A quick look at a GGUF file: which model it is, and whether Sotto can run it.

For lists of files.  It jumps over vocabularies that look like ones seen before, so it takes
milliseconds where `engine.gguf` takes a tenth of a second; what is loaded goes through the latter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import ModelFileError
from engine.gguf import (
    ARCHITECTURE,
    OLLAMA_ARCHITECTURE,
    OllamaFileError,
    check_file,
    check_whole,
    expert_quantisation,
    facts_of,
)
from engine.gguf_header import Header, KnownArrays, glance_at_header
from engine.gguf_renaming import renamed
from engine.gguf_split import part_names


@dataclass(frozen=True, slots=True)
class Examination:
    """What a look at a file found.

    Attributes:
        paths: its files, in order; of a model whose parts are not all there, those that are.
        name: `general.name`, or the file's name.
        architecture: as the file says, e.g. "gpt-oss"; "" where it cannot be read.
        size_bytes: of all its files.
        quantisation: of the experts; "" where it is not a gpt-oss.
        layers: transformer blocks; 0 as above.
        problem: why Sotto cannot run it; None where it can.
        can_be_renamed: `engine.gguf_renaming` makes a file of it that Sotto can run.
    """

    paths: tuple[Path, ...]
    name: str
    architecture: str
    size_bytes: int
    quantisation: str = ""
    layers: int = 0
    problem: ModelFileError | None = None
    can_be_renamed: bool = False

    @property
    def is_gpt_oss(self) -> bool:
        """It says that it is one, whoever made it."""
        return self.architecture in (ARCHITECTURE, OLLAMA_ARCHITECTURE)


class Examiner:
    """Looks at files.  One thread at a time; the more files, the less time each takes."""

    def __init__(self) -> None:
        self._arrays = KnownArrays()

    def examine(self, path: Path) -> Examination:
        """Look at a file, or at the model whose part it is; raises nothing."""
        seen: dict[Path, Header] = {}

        def read(one: Path) -> Header:
            seen[one] = glance_at_header(one, self._arrays)
            return seen[one]

        try:
            facts = facts_of(check_file(path, read))
        except ModelFileError as error:
            return _unusable(path, seen, error)
        return Examination(
            facts.paths,
            facts.name,
            ARCHITECTURE,
            facts.size_bytes,
            facts.quantisation,
            facts.layers,
        )


def _unusable(path: Path, seen: Mapping[Path, Header], problem: ModelFileError) -> Examination:
    paths = _those_there(path)
    size = sum(_size(one) for one in paths)
    first = next((seen[one] for one in (*paths, path) if one in seen), None)
    if first is None:
        return Examination(paths, path.stem, "", size, problem=problem)
    architecture = _text(first, "general.architecture")
    found = Examination(
        paths, _text(first, "general.name") or path.stem, architecture, size, problem=problem
    )
    if not found.is_gpt_oss:
        return found
    layers = first.metadata.get(f"{architecture}.block_count")
    found = replace(
        found,
        quantisation=expert_quantisation(first),
        layers=layers if isinstance(layers, int) else 0,
    )
    return _as_ollama_s(found, first) if isinstance(problem, OllamaFileError) else found


def _as_ollama_s(found: Examination, header: Header) -> Examination:
    """With what else there is to say of a file of Ollama's."""
    try:
        check_whole(header, found.size_bytes)
        renamed(header)
    except ModelFileError as error:
        return replace(found, problem=error)
    return replace(found, can_be_renamed=True)


def _those_there(path: Path) -> tuple[Path, ...]:
    """The parts of a model by their names, as far as they are there."""
    parts = [path.with_name(name) for name in part_names(path)]
    return tuple(one for one in parts if _size(one)) or (path,)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _text(header: Header, key: str) -> str:
    value = header.metadata.get(key)
    return value.strip() if isinstance(value, str) else ""
