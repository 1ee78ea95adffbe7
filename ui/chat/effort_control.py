"""The choice of the reasoning effort, and what each of them means on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget
from typing_extensions import override

from app.chats.effort_values import EffortTime
from app.words import N_, Words
from engine.harmony.messages import Effort
from ui.chat.wording import duration
from ui.controls.segmented import SegmentedControl
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space

EFFORTS: Final = (Effort.LOW, Effort.MEDIUM, Effort.HIGH)

NAMES: Final = {Effort.LOW: N_("Low"), Effort.MEDIUM: N_("Medium"), Effort.HIGH: N_("High")}
_FOR: Final = {
    Effort.LOW: N_("Thinks little and answers soonest. For simple questions."),
    Effort.MEDIUM: N_("Thinks for a while. Good for most questions."),
    Effort.HIGH: N_("Thinks longest. For mathematics, code and plans."),
}


def time_text(words: Words, time: EffortTime | None) -> str:
    """How long thinking takes, shortly; "" while nothing is known."""
    if time is None:
        return ""
    said = duration(words, time.seconds)
    return words("about {time}", time=said) if time.is_estimate else said


def meaning(words: Words, effort: Effort, time: EffortTime | None) -> str:
    """What an effort is for, and what it takes here: one sentence a line."""
    lines = [words(_FOR[effort])]
    if time is None:
        lines.append(words("How long that takes here is known after the first answer."))
    elif time.is_estimate:
        said = duration(words, time.seconds)
        lines.append(words("Thinks for about {time} here: an estimate so far.", time=said))
    else:
        lines.append(
            words(
                "Usually thinks for {time} here, {tokens} tokens: your last {count} answers.",
                time=duration(words, time.seconds),
                tokens=f"{time.tokens:,}",
                count=time.answers,
            )
        )
    return "\n".join(lines)


class EffortControl(SegmentedControl):
    """Low, medium and high; where there is little room, one of them with a menu.

    Args:
        theme: the look.
        words: the user's language.
        parent: the composer.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        self._words = words
        self._times: Mapping[Effort, EffortTime] = {}
        self._is_compact = False
        names = tuple(words(NAMES[effort]) for effort in EFFORTS)
        middle = EFFORTS.index(Effort.MEDIUM)
        super().__init__(theme, words("Reasoning effort"), names, middle, parent)
        self.show_times({})

    @property
    def effort(self) -> Effort:
        """The one that holds."""
        return EFFORTS[self.index]

    @property
    def time(self) -> str:
        """How long it thinks, shortly; "" while that is not known."""
        return self.time_of(self.effort)

    def time_of(self, effort: Effort) -> str:
        """The same of another effort."""
        return time_text(self._words, self._times.get(effort))

    def meaning(self, effort: Effort) -> str:
        """What an effort is for, and what it takes here."""
        return meaning(self._words, effort, self._times.get(effort))

    def show_times(self, times: Mapping[Effort, EffortTime]) -> None:
        """Say how long each of them thinks on this machine."""
        self._times = times
        for effort, segment in zip(EFFORTS, self.segments, strict=True):
            segment.setToolTip(self.meaning(effort))
            segment.setAccessibleDescription(f"{self.accessibleName()}. {self.meaning(effort)}")

    def set_compact(self, is_compact: bool) -> None:
        """Show the one that holds alone; pressing it opens a menu."""
        if is_compact != self._is_compact:
            self._is_compact = is_compact
            self._show_segments()

    @property
    def spread_width(self) -> int:
        """The least that all three need beside each other, in logical px."""
        return sum(segment.minimumSizeHint().width() for segment in self.segments)

    @property
    def least_width(self) -> int:
        """The least that what is shown now needs."""
        if not self._is_compact:
            return self.spread_width
        return self.segments[self.index].minimumSizeHint().width()

    def make_menu(self) -> QMenu:
        """All three with their times; the one that holds is ticked."""
        menu = QMenu(self.accessibleName(), self)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        tick = self._theme.pixmap("check", "accent", Size.ICON_SMALL, self.devicePixelRatio())
        for index, effort in enumerate(EFFORTS):
            time = time_text(self._words, self._times.get(effort))
            name = self.segments[index].text()
            action = menu.addAction(f"{name}  ·  {time}" if time else name)
            action.setToolTip(self.meaning(effort))
            if index == self.index:
                action.setIcon(tick)
            action.setCheckable(True)
            action.setChecked(index == self.index)
            action.triggered.connect(lambda _=False, at=index: self.choose(at))
            group.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def choose(self, index: int) -> None:
        """Choose as the user does."""
        if index != self.index:
            self.set_index(index)
            self.chosen.emit(index)

    @override
    def set_index(self, index: int) -> None:
        super().set_index(index)
        self._show_segments()

    @override
    def sizeHint(self) -> QSize:
        segments = [one for one in self.segments if not one.isHidden()]
        width = sum(one.sizeHint().width() for one in segments)
        return QSize(width, segments[0].sizeHint().height())

    def _show_segments(self) -> None:
        for number, segment in enumerate(self.segments):
            segment.setVisible(not self._is_compact or number == self.index)
        self.updateGeometry()

    @override
    def _on_clicked(self, index: int) -> None:
        if self._is_compact and index == self.index:
            menu = self.make_menu()
            height = menu.sizeHint().height()
            menu.popup(self.mapToGlobal(QPoint(0, -height - Space.TINY)))
            menu.setActiveAction(menu.actions()[index])
            return
        super()._on_clicked(index)
