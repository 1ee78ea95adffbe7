from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from engine.events import (
    EngineEvent,
    Finished,
    ModelLoading,
    Phase,
    PhaseChanged,
    PreambleAdded,
    PromptRead,
    StopReason,
    TextAdded,
    Usage,
)
from engine.requests import TurnId
from ui.bridge.engine_bridge import EngineBridge

ONE, TWO = TurnId(1), TurnId(2)
DONE = Finished(ONE, StopReason.END_OF_TURN, Usage())


def collect(bridge: EngineBridge) -> list[EngineEvent]:
    seen: list[EngineEvent] = []
    bridge.arrived.connect(seen.append)
    return seen


def test_nothing_arrives_inside_post(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    seen = collect(bridge)
    with qtbot.waitSignal(bridge.arrived):
        bridge.post(DONE)
        assert seen == []
    assert seen == [DONE]


def test_text_of_one_turn_is_joined_and_order_is_kept(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    seen = collect(bridge)
    with qtbot.waitSignal(bridge.arrived, check_params_cb=lambda event: event == DONE):
        bridge.post(PhaseChanged(ONE, Phase.ANSWERING))
        bridge.post(PreambleAdded(ONE, "I will "))
        bridge.post(PreambleAdded(ONE, "look."))
        for text in ("안", "녕", " 🙂"):
            bridge.post(TextAdded(ONE, text))
        bridge.post(TextAdded(TWO, "other"))
        bridge.post(TextAdded(ONE, "!"))
        bridge.post(DONE)
    assert seen == [
        PhaseChanged(ONE, Phase.ANSWERING),
        PreambleAdded(ONE, "I will look."),
        TextAdded(ONE, "안녕 🙂"),
        TextAdded(TWO, "other"),
        TextAdded(ONE, "!"),
        DONE,
    ]


def test_only_the_latest_progress_of_a_frame_arrives(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    seen = collect(bridge)
    with qtbot.waitSignal(bridge.arrived, check_params_cb=lambda event: event == DONE):
        bridge.post(ModelLoading(0.1))
        bridge.post(ModelLoading(0.9))
        bridge.post(PromptRead(ONE, 0, 512, 1024))
        bridge.post(PromptRead(ONE, 0, 1024, 1024))
        bridge.post(DONE)
    assert seen == [ModelLoading(0.9), PromptRead(ONE, 0, 1024, 1024), DONE]


def test_what_follows_the_first_event_waits_for_the_next_frame(qtbot: QtBot) -> None:
    bridge = EngineBridge(frame_ms=20)
    seen = collect(bridge)
    with qtbot.waitSignal(bridge.arrived):
        bridge.post(TextAdded(ONE, "a"))
    assert seen == [TextAdded(ONE, "a")]
    with qtbot.waitSignal(bridge.arrived):
        for text in "bcd":
            bridge.post(TextAdded(ONE, text))
    assert seen[1:] == [TextAdded(ONE, "bcd")]


def test_a_thread_loses_nothing_and_the_window_is_woken_once_per_frame(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    seen = collect(bridge)
    texts = [str(number) + " " for number in range(5000)]

    def engine() -> None:
        for text in texts:
            bridge.post(TextAdded(ONE, text))
        bridge.post(DONE)

    thread = threading.Thread(target=engine)
    with qtbot.waitSignal(bridge.arrived, check_params_cb=lambda event: event == DONE):
        thread.start()
    thread.join()
    assert "".join(e.text for e in seen if isinstance(e, TextAdded)) == "".join(texts)
    assert seen[-1] == DONE
    assert len(seen) < 100


def test_an_event_posted_by_a_slot_arrives_too(qtbot: QtBot) -> None:
    bridge = EngineBridge(frame_ms=5)
    seen = collect(bridge)
    bridge.arrived.connect(lambda event: bridge.post(DONE) if event != DONE else None)
    with qtbot.waitSignal(bridge.arrived, check_params_cb=lambda event: event == DONE):
        bridge.post(TextAdded(ONE, "a"))
    assert seen == [TextAdded(ONE, "a"), DONE]
