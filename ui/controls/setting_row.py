"""One row of a page: what is set, a sentence about it, and the control that sets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.controls.button import IconButton
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Size, Space, TypeSize

_TEXT_LEAST: Final = 220
MARKED_MS: Final = 2500


class SettingRow(QWidget):
    """A name, a sentence and controls: beside each other, or below where there is no room.

    Args:
        theme: the look.
        name: what is set.
        hint: one plain sentence.
        controls: at the right, from left to right; the last one is described by the hint.
        parent: the widget it lives in.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        hint: str,
        *controls: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hint = hint
        self._is_stacked = False
        self._is_marked = False
        self._mark = QTimer(self, singleShot=True, interval=MARKED_MS)
        self._mark.timeout.connect(self._unmark)
        self._reset: IconButton | None = None
        self._default = ""
        self._on_reset: Callable[[], object] = lambda: None
        self.name = Label(theme, name, wrap=True)
        self.hint = Label(theme, hint, size=TypeSize.CODE, role="muted", wrap=True)
        if not hint:
            self.hint.hide()  # to show it here would open a window of its own
        self._side = QWidget()
        self._controls = side = QHBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(Space.ROOM)
        for control in controls:
            side.addWidget(control)
            if not control.accessibleName():
                control.setAccessibleName(name)
            control.setAccessibleDescription(hint)
        said = QVBoxLayout()
        said.setSpacing(Space.HAIR)
        said.addWidget(self.name)
        said.addWidget(self.hint)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(Space.PAD, Space.ROOM - 2, Space.PAD, Space.ROOM - 2)
        self._box.setSpacing(Space.SECTION)
        self._box.addLayout(said, stretch=1)
        self._box.addWidget(self._side)
        theme.changed.connect(self._place)

    @property
    def is_stacked(self) -> bool:
        """Whether the controls stand below the words."""
        return self._is_stacked

    def set_hint(self, hint: str) -> None:
        """Say another sentence from now on."""
        self._hint = hint
        self.complain("")

    def complain(self, text: str) -> None:
        """Say what is wrong in place of the sentence; "" when nothing is."""
        usual = " ".join(part for part in (self._hint, self._default) if part)
        self.hint.setText(text or usual)
        self.hint.setVisible(bool(text or usual))
        self.hint.set_role("danger" if text else "muted")

    def mark(self) -> None:
        """Show for a moment that this is the row that was looked for."""
        self._is_marked = True
        self._mark.start()
        self.update()

    def focus_control(self) -> None:
        """Put the focus on the first control that takes it."""
        for control in self._side.findChildren(QWidget):
            can_take = control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.isEnabled()
            if can_take and control is not self._reset and not control.isHidden():
                control.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def show_default(self, said: str, back: str, reset: Callable[[], object] | None) -> None:
        """Say what the default is, and lead back to it where another value holds.

        The way back keeps its place while it is away, so that nothing moves under the pointer.

        Args:
            said: what the default is, behind the sentence; "" where the control says it.
            back: what the way back is called.
            reset: goes back; None where the default holds.
        """
        self._default = said
        if self._reset is None:
            self._reset = self._make_reset(back)
            self._place_reset()
        self._on_reset = reset or (lambda: None)
        if reset is None and self._reset.hasFocus():
            self.focus_control()
        self._reset.setVisible(reset is not None)
        self.complain("")

    def _make_reset(self, name: str) -> IconButton:
        button = IconButton(self._theme, "rotate-ccw", name, size=Size.CHIP, parent=self._side)
        policy = button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        button.setSizePolicy(policy)
        button.clicked.connect(lambda _=False: self._on_reset())
        return button

    def _place_reset(self) -> None:
        """Before the controls, or behind them where they begin at the left edge."""
        if self._reset is not None:
            self._controls.removeWidget(self._reset)
            self._controls.insertWidget(
                self._controls.count() if self._is_stacked else 0, self._reset
            )

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._is_marked:
            line = self._theme.color("accent")
            box = self.rect().toRectF().adjusted(3, 2, -3, -2)
            fill = self._theme.color("soft")
            draw_box(QPainter(self), box, Radius.BUTTON, fill=fill, line=line)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(160), super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _unmark(self) -> None:
        self._is_marked = False
        self.update()

    def _place(self) -> None:
        wanted = self._side.sizeHint().width() + self._theme.scaled(_TEXT_LEAST)
        is_stacked = wanted + 2 * Space.PAD + Space.SECTION > self.width()
        if is_stacked == self._is_stacked:
            return
        self._is_stacked = is_stacked
        self._place_reset()
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.TopToBottom if is_stacked else directions.LeftToRight)
        self._box.setSpacing(Space.GAP if is_stacked else Space.SECTION)
        left = Qt.AlignmentFlag.AlignLeft
        self._box.setAlignment(self._side, left if is_stacked else Qt.AlignmentFlag.AlignVCenter)
