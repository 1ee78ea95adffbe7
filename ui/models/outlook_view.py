"""What a model would be like on this computer: a small bar, a sentence, a speed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.values import Problem
from app.models.outlook import Outlook
from app.models.values import MeasuredSpeed
from app.words import Words
from engine.memory_plan.sentences import gibibytes
from engine.memory_plan.values import MemoryPlan
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.models.wording import joined, measured, told
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Space, TypeSize

_BAR: Final = 6
_WIDTH: Final = 96


class PlanBar(QWidget):
    """How much of a device's free memory a plan takes; red where it takes more than there is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._fraction = 0.0
        self._role: Role = "accent"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def fraction(self) -> float:
        """The part that is taken, 0.0 to 1.0."""
        return self._fraction

    def show_fraction(self, fraction: float, *, fits: bool) -> None:
        """Show another fill."""
        self._fraction = min(1.0, max(0.0, fraction))
        self._role = "accent" if fits else "danger"
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.scaled(_WIDTH), self._theme.scaled(_BAR))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        radius = box.height() / 2
        outline = QPainterPath()
        outline.addRoundedRect(box, radius, radius)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(box, self._theme.color("track"))
        box.setWidth(box.width() * self._fraction)
        painter.fillRect(box, self._theme.color(self._role))
        painter.restore()
        if self._theme.colors.is_high_contrast:
            line = self._theme.color("edge")
            draw_box(painter, QRectF(self.rect()), radius, line=line)


class OutlookView(QWidget):
    """A plan in one line with its bar, and the speed below it.

    Args:
        theme: the look.
        words: the user's language.
    """

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._words = words
        self.bar = PlanBar(theme)
        self.memory = Label(theme, size=TypeSize.CODE, role="muted")
        self.speed = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        planning = words("Planning…")
        self.sentence = Label(theme, planning, size=TypeSize.CODE, role="muted", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(Space.GAP)
        row.addWidget(self.bar, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.memory)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.HAIR)
        column.addWidget(self.sentence)
        column.addLayout(row)
        column.addWidget(self.speed)
        self._show_bar(is_shown=False)
        self.speed.hide()

    def show_outlook(self, outlook: Outlook, speed: MeasuredSpeed | None = None) -> None:
        """Show a plan, and how fast the model was, or will probably be."""
        words, plan = self._words, outlook.planned.plan
        said = [words(one.title, **one.fields) for one in plan.shortages]
        usual = words(plan.explanation.title, **plan.explanation.fields)
        self.sentence.setText(" ".join(said) or usual)
        self.sentence.set_role("danger" if said else "muted")
        used, free = _of_main_device(plan)
        self.bar.show_fraction(used / max(1, free), fits=plan.fits)
        self.memory.setText(
            words("{used} of {free} memory", used=gibibytes(used), free=gibibytes(free))
        )
        self._show_bar(is_shown=True)
        guess = outlook.speed.sentence if outlook.speed is not None else None
        if speed is not None:
            self.speed.setText(measured(words, speed))
        elif guess is not None and plan.fits:
            rough = words(guess.title, **guess.fields)
            self.speed.setText(words("{speed}, estimated from the memory's speed", speed=rough))
        else:
            self.speed.setText("")
        self.speed.setVisible(bool(self.speed.text()))

    def show_problem(self, problem: Problem) -> None:
        """Say why there is no plan."""
        self.sentence.setText(told(self._words, problem))
        self.sentence.set_role("danger")
        self._show_bar(is_shown=False)
        self.speed.hide()

    def show_note(self, text: str) -> None:
        """Say something in place of a plan."""
        self.sentence.setText(text)
        self.sentence.set_role("muted")
        self._show_bar(is_shown=False)
        self.speed.hide()

    @property
    def said(self) -> str:
        """All of it, for screen readers and tests."""
        shown = (self.sentence, self.memory, self.speed)
        return joined(*(one.text() for one in shown if not one.isHidden()))

    def _show_bar(self, *, is_shown: bool) -> None:
        self.bar.setVisible(is_shown)
        self.memory.setVisible(is_shown)


def _of_main_device(plan: MemoryPlan) -> tuple[int, int]:
    """What the plan takes and what is free for it: on graphics cards, else in main memory."""
    devices = plan.gpus or plan.devices
    return sum(one.used_bytes for one in devices), sum(one.device.free_bytes for one in devices)
