"""Walks of the agent loop, drawn at random: whatever people and models do, the rules hold."""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.chats.changes import BusyChanged, MessageEnded
from app.chats.values import Message, MessageStatus
from app.permissions.values import Decision, Scope
from app.tools.records import CallRecord, CallStatus
from app.tools.workshop import Caps
from engine.events import Failed, Finished, StopReason, TextAdded, Usage
from engine.harmony.messages import Effort
from tests.app.service.calls_bench import Loop, calls_nothing

OPEN: Final = {CallStatus.WAITING, CallStatus.PAUSED, CallStatus.RUNNING}
CALLS: Final = {
    "python": ("python", "1"),
    "empty": ("python", " "),
    "weather": ("functions.get_current_weather", '{"location":"Oslo"}'),
    "bad": ("functions.get_current_weather", "[]"),
    "unknown": ("container.exec", "{}"),
}
ANSWERS: Final = {
    "yes": Decision(is_allowed=True),
    "for the chat": Decision(is_allowed=True, scope=Scope.CHAT),
    "edited": Decision(is_allowed=True, arguments="2"),
    "no": Decision(is_allowed=False, reason="no"),
}
OTHERS: Final = ("stop", "go on", "answer now", "release", "hold", "end", "fail", "text")
STEPS: Final = st.lists(st.sampled_from((*CALLS, *ANSWERS, *OTHERS)), min_size=4, max_size=25)


class Walk:
    """One chat, walked through by steps; steps that make no sense then do nothing."""

    def __init__(self) -> None:
        self.loop = Loop(caps=Caps(calls=2))
        self.loop.found.set()
        self.loop.service.start()
        self.loop.settle()
        self.called = 0

    @property
    def is_busy(self) -> bool:
        told = [one for one in self.loop.of(BusyChanged) if isinstance(one, BusyChanged)]
        return bool(told) and told[-1].is_busy

    @property
    def last(self) -> CallRecord | None:
        """The newest state of the newest call of the turn."""
        live = tuple(self.loop.service._answers._open.values())
        calls = live[0].turn.snapshot().calls if live else ()
        return calls[-1] if calls else None

    @property
    def has_open_call(self) -> bool:
        return self.last is not None and self.last.status in OPEN

    @property
    def is_running(self) -> bool:
        return self.last is not None and self.last.status is CallStatus.RUNNING

    def step(self, name: str) -> None:
        if not self.is_busy:
            self.loop.engine.scripts.append(calls_nothing)
            self.loop.service.send(f"Do {name}", Effort.LOW)
            self.loop.settle()
            self.called = 0
        if name in CALLS and not self.has_open_call:
            self.called += 1
            self.loop.call(*CALLS[name])
        elif name in ANSWERS and self.loop.asked:
            desk, asked, answer = self.loop.service.permissions, self.loop.asked[0], ANSWERS[name]
            if not desk.objection(asked.id, answer.arguments or asked.view.body):
                desk.decide(asked.id, answer)
        else:
            self._other(name)
        self.settle()
        self.check()

    def _other(self, name: str) -> None:
        loop, turn_id = self.loop, self.loop.engine.requests[-1].turn_id
        match name:
            case "stop":
                loop.service.stop()
            case "go on":
                loop.service.tools.go_on()
            case "answer now":
                loop.service.answer_now()
            case "hold" | "release":
                loop.notebook.is_held = name == "hold"
                if name == "release" and self.is_running and loop.notebook.holds():
                    loop.notebook.release()
            case "text" if not self.has_open_call:
                loop.engine.play(TextAdded(turn_id, "so "))
            case "end" if not self.has_open_call:
                loop.engine.play(Finished(turn_id, StopReason.END_OF_TURN, Usage()))
            case "fail":
                loop.engine._open.discard(turn_id)
                loop.engine.play(Failed(turn_id, "It broke."))
            case _:
                pass

    def settle(self) -> None:
        """Until the turn is over, the call has its result, or somebody has to do something."""
        loop = self.loop
        loop.settle()
        loop.wait_for(
            lambda: (
                not self.is_busy
                or not self.has_open_call
                or bool(loop.asked)
                or (self.last is not None and self.last.status is CallStatus.PAUSED)
                or (self.is_running and loop.notebook.is_held and loop.notebook.holds())
            )
        )
        loop.settle()

    def check(self) -> None:
        loop, last = self.loop, self.last
        if last is not None and last.status is CallStatus.RUNNING:
            assert last.answered is not None
            assert last.answered.is_allowed
        assert len(loop.asked) <= 1
        if not self.is_busy:
            assert loop.asked == ()
            assert loop.notebook.ended.is_set() or not loop.notebook.ran
        for message in self.ended:
            self.check_ended(message)

    @property
    def ended(self) -> list[Message]:
        told = self.loop.of(MessageEnded)
        return [one.message for one in told if isinstance(one, MessageEnded)]

    def check_ended(self, message: Message) -> None:
        assert message.status is not MessageStatus.STREAMING
        for call in message.calls:
            assert call.status not in OPEN
            if call.started_ms:
                assert call.answered is not None
                assert call.answered.is_allowed
        assert [call.number for call in message.calls] == list(range(len(message.calls)))

    def close(self) -> None:
        ran = len(self.loop.notebook.ran) + len(self.loop.station.ran)
        self.loop.service.stop()
        self.settle()
        calls = [call for message in self.ended for call in message.calls]
        stored = self.loop.storage.submit(
            lambda store: [
                call
                for chat in store.chats()
                for message in store.branch(chat.id)
                for call in message.calls
            ]
        ).result()
        assert stored == calls
        assert len([call for call in calls if call.started_ms]) == ran
        self.loop.service.close()
        for tool in (self.loop.notebook, self.loop.station):
            assert tool.ended.is_set() or not tool.ran


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_whatever_happens_the_rules_hold(steps: list[str]) -> None:
    walk = Walk()
    try:
        for name in steps:
            walk.step(name)
    finally:
        walk.close()
