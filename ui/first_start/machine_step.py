"""The first step: what this computer has, and how the model will be on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.values import Problem
from app.words import Words
from engine.memory_plan.values import MemoryPlan
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.controls.stacked_bar import BarPart, StackedBar
from ui.first_start.step_card import StepCard, StepState
from ui.first_start.wording import machine_facts, pace, verdict
from ui.models.wording import told
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

if TYPE_CHECKING:  # the desk is made after the first frame
    from app.models.outlook import Machine, Outlook

_NAME: Final = 20
_BAR: Final = 14


class _Outline(QWidget):
    """As high as the bar of one device will be: nothing moves when the facts are there."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme = theme
        self._bar = StackedBar(theme, self)
        self._bar.hide()
        typical = (
            (words("Weights"), "1.1 GiB"),
            (words("Experts"), "10.2 GiB"),
            (words("KV cache"), "0.8 GiB"),
            (words("Working memory"), "0.4 GiB"),
            (words("Reserve"), "1.0 GiB"),
            (words("Free"), "3.2 GiB"),
        )
        self._bar.show_parts([BarPart(name, size, 1, "track") for name, size in typical])
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @override
    def heightForWidth(self, width: int) -> int:
        return self._theme.scaled(_NAME) + Space.SMALL + self._bar.heightForWidth(width)

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(max(200, self.width())))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        top = self._theme.scaled(_NAME) + Space.SMALL
        bar = QRectF(0, top, self.width(), self._theme.scaled(_BAR))
        draw_box(QPainter(self), bar, 4, fill=self._theme.color("track"))


class MachineStep(StepCard):
    """What this computer can run.

    Signals:
        resized: it needs another height.
    """

    resized = Signal()

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__(theme, words, 1, words("This computer"))
        self.sentence = Label(
            theme, words("Looking at this computer…"), size=TypeSize.BODY, wrap=True
        )
        self.pace = Label(theme, " ", size=TypeSize.CODE, role="muted", wrap=True)
        self.pace.setToolTip(
            words("A token is about three quarters of a word. Worked out from the memory's speed.")
        )
        self.memory: QWidget | None = None
        """The bars, once there is a plan."""
        self._outline = _Outline(theme, words)
        self._bars = QWidget()
        self._inner = QVBoxLayout(self._bars)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.addWidget(self._outline)
        said = QVBoxLayout()
        said.setSpacing(Space.HAIR)
        said.addWidget(self.sentence)
        said.addWidget(self.pace)
        self.body.addLayout(said)
        self.body.addWidget(self._bars)
        self.set_fact(" ")
        self.set_state(StepState.CURRENT)

    def show_machine(self, machine: Machine) -> None:
        """Say what there is."""
        self.set_fact(machine_facts(self._words, machine))
        self.resized.emit()

    def show_outlook(self, name: str, outlook: Outlook) -> None:
        """Say how a model will be here."""
        from ui.settings.memory_view import MemoryView  # noqa: PLC0415 - not for the first frame

        words, plan = self._words, outlook.planned.plan
        self.sentence.setText(verdict(words, name, plan))
        self.sentence.set_role("text")
        self.pace.setText(pace(words, outlook))
        view = self.memory if isinstance(self.memory, MemoryView) else None
        if view is None:
            self.memory = view = MemoryView(self._theme, words)
            layout = view.layout()
            if layout is not None:
                layout.setContentsMargins(0, 0, 0, 0)
            self._outline.hide()
            self._inner.addWidget(view)
        view.show_plan(_shown(plan))
        view.sentence.hide()  # said above, more shortly
        view.show()
        self.set_state(StepState.DONE)
        self.resized.emit()

    def show_problem(self, problem: Problem) -> None:
        """Say why nothing is known; nothing waits for it."""
        self.sentence.setText(told(self._words, problem))
        self.pace.setText(" ")
        if self.memory is not None:
            self.memory.hide()
        self.set_state(StepState.DONE)
        self.resized.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._outline.setMinimumHeight(self._outline.heightForWidth(max(1, self._bars.width())))


def _shown(plan: MemoryPlan) -> MemoryPlan:
    """The plan with the devices that matter: main memory is among them where much is in it."""
    main = plan.main
    has_much = not plan.gpus or main.expert_blocks or main.blocks or main.missing_bytes
    return plan if has_much else replace(plan, devices=plan.gpus)
