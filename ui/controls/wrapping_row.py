"""Controls beside each other, in as many rows as the width asks for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.flowing import flow
from ui.theme.tokens import Space


class WrappingRow(QWidget):
    """Shown controls from the left; what does not fit goes into the next row.

    Args:
        controls: from the left; hidden ones take no room.
    """

    def __init__(self, *controls: QWidget) -> None:
        super().__init__()
        self._controls: tuple[QWidget, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for control in controls:
            self.add(control)

    def add(self, control: QWidget) -> None:
        """Put one more at the right."""
        control.setParent(self)
        control.installEventFilter(self)
        self._controls = (*self._controls, control)
        self._place()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.LayoutRequest)
        if event.type() in kinds:
            self._place()
        return super().eventFilter(watched, event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:  # a control wants another size
            self._place()
        return super().event(event)

    @override
    def sizeHint(self) -> QSize:
        hints = [one.sizeHint() for one in self._shown]
        width = sum(hint.width() for hint in hints) + Space.TINY * max(0, len(hints) - 1)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    @override
    def minimumSizeHint(self) -> QSize:
        hints = [one.sizeHint() for one in self._shown]
        width = max((hint.width() for hint in hints), default=0)
        return QSize(width, self.heightForWidth(max(width, self.width())))

    @override
    def heightForWidth(self, width: int) -> int:
        x = y = row = 0
        for hint in (one.sizeHint() for one in self._shown):
            if x and x + hint.width() > width:
                x, y, row = 0, y + row + Space.TINY, 0
            x += hint.width() + Space.TINY
            row = max(row, hint.height())
        return y + row

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    @property
    def _shown(self) -> tuple[QWidget, ...]:
        return tuple(one for one in self._controls if not one.isHidden())

    def _place(self) -> None:
        self.updateGeometry()
        flow(self._shown, max(1, self.width()), across=Space.TINY, down=Space.TINY)
