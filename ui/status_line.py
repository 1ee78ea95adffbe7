"""The line at the bottom: model, device and speed at the left, used context at the right."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from app.chats.changes import ModelState, StatusChanged
from app.words import Words
from ui.controls.button import IconButton
from ui.controls.label import Label
from ui.controls.signs import ContextBar
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

SEPARATOR = "  ·  "
LONG_LOAD_MS: Final = 1000
"""A load that takes longer can be given up here."""


class _Facts(Label):
    """Facts in one line; what matters least is left out where there is no room.

    Each fact is a text with a rank; the highest ranks go first.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, size=TypeSize.SMALL, role="muted")
        self._facts: tuple[tuple[int, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_facts(self, facts: tuple[tuple[int, str], ...]) -> None:
        """Show other facts, in this order."""
        self._facts = tuple(fact for fact in facts if fact[1])
        whole = SEPARATOR.join(text for _, text in self._facts)
        self.setText(whole)
        self.setToolTip(whole)

    @property
    def shown(self) -> str:
        """What there is room for."""
        facts = list(self._facts)
        metrics = QFontMetrics(self.font())
        while len(facts) > 1:
            line = SEPARATOR.join(text for _, text in facts)
            if metrics.horizontalAdvance(line) <= self.width():
                return line
            facts.remove(max(facts, key=lambda fact: fact[0]))
        line = facts[0][1] if facts else ""
        return metrics.elidedText(line, Qt.TextElideMode.ElideRight, self.width())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self._theme.color(self._role))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), self.shown)


class StatusLine(QWidget):
    """Say what answers, how fast it was, and how full its context is.

    Signals:
        cancel_requested: give the load in progress up.
    """

    cancel_requested = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._context_texts = ("", "")
        self._work = ""
        self._status = StatusChanged()
        self.facts = _Facts(theme)
        self.context = Label(theme, size=TypeSize.SMALL, role="muted")
        self.bar = ContextBar(theme)
        self.cancel = IconButton(theme, "x", words("Cancel loading"), size=Size.STATUS)
        self.cancel.clicked.connect(lambda _=False: self.cancel_requested.emit())
        self.cancel.hide()
        self._loads_long = QTimer(self, singleShot=True, interval=LONG_LOAD_MS)
        self._loads_long.timeout.connect(self.cancel.show)
        self._inner = QWidget(self)
        row = QHBoxLayout(self._inner)
        row.setContentsMargins(Space.PAD, 0, Space.PAD, 0)
        row.setSpacing(Space.ROOM)
        row.addWidget(self.facts, stretch=1)
        row.addWidget(self.cancel)
        row.addWidget(self.context)
        row.addWidget(self.bar)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(Space.PAD, 0, Space.PAD, Space.TINY)
        outer.addStretch(1)
        outer.addWidget(self._inner, stretch=1000)
        outer.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._follow_theme)
        self._follow_theme()
        self.show_status(StatusChanged())

    def show_status(self, status: StatusChanged) -> None:
        """Show another status."""
        self._status = status
        self.facts.show_facts(self._said(status))
        self._tell_load(status)
        self._offer_cancel(is_loading=status.state is ModelState.LOADING)
        self.facts.set_role("danger" if status.state is ModelState.FAILED else "muted")
        used, limit = status.context_tokens, status.context_limit_tokens
        if status.state is ModelState.RESTING:
            limit = 0  # nothing is held of any chat, and what is said needs the room
        self.context.setVisible(limit > 0)
        self._context_texts = ("", "")
        self.bar.hide()
        if limit > 0:
            self.bar.set_fraction(used / limit)
            counts = {"used": _short(used), "limit": _short(limit)}
            self._context_texts = (
                self._words("Context {used} of {limit}", **counts),
                self._words("{used} of {limit}", **counts),
            )
            self._fit()
            exact = self._words("{used} of {limit} tokens", used=f"{used:,}", limit=f"{limit:,}")
            if status.left_out_messages:
                count = f"{status.left_out_messages:,}"
                told = self._words(
                    "The model does not read the first {count} messages", count=count
                )
                exact = f"{exact}\n{told}"
            self.context.setToolTip(exact)
            self.bar.setToolTip(exact)
            self.context.set_role(self.bar.role if self.bar.role == "warn" else "muted")

    def show_work(self, work: str) -> None:
        """Say what else the model is busy with; "" for nothing."""
        if work != self._work:
            self._work = work
            self.show_status(self._status)

    @override
    def sizeHint(self) -> QSize:
        return QSize(Size.COMPOSER, self._theme.scaled(Size.STATUS) + Space.TINY)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _tell_load(self, status: StatusChanged) -> None:
        """Under the pointer: where the model is, and how long that took."""
        loaded = status.loaded
        if loaded is None:
            return
        plan = loaded.plan.explanation
        seconds = self._words("Loaded in {seconds} s.", seconds=f"{loaded.seconds:,.1f}")
        told = (self.facts.toolTip(), self._words(plan.title, **plan.fields), seconds)
        self.facts.setToolTip("\n".join(told))

    def _offer_cancel(self, *, is_loading: bool) -> None:
        """Only of a load that takes long: a button that comes and goes at once is a flicker."""
        if not is_loading:
            self._loads_long.stop()
            self.cancel.hide()
        elif self.cancel.isHidden() and not self._loads_long.isActive():
            self._loads_long.start()

    def _fit(self) -> None:
        """Say the context shortly, then without its bar, where the window is narrow."""
        metrics = QFontMetrics(self.context.font())
        long = metrics.horizontalAdvance(self._context_texts[0]) + self.bar.sizeHint().width()
        half = self.width() // 2
        self.context.setText(self._context_texts[0 if long < half else 1])
        self.bar.setVisible(bool(self._context_texts[0]) and long < 2 * half - 3 * Space.PAD)

    def _follow_theme(self) -> None:
        self._inner.setMaximumWidth(self._theme.scaled(Size.COMPOSER))
        self.updateGeometry()

    def _said(self, status: StatusChanged) -> tuple[tuple[int, str], ...]:
        """Facts in the order they are shown, each with the rank at which it gives way."""
        words = self._words
        match status.state:
            case ModelState.LOADING:
                percent = round(100 * status.load_fraction)
                return ((0, words("Loading the model… {percent} %", percent=percent)),)
            case ModelState.RESTING:
                told = words("Resting; the next message loads it again")
                return ((0, self._work), (1, status.model_name), (0, told))
            case ModelState.ABSENT:
                return ((0, words("No model is loaded")),)
            case ModelState.FAILED:
                problem = status.problem
                title = words(problem.title, **problem.fields) if problem else ""
                return ((0, title or words("The model could not be loaded.")),)
        speed = status.tokens_per_second
        spoken = speed > 0
        return (
            (0, self._work),
            (1, status.model_name),
            (2, status.device),
            (0, words("{speed} tokens/s", speed=f"{speed:,.0f}") if spoken else ""),
            (4, words("{count} reused", count=f"{status.reused_tokens:,}") if spoken else ""),
            (3, words("{count} read", count=f"{status.read_tokens:,}") if spoken else ""),
        )


def _short(tokens: int) -> str:
    """A token count as in "6.6k" or "32k": k is 1,000, or 1,024 where that comes out even."""
    if tokens < 1000:
        return str(tokens)
    if tokens % 1024 == 0:
        return f"{tokens // 1024}k"
    thousands = tokens / 1000
    return f"{thousands:.1f}k" if thousands < 100 else f"{thousands:.0f}k"
