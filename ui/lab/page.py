"""The evaluation lab: small evaluations of the loaded model, run and drawn on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import Qt, QTimer
from typing_extensions import override

from app.chats.changes import StatusChanged
from app.chats.values import Problem
from app.lab.values import (
    EstimateChanged,
    LabChange,
    LabNotice,
    LabState,
    OutcomeAdded,
    ProgressChanged,
    ResultChanged,
    Run,
    RunId,
    RunPlan,
    RunProgress,
    RunsChanged,
)
from app.settings import Settings
from engine.requests import Sampling
from ui.chat.tools.doors import while_alive
from ui.controls.announcing import announce
from ui.controls.label import Label
from ui.lab.chart_card import ChartCard
from ui.lab.chart_image import chart_image
from ui.lab.choosing import ChoosingSection
from ui.lab.progress_card import ProgressCard
from ui.lab.result_section import ResultSection
from ui.lab.runs_section import RunsSection
from ui.lab.telling import tell
from ui.lab.wording import work_text
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.theme.tokens import Space, TypeSize

_REFRESH_MS: Final = 700
"""So long at least between two looks at a result that grows."""


class Tell(Protocol):
    """Says something in one place of the page; "" for nothing."""

    def __call__(self, text: str, *, is_wrong: bool = False) -> None:
        """Say it."""
        ...


class LabPage(SettingsPage):
    """Choose, run, read.

    The lab works on whether the page is shown or not; the page asks it for what it shows.

    Args:
        desk: what the pages work with.
    """

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Evaluation lab"))
        words, theme = desk.words, desk.theme
        self._lab = lab = desk.lab()
        self._known = {one.id: one for one in lab.evaluations}
        self._status = StatusChanged()
        self._open: RunId | None = None
        self._is_leading_there = False
        self._speak: Tell = self._tell
        said = words(
            "Small evaluations of the loaded model, on this computer. The questions were written "
            "for Sotto, so that scores cannot be held against published ones. Numbers in brackets "
            "are sections of the model card."
        )
        self.intro = Label(theme, said, size=TypeSize.CODE, role="muted", wrap=True)
        self.said = Label(theme, size=TypeSize.CODE, wrap=True)
        self.progress = ProgressCard(theme, words, self._known)
        sampling = _sampling(desk.current.value)
        self.choosing = ChoosingSection(theme, words, lab.evaluations, sampling)
        self.runs = RunsSection(theme, words, self._known)
        self.result = ResultSection(theme, words)
        for part in (self.intro, self.said, self.progress, self.choosing, self.runs, self.result):
            self.add(part)
        for hidden in (self.said, self.progress, self.result):
            hidden.hide()
        self._looking = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._looking.timeout.connect(self._look)
        self._connect()
        desk.current.subscribe(self._show_settings)
        lab.subscribe(while_alive(self, self._take))
        self._show_progress(lab.progress)

    @override
    def refresh(self) -> None:
        self._lab.refresh()
        self._estimate()
        self._look()
        self.settle()

    @override
    def show_status(self, status: StatusChanged) -> None:
        is_other = status.loaded != self._status.loaded
        self._status = status
        self._allow()
        if is_other:
            self._estimate()

    def _connect(self) -> None:
        self.choosing.changed.connect(self._estimate)
        self.choosing.start_wanted.connect(self._start)
        self.progress.stop_wanted.connect(self._lab.stop)
        self.runs.show_wanted.connect(self._show_run)
        self.runs.resume_wanted.connect(self._resume)
        self.runs.delete_wanted.connect(self._delete)
        self.runs.export_wanted.connect(self._export_all)
        self.result.export_wanted.connect(self._export_open)
        self.result.image_wanted.connect(self._keep_image)
        self.runs.resized.connect(self.settle)
        self.result.resized.connect(self.settle)

    def _take(self, change: LabChange) -> None:
        match change:
            case ProgressChanged():
                self._show_progress(change.progress)
            case OutcomeAdded():
                if change.run.id == self._open and not self._looking.isActive():
                    self._looking.start()
            case RunsChanged():
                self.runs.show_runs(change.runs)
                if self._open is not None and self._open not in {one.id for one in change.runs}:
                    self._close_result()
            case ResultChanged():
                self._show_result(change)
            case EstimateChanged():
                if change.plan == self.choosing.plan:
                    self.choosing.show_estimate(change.estimate)
            case LabNotice():
                self._say_problem(change.problem)

    # ---- what is at work

    def _start(self, plan: RunPlan) -> None:
        self._speak_from(self._tell)
        self._open = None
        self._lab.start(plan)
        self.ensureWidgetVisible(self.heading)

    def _resume(self, run: Run) -> None:
        self._speak_from(self.runs.tell)
        self._lab.resume((run.id,))
        self.ensureWidgetVisible(self.heading)

    def _show_progress(self, progress: RunProgress) -> None:
        is_at_work = progress.state is not LabState.IDLE
        was_at_work = not self.progress.isHidden()
        self.progress.setVisible(is_at_work)
        self._desk.show_work(work_text(self._words, progress))
        if is_at_work:
            self.progress.show_progress(progress)
        if progress.problem is not None:
            self._say_problem(progress.problem)
        self.runs.show_at_work(progress.run if is_at_work else None)
        self._allow(is_at_work=is_at_work)
        run = progress.run
        if is_at_work and run is not None and run.id != self._open and self._open is None:
            self._open_run(run.id)
        if is_at_work != was_at_work:
            if was_at_work:
                announce(self, self._words("The evaluation has ended."))
            self._lab.refresh()
            self._look()
            self.settle()

    def _allow(self, *, is_at_work: bool | None = None) -> None:
        """Say why nothing can begin, where that is so."""
        words = self._words
        busy = not self.progress.isHidden() if is_at_work is None else is_at_work
        if busy:
            self.choosing.forbid(words("A run is at work. Stop it to begin another."))
        elif not self._status.can_answer:
            self.choosing.forbid(words("This needs a loaded model."))
        else:
            self.choosing.forbid("")

    def _estimate(self) -> None:
        """Only for eyes: it may measure the speed, and after the window's end there is no lab."""
        if self.isVisible():
            self._lab.estimate(self.choosing.plan)

    def _show_settings(self, settings: Settings) -> None:
        self.choosing.sampling = _sampling(settings)
        self._estimate()

    # ---- results

    def _show_run(self, run: Run) -> None:
        self._speak_from(self._tell)
        self._is_leading_there = True
        self._open_run(run.id)

    def _open_run(self, run_id: RunId) -> None:
        self._open = run_id
        self._lab.open(run_id)

    def _look(self) -> None:
        if self._open is not None and self.isVisible():
            self._lab.open(self._open)

    def _show_result(self, change: ResultChanged) -> None:
        run = change.result.run
        if run.id != self._open:
            return
        self.result.show_result(self._known[run.evaluation], change.result)
        self.result.show()
        self.settle()
        if self._is_leading_there:
            self._is_leading_there = False
            # After the layout: only then is it known where the result begins.
            QTimer.singleShot(60, self.result, self._lead_there)

    def _lead_there(self) -> None:
        """To the heading, with the first plot ready for the arrow keys."""
        first = self.result.cards[0].view if self.result.cards else self.result.export
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.verticalScrollBar().setValue(self.result.y() - Space.PAD)

    def _close_result(self) -> None:
        self._open = None
        self.result.hide()
        self.settle()

    def _delete(self, run: Run) -> None:
        self._speak_from(self.runs.tell)
        self._lab.delete((run.id,))

    # ---- what is kept in files

    def _export_all(self) -> None:
        self._speak_from(self.runs.tell)
        self._export((), "sotto-lab.json")

    def _export_open(self) -> None:
        self._speak_from(self.result.tell)
        if self._open is not None and self.result.result is not None:
            evaluation = self.result.result.run.evaluation
            self._export((self._open,), f"sotto-{evaluation}.json")

    def _export(self, run_ids: tuple[RunId, ...], name: str) -> None:
        target = self._desk.choose_target(self, self._words, name)
        if target:
            said = self._words("Written to {file}.", file=target)
            self._lab.export(run_ids, Path(target), while_alive(self, lambda: self._speak(said)))

    def _keep_image(self, card: ChartCard) -> None:
        result, words = self.result.result, self._words
        if result is None:
            return
        name = f"sotto-{result.run.evaluation}.png"
        target = self._desk.choose_target(self, words, name)
        if not target:
            return
        image = chart_image(self._theme, card.view.chart, self.result.lines)
        if image.save(target, "PNG"):  # type: ignore[call-overload]
            card.tell(words("Written to {file}.", file=target))
        else:
            card.tell(words("{file} could not be written.", file=target), is_wrong=True)

    # ---- what is said, where it was asked for

    def _speak_from(self, tell: Tell) -> None:
        """Take back what was said before, and say what comes next in this place."""
        self._speak("")
        self._speak = tell

    def _say_problem(self, problem: Problem) -> None:
        words = self._words
        hint = words(problem.hint, **problem.fields) if problem.hint else ""
        said = f"{words(problem.title, **problem.fields)} {hint}".strip()
        self._speak(said, is_wrong=True)

    def _tell(self, text: str, *, is_wrong: bool = False) -> None:
        tell(self.said, text, is_wrong=is_wrong)
        self.settle()


def _sampling(settings: Settings) -> Sampling:
    return Sampling(
        temperature=settings.temperature,
        top_p=settings.top_p,
        top_k=settings.top_k,
        min_p=settings.min_p,
    )
