"""The only door between the engine thread and the window."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.events import EngineEvent, ModelLoading, PreambleAdded, PromptRead, TextAdded
from ui.theme.tokens import Motion

_JOINED: Final = (TextAdded, PreambleAdded)
_REPLACED: Final = (PromptRead, ModelLoading)


class EngineBridge(QObject):
    """Carry engine events to the thread that owns this object, in order.

    The first event after a pause arrives at once; what follows arrives once per frame of
    33 ms, with text of the same turn joined and progress reduced to its latest value, so
    that the window repaints 30 times a second however fast tokens come.

    Signals:
        arrived: (event: EngineEvent) on the owner's thread.
    """

    arrived = Signal(object)
    _woken = Signal()

    def __init__(self, parent: QObject | None = None, frame_ms: int = Motion.FRAME) -> None:
        super().__init__(parent)
        self._inbox: deque[EngineEvent] = deque()
        self._is_awake = False
        self._frame = QTimer(self, singleShot=True, interval=frame_ms)
        self._frame.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self._flush)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    def post(self, event: EngineEvent) -> None:
        """Accept one event.  Safe from any thread; never blocks.

        Close the engine before this object is destroyed.
        """
        # Appending comes before looking at the flag, and `_flush` clears the flag before it
        # empties the inbox: whatever order two threads run in, no event is left behind.
        self._inbox.append(event)
        if not self._is_awake:
            self._is_awake = True
            self._woken.emit()

    def _on_woken(self) -> None:
        if not self._frame.isActive():
            self._flush()

    def _flush(self) -> None:
        self._is_awake = False
        if not self._inbox:
            return
        self._frame.start()
        for event in self._joined(len(self._inbox)):
            self.arrived.emit(event)

    def _joined(self, count: int) -> list[EngineEvent]:
        """Take `count` events out of the inbox and join neighbours that tell one thing."""
        events: list[EngineEvent] = []
        texts: list[str] = []

        def end_text() -> None:
            if len(texts) > 1 and isinstance(events[-1], TextAdded | PreambleAdded):
                events[-1] = replace(events[-1], text="".join(texts))
            texts.clear()

        for _ in range(count):
            event = self._inbox.popleft()
            last = events[-1] if events else None
            same_kind = type(event) is type(last)
            if isinstance(event, _JOINED):
                if isinstance(last, _JOINED) and same_kind and last.turn_id == event.turn_id:
                    texts.append(event.text)
                    continue
                end_text()
                texts.append(event.text)
            else:
                end_text()
                if same_kind and isinstance(event, _REPLACED):
                    events.pop()
            events.append(event)
        end_text()
        return events
