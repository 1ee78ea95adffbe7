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
from app.models.outlook import Outlooks, Prospect
from app.models.planning import Planner
from app.models.reference import quantisation_of
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


@dataclass(frozen=True, slots=True)
class Row:
    """One model.

    Attributes:
        here: as the library has it; None where it is only offered.
        offered: as it can be fetched; None where it cannot.
        plan: where its parts would go; None where nobody can say.
        download: what was fetched of it; None where nothing was, or all.
    """

    state: RowState
    here: LibraryModel | None
    offered: OfferedModel | None
    plan: MemoryPlan | None
    download: Download | None = None

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
        "parts": [part.name for part in model.parts],
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
        row = Row(state, here, offered.pop(here.id, None), _plan(outlooks, here))
        (last if here.is_practice else rows).append(row)
    offered |= {id_: one.model for id_, one in begun.items() if id_ not in offered}
    for model in offered.values():
        state = RowState.ADDED if model.is_added else RowState.OFFERED
        state = RowState.BEGUN if model.id in begun else state
        rows.append(Row(state, None, model, _plan(outlooks, model), begun.get(model.id)))
    return (*rows, *last)


def _plan(outlooks: Outlooks, model: Prospect) -> MemoryPlan | None:
    try:
        return outlooks.prepared(model, {})().planned.plan
    except UserFacingError:
        return None


def table(words: Words, rows: Sequence[Row]) -> str:
    """The rows for people."""
    head = tuple(
        words(text) for text in (N_("Model"), N_("Size"), N_("Format"), N_("State"), N_("Runs"))
    )
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


def _cells(words: Words, row: Row) -> tuple[str, ...]:
    size = size_text(row.size_bytes) if row.size_bytes else "?"
    place = words(_PLACES[row.place]) if row.place is not Place.UNKNOWN else ""
    place = place.format(size=gibibytes(row.missing_bytes))
    state = words(_STATES[row.state], percent=row.percent)
    return row.id, size, row.quantisation, state, place
