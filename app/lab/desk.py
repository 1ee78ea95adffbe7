"""What a page or a command line can ask of the lab."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from app.lab.values import Evaluation, LabChange, RunId, RunPlan, RunProgress


class LabDesk(Protocol):
    """The part of `app.lab.service.LabService` that others use.

    Confined to the chat service's thread; nothing blocks.
    """

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """All evaluations, in the order in which they are listed."""
        ...

    @property
    def progress(self) -> RunProgress:
        """How far the lab is."""
        ...

    def subscribe(self, callback: Callable[[LabChange], None]) -> Callable[[], None]:
        """Call `callback` with every change from now on; returns the way to unsubscribe."""
        ...

    def estimate(self, plan: RunPlan) -> None:
        """Ask how long a plan will take; `EstimateChanged` follows.

        Where nothing is known of this machine's speed, a short answer is measured first, as
        soon as no chat is being answered; then a second `EstimateChanged` follows.
        """
        ...

    def start(self, plan: RunPlan) -> None:
        """Begin one run per evaluation; nothing while the lab is at work."""
        ...

    def stop(self) -> None:
        """Stop after what is stored already; `resume` goes on with the task that was cut."""
        ...

    def resume(self, run_ids: Sequence[RunId]) -> None:
        """Go on with runs of the loaded model, in this order; `LabNotice` for others."""
        ...

    def refresh(self) -> None:
        """Ask for the list of runs; `RunsChanged` follows."""
        ...

    def open(self, run_id: RunId) -> None:
        """Ask for a run with its outcomes and scores; `ResultChanged` follows."""
        ...

    def delete(self, run_ids: Sequence[RunId]) -> None:
        """Destroy runs and their outcomes; `RunsChanged` follows."""
        ...

    def export(
        self, run_ids: Sequence[RunId], file: Path, on_done: Callable[[], None] = lambda: None
    ) -> None:
        """Write runs as JSON; all of them for (); `LabNotice` where that fails."""
        ...
