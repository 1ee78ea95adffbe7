"""What is known of models: those that can be fetched, those being fetched, those that are here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from app.chats.values import Problem


@dataclass(frozen=True, slots=True)
class ModelPart:
    """One file of a model at its source.

    Attributes:
        name: its path inside the repository; of an address, the last part.
        size_bytes: its size; 0 where the source does not say.
        sha256: its digest in hexadecimal; "" where the source does not say.
    """

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that can be fetched.

    Attributes:
        id: names it on the command line and in files, e.g. "gpt-oss-20b".
        name: for people.
        parts: its files, in order; llama.cpp is given the first.
        repository: "owner/name" on the Hub; "" for a bare address.
        commit: 40 hexadecimal digits, or a branch where the user gave one.
        address: where a model without a repository lies; "" otherwise.
        licence: as in SPDX; "" where unknown.
        quantisation: of the experts, e.g. "MXFP4"; "" where unknown.
        sources: where each fact was taken from, by the fact's name.
        is_added: the user added it; it is not in Sotto's own catalogue.
    """

    id: str
    name: str
    parts: tuple[ModelPart, ...]
    repository: str = ""
    commit: str = ""
    address: str = ""
    licence: str = ""
    quantisation: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    is_added: bool = False

    @property
    def size_bytes(self) -> int:
        """All parts together."""
        return sum(part.size_bytes for part in self.parts)


class DownloadState(Enum):
    """Where a download stands."""

    QUEUED = "queued"
    CHECKING = "checking"  # what is on disk is read and held against its digests
    RUNNING = "running"
    WAITING = "waiting"  # the server or the network failed; it tries again by itself
    PAUSED = "paused"
    VERIFYING = "verifying"
    DONE = "done"
    FAILED = "failed"  # it needs the user


@dataclass(frozen=True, slots=True)
class Download:
    """A download as it stands.

    Attributes:
        model: what is fetched.
        folder: where its files will be.
        done_bytes: fetched, and verified as far as that can be done piece by piece.
        total_bytes: 0 while unknown.
        bytes_per_second: of the last seconds; None while unknown.
        seconds_left: None while unknown.
        retry_seconds: until the next try, while it waits.
        problem: why it waits or failed.
        mended: what was found wrong on the way and put right, or is being; worth a quiet line.
    """

    model: OfferedModel
    folder: Path
    state: DownloadState
    done_bytes: int = 0
    total_bytes: int = 0
    bytes_per_second: float | None = None
    seconds_left: float | None = None
    retry_seconds: float | None = None
    problem: Problem | None = None
    mended: Problem | None = None


class Keeper(Enum):
    """Who keeps a model file that was found on this computer."""

    LM_STUDIO = "LM Studio"
    OLLAMA = "Ollama"
    JAN = "Jan"
    GPT4ALL = "GPT4All"
    HUB_CACHE = "Hugging Face"
    LLAMA_CPP = "llama.cpp"
    OTHER = ""  # the user chose it


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model file on this computer, examined by its header.

    Attributes:
        paths: its files, in order.
        keeper: whose folder it is in.
        name: what the header calls it, or the file's name.
        size_bytes: all files together.
        quantisation: of the experts; "" where it is not a gpt-oss.
        layers: transformer blocks; 0 as above.
        problem: why Sotto cannot use it; None where it can.
        source: from where its keeper has it, e.g. a repository; "" where it does not say.
        sha256: of each file, where its keeper names files by them; else empty.
        can_be_rewritten: Sotto can make a copy that it can use (`app.models.rewriting`).
    """

    paths: tuple[Path, ...]
    keeper: Keeper
    name: str
    size_bytes: int
    quantisation: str = ""
    layers: int = 0
    problem: Problem | None = None
    source: str = ""
    sha256: tuple[str, ...] = ()
    can_be_rewritten: bool = False


class Origin(Enum):
    """How a model came into the library."""

    DOWNLOADED = "downloaded"
    LINKED = "linked"  # a link in Sotto's folder; the file lives while either name does
    IN_PLACE = "in place"  # stays where it is, and is gone when its keeper removes it
    SHIPPED = "shipped"  # the practice model; it can be neither moved nor deleted


@dataclass(frozen=True, slots=True)
class MeasuredSpeed:
    """How fast a model was here, from the user's own answers.

    Attributes:
        tokens_per_second: decoded, a running average.
        device: what it ran on, e.g. the label of the GPU.
        measured_ms: when last; Unix time in milliseconds, UTC.
    """

    tokens_per_second: float
    device: str
    measured_ms: int


@dataclass(frozen=True, slots=True)
class LibraryModel:
    """A model of the user's.

    Attributes:
        id: names it; of a catalogue model the catalogue's.
        name: for people.
        paths: its files, in order; the first is what is loaded.
        size_bytes: all files together.
        origin: how it came.
        source: from where, for people: a repository and commit, an address, or a program.
        sha256: of each file, as published; empty where nobody published any.
        verified_ms: when its bytes were last found right; None for never.
        speed: None before it answered.
        is_missing: a file of it is not there any more.
    """

    id: str
    name: str
    paths: tuple[Path, ...]
    size_bytes: int
    origin: Origin
    source: str = ""
    sha256: tuple[str, ...] = ()
    verified_ms: int | None = None
    speed: MeasuredSpeed | None = None
    is_missing: bool = False

    @property
    def is_practice(self) -> bool:
        """Whether it is the model that comes with Sotto."""
        return self.origin is Origin.SHIPPED


@dataclass(frozen=True, slots=True)
class DeletedModel:
    """A model that was deleted and can still come back.

    Attributes:
        model: as it was.
        deleted_ms: when; Unix time in milliseconds, UTC.
        held_bytes: on disk until it is gone for good; 0 where its files were not ours.
    """

    model: LibraryModel
    deleted_ms: int
    held_bytes: int


@dataclass(frozen=True, slots=True)
class WrongSpan:
    """Where the bytes of a file are wrong.

    Attributes:
        start: the first of them.
        end: the first behind them that may be right again.
    """

    path: Path
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What reading a model's files came to.

    Attributes:
        id: the model's.
        wrong: files whose bytes are not what they should be.
        is_first: nobody published what they should be, so what they are now was noted; a later
            verification tells whether they changed.
        was_stopped: the user stopped it; nothing is known then.
        problem: what is wrong and what to do; None where all is right.
        spans: where files are wrong, to the piece; empty where that cannot be known.
    """

    id: str
    wrong: tuple[Path, ...] = ()
    is_first: bool = False
    was_stopped: bool = False
    problem: Problem | None = None
    spans: tuple[WrongSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Moving:
    """What came of moving a model.

    Attributes:
        id: the model's.
        was_stopped: the user stopped it; the model is where it was.
        problem: why it is where it was; None where it was moved.
    """

    id: str
    was_stopped: bool = False
    problem: Problem | None = None
