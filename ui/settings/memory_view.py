"""A memory plan as people read it: one sentence, a bar per device, and what is short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.words import Words
from engine.memory_plan.sentences import gibibytes
from engine.memory_plan.values import DevicePlan, MemoryPlan, Part
from ui.controls.label import Label
from ui.controls.stacked_bar import BarPart, StackedBar
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Space, TypeSize

_ROLES: Final[Mapping[Part, Role]] = {
    Part.WEIGHTS: "accent",
    Part.EXPERTS: "series_2",
    Part.CACHE: "series_3",
    Part.COMPUTE: "series_5",
    Part.RESERVE: "series_4",
    Part.FREE: "track",
}


class _DeviceBar(QWidget):
    """One device: its name, how much of it is taken, and by what."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._words = words
        self.name = Label(theme, wrap=True)
        self.bar = StackedBar(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addWidget(self.name)
        layout.addWidget(self.bar)

    def show_plan(self, plan: DevicePlan) -> None:
        words = self._words
        name = plan.device.label if plan.device.is_gpu else words("Main memory")
        used, free = gibibytes(plan.used_bytes), gibibytes(plan.device.free_bytes)
        said = words("{device}: {used} of {free} free", device=name, used=used, free=free)
        if plan.device.is_remote:
            said = words("{device}, lent by another machine", device=said)
        self.name.setText(said)
        parts = [self._part(part, size) for part, size in plan.segments]
        if plan.missing_bytes:
            missing = gibibytes(plan.missing_bytes)
            why = words("This device has not enough memory for the plan.")
            over = BarPart(words("Missing"), missing, plan.missing_bytes, "danger", why)
            parts = [*_shortened(parts, plan.missing_bytes), over]
        self.bar.show_parts(parts)

    def _part(self, part: Part, size: int) -> BarPart:
        words = self._words
        name, meaning = {
            Part.WEIGHTS: (
                words("Weights"),
                words("What every token goes through: attention, norms, the output."),
            ),
            Part.EXPERTS: (
                words("Experts"),
                words("The largest part of the model, of which each token uses a little."),
            ),
            Part.CACHE: (
                words("KV cache"),
                words("What the model remembers of the chat; grows with the context."),
            ),
            Part.COMPUTE: (
                words("Working memory"),
                words("Room for the steps of the computation; grows with the micro-batch."),
            ),
            Part.RESERVE: (
                words("Reserve"),
                words("Left alone, for the driver and other programs."),
            ),
            Part.FREE: (words("Free"), words("Nothing needs it.")),
        }[part]
        return BarPart(name, gibibytes(size), size, _ROLES[part], meaning)


def _shortened(parts: list[BarPart], missing: int) -> list[BarPart]:
    """The parts drawn so much shorter that the bar is as long as the device's memory is large."""
    whole = sum(one.size for one in parts) or 1
    left = max(0, whole - missing)
    return [
        BarPart(one.name, one.value, one.size * left // whole, one.role, one.meaning)
        for one in parts
    ]


class MemoryView(QWidget):
    """The plan; follows `show_plan`.

    Args:
        theme: the look.
        words: the user's language.
    """

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme = theme
        self._words = words
        self.sentence = Label(theme, words("Planning…"), size=TypeSize.CONTROL, wrap=True)
        self.shortage = Label(theme, role="danger", wrap=True)
        self.shortage.hide()
        self._bars: list[_DeviceBar] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        self._layout.setSpacing(Space.ROOM)
        self._layout.addWidget(self.sentence)
        self._layout.addWidget(self.shortage)

    @property
    def bars(self) -> tuple[StackedBar, ...]:
        """The bars that are shown, one per device."""
        return tuple(one.bar for one in self._bars if not one.isHidden())

    def show_plan(self, plan: MemoryPlan) -> None:
        """Show a plan."""
        words = self._words
        self.sentence.setText(words(plan.explanation.title, **plan.explanation.fields))
        self.sentence.set_role("text")
        self.sentence.setVisible(plan.fits)
        short = " ".join(words(one.title, **one.fields) for one in plan.shortages)
        self.shortage.setText(short)
        self.shortage.setVisible(bool(short))
        shown = [one for one in plan.devices if one.used_bytes]
        while len(self._bars) < len(shown):
            self._bars.append(_DeviceBar(self._theme, words))
            self._layout.addWidget(self._bars[-1])
        for at, bar in enumerate(self._bars):
            bar.setVisible(at < len(shown))
            if at < len(shown):
                bar.show_plan(shown[at])

    def show_problem(self, text: str) -> None:
        """Say why there is no plan."""
        self.sentence.setText(text)
        self.sentence.set_role("danger")
        self.sentence.show()
        self.shortage.hide()
        for bar in self._bars:
            bar.hide()
