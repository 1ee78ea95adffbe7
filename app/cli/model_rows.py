"""The rows of `sotto models list`: what is offered and what is here, each model once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from app.assembly import chosen_model
from app.cli.progress_line import size_text, width_of
from app.current_settings import CurrentSettings
from app.models.catalogue import Catalogue
from app.models.library import ModelLibrary
from app.models.outlook import Outlook, Outlooks, Prospect
from app.models.planning import Planner
from app.models.reference import quantisation_of
from app.models.speed_estimate import figure
from app.models.values import Download, LibraryModel, OfferedModel
from app.paths import Paths
from app.words import N_, Words
from engine.errors import UserFacingError
from engine.memory_plan.sentences import gibibytes
from engine.memory_plan.values import MemoryPlan


class RowState(Enum):
    """How a model stands."""

    IN_USE = "in_use"
    HERE = "here"
    MISSING = "missing"
    BEGUN = "begun"
    OFFERED = "offered"
    ADDED = "added"


_STATES: Final = {
    RowState.IN_USE: N_("in use"),
    RowState.HERE: N_("here"),
    RowState.MISSING: N_("file missing"),
    RowState.BEGUN: N_("{percent} % fetched"),
    RowState.OFFERED: N_("to fetch"),
    RowState.ADDED: N_("to fetch, added by you"),
}


class Place(Enum):
    """Where a model would run on this computer."""

    GPU = "gpu"
    BOTH = "gpu_and_processor"
    PROCESSOR = "processor"
    NOWHERE = "too_large"
    UNKNOWN = "unknown"


_PLACES: Final = {
    Place.GPU: N_("on the GPU"),
    Place.BOTH: N_("GPU and processor"),
    Place.PROCESSOR: N_("on the processor"),
    Place.NOWHERE: N_("too large by {size}"),
    Place.UNKNOWN: "",
}


_HEAD: Final = (
    N_("Model"),
    N_("Size"),
    N_("Format"),
    N_("State"),
    N_("Runs"),
    N_("Tokens/s"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One model.

    Attributes:
        here: as the library has it; None where it is only offered.
        offered: as it can be fetched; None where it cannot.
        outlook: what it would be like here; None where nobody can say.
        download: what was fetched of it; None where nothing was, or all.
    """

    state: RowState
    here: LibraryModel | None
    offered: OfferedModel | None
    outlook: Outlook | None
    download: Download | None = None

    @property
    def plan(self) -> MemoryPlan | None:
        """Where its parts would go."""
        return self.outlook.planned.plan if self.outlook else None

    @property
    def pace(self) -> str:
        """Tokens a second, measured or guessed, as it stands in a column."""
        if self.here is not None and self.here.speed is not None:
            return f"{self.here.speed.tokens_per_second:.0f}"
        guess = self.outlook.speed if self.outlook else None
        if guess is None or self.place is Place.NOWHERE:
            return ""
        low, high = figure(guess.low), figure(guess.high)
        return f"~{low}" if low == high else f"~{low}-{high}"

    @property
    def percent(self) -> int:
        """How much of it was fetched."""
        if self.download is None or not self.download.total_bytes:
            return 0
        return 100 * self.download.done_bytes // self.download.total_bytes

    @property
    def id(self) -> str:
        """What it is called on the command line."""
        if self.here is not None:
            return self.here.id
        return self.offered.id if self.offered else ""

    @property
    def size_bytes(self) -> int:
        """Its size; 0 while unknown."""
        known = self.here.size_bytes if self.here else 0
        return known or (self.offered.size_bytes if self.offered else 0)

    @property
    def quantisation(self) -> str:
        """Of its experts; "" while unknown."""
        if self.offered is not None and self.offered.quantisation:
            return self.offered.quantisation
        return quantisation_of(self.here.paths[0].name) if self.here else ""

    @property
    def place(self) -> Place:
        """Where it would run."""
        if self.plan is None:
            return Place.UNKNOWN
        if not self.plan.fits:
            return Place.NOWHERE
        if not self.plan.gpus:
            return Place.PROCESSOR
        is_all = not self.plan.main.blocks and not self.plan.main.expert_blocks
        return Place.GPU if is_all else Place.BOTH

    @property
    def missing_bytes(self) -> int:
        """What memory is short of."""
        return sum(one.missing_bytes for one in self.plan.devices) if self.plan else 0

    def fields(self) -> dict[str, Any]:
        """The row for programs."""
        told: dict[str, Any] = {
            "id": self.id,
            "state": self.state.value,
            "size_bytes": self.size_bytes,
            "quantisation": self.quantisation,
            "runs_on": self.place.value,
            "missing_bytes": self.missing_bytes,
        }
        guess = self.outlook.speed if self.outlook else None
        if guess is not None:
            told["estimated_tokens_per_second"] = [round(guess.low, 2), round(guess.high, 2)]
        if self.download is not None:
            told |= {
                "done_bytes": self.download.done_bytes,
                "folder": str(self.download.folder),
            }
        if self.offered is not None:
            told |= offered_fields(self.offered)
        if self.here is not None:
            speed = self.here.speed
            told |= {
                "name": self.here.name,
                "files": [str(path) for path in self.here.paths],
                "origin": self.here.origin.value,
                "source": self.here.source,
                "verified_ms": self.here.verified_ms,
                "tokens_per_second": round(speed.tokens_per_second, 2) if speed else None,
            }
        return {**told, "id": self.id}


def offered_fields(model: OfferedModel) -> dict[str, Any]:
    """A model that can be fetched, for programs."""
    return {
        "id": model.id,
        "name": model.name,
        "size_bytes": model.size_bytes,
        "quantisation": model.quantisation,
        "licence": model.licence,
        "repository": model.repository,
        "commit": model.commit,
        "address": model.address,
        "parts": [
            {"name": part.name, "size_bytes": part.size_bytes, "sha256": part.sha256}
            for part in model.parts
        ],
        "sources": dict(model.sources),
        "is_added": model.is_added,
    }


def rows_of(
    catalogue: Catalogue,
    library: ModelLibrary,
    current: CurrentSettings,
    paths: Paths,
    begun: Mapping[str, Download],
) -> tuple[Row, ...]:
    """What is here, then what can be fetched, then the practice model.  Asks devices; blocks.

    Args:
        catalogue: what can be fetched.
        library: what is here.
        current: the settings.
        paths: the user's folders.
        begun: downloads that are not over, by their ids.
    """
    outlooks = Outlooks(
        current,
        Planner(),
        request_of=lambda settings: chosen_model(settings, paths),
        loaded=lambda: None,
        free_bytes=lambda: 0,
    )
    offered = {model.id: model for model in catalogue.offered()}
    rows: list[Row] = []
    last: list[Row] = []
    for here in library.models():
        state = RowState.IN_USE if here.id == library.chosen_id else RowState.HERE
        state = RowState.MISSING if here.is_missing else state
        row = Row(state, here, offered.pop(here.id, None), _outlook(outlooks, here))
        (last if here.is_practice else rows).append(row)
    offered |= {id_: one.model for id_, one in begun.items() if id_ not in offered}
    for model in offered.values():
        state = RowState.ADDED if model.is_added else RowState.OFFERED
        state = RowState.BEGUN if model.id in begun else state
        rows.append(Row(state, None, model, _outlook(outlooks, model), begun.get(model.id)))
    return (*rows, *last)


def _outlook(outlooks: Outlooks, model: Prospect) -> Outlook | None:
    try:
        return outlooks.prepared(model, {})()
    except UserFacingError:
        return None


def table(words: Words, rows: Sequence[Row]) -> str:
    """The rows for people."""
    head = tuple(map(words, _HEAD))
    cells = [head, *(_cells(words, row) for row in rows)]
    widths = [max(width_of(line[column]) for line in cells) for column in range(len(head))]
    lines = []
    for line in cells:
        padded = [
            " " * (width - width_of(cell)) + cell
            if column == 1
            else cell + " " * (width - width_of(cell))
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def state_text(words: Words, row: Row) -> str:
    """How a model stands, for people."""
    return words(_STATES[row.state], percent=row.percent)


def _cells(words: Words, row: Row) -> tuple[str, ...]:
    size = size_text(row.size_bytes) if row.size_bytes else "?"
    place = words(_PLACES[row.place]) if row.place is not Place.UNKNOWN else ""
    place = place.format(size=gibibytes(row.missing_bytes))
    state = state_text(words, row)
    return row.id, size, row.quantisation, state, place, row.pace
