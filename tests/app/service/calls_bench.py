"""A bench with three tools, and what a person and a model do with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.chats.changes import AnswerCallChanged, MessageEnded
from app.chats.values import Message
from app.permissions.strictness import Strictness
from app.permissions.values import Decision, PermissionRequest
from app.tools.async_thread import AsyncThread
from app.tools.records import CallRecord, CallStatus
from app.tools.tool import Tool
from app.tools.toolbox import Toolbox
from app.tools.workshop import Caps, Workshop
from app.vocabulary import SharedVocabulary
from engine.events import EngineEvent, Finished, StopReason, TextAdded, ToolCalled, Usage
from engine.harmony.messages import Channel, Effort, ToolMessage
from engine.requests import AnswerRequest, TurnId
from tests.app.service.conftest import Bench, ScriptedEngine
from tests.app.tooling import Browser, Notebook, Station


def calls_nothing(_engine: ScriptedEngine, _request: AnswerRequest) -> list[EngineEvent]:
    return []


@dataclass
class Loop(Bench):
    """A bench with three tools, all switched on, and what a person and a model do with them."""

    caps: Caps = field(default_factory=Caps)
    strictness: Strictness = Strictness.NORMAL
    notebook: Notebook = field(default_factory=Notebook)
    station: Station = field(default_factory=Station)
    browser: Browser = field(default_factory=Browser)
    more: dict[str, Tool] = field(default_factory=dict)
    on: tuple[str, ...] = ("browser", "mcp/sky", "python")
    thread: AsyncThread = field(default_factory=AsyncThread)

    def __post_init__(self) -> None:
        tools: dict[str, Tool] = {
            "python": self.notebook,
            "mcp/sky": self.station,
            "browser": self.browser,
        }
        super().__init__(
            Workshop(
                Toolbox([lambda: tools, lambda: self.more]),
                self.thread,
                caps=self.caps,
                defaults=lambda: self.on,
                tokens=SharedVocabulary(),
                strictness=lambda: self.strictness,
            )
        )

    def begin(self, text: str = "Do it", also_tools: tuple[str, ...] = ()) -> TurnId:
        """Send a message whose turn waits for the test."""
        self.found.set()
        self.engine.scripts.append(calls_nothing)
        self.service.send(text, Effort.LOW, also_tools)
        count = len(self.engine.requests)
        self.wait_until_asked(count + 1)
        return self.engine.requests[-1].turn_id

    def wait_until_asked(self, count: int) -> None:
        self.settle()
        assert len(self.engine.requests) == count

    def call(self, recipient: str, arguments: str, channel: Channel = Channel.COMMENTARY) -> None:
        turn_id = self.engine.requests[-1].turn_id
        self.engine.play(ToolCalled(turn_id, recipient, arguments, channel))

    def end(self, text: str = "So it is.") -> Message:
        turn_id = self.engine.requests[-1].turn_id
        self.engine.play(
            TextAdded(turn_id, text), Finished(turn_id, StopReason.END_OF_TURN, Usage())
        )
        self.wait_for(lambda: bool(self.of(MessageEnded)))
        return self.ended

    @property
    def ended(self) -> Message:
        change = self.of(MessageEnded)[-1]
        assert isinstance(change, MessageEnded)
        return change.message

    @property
    def asked(self) -> tuple[PermissionRequest, ...]:
        return self.service.permissions.waiting

    def wait_for_question(self) -> PermissionRequest:
        self.wait_for(lambda: bool(self.asked))
        return self.asked[-1]

    def decide(self, decision: Decision) -> None:
        self.service.permissions.decide(self.wait_for_question().id, decision)

    def wait_for_result(self, count: int = 1) -> ToolMessage:
        self.wait_for(lambda: len(self.engine.results) >= count)
        assert len(self.engine.results) == count
        return self.engine.results[-1]

    def records(self, number: int = 0) -> list[CallRecord]:
        """The states a call was shown in."""
        shown = [
            one.call for one in self.of(AnswerCallChanged) if isinstance(one, AnswerCallChanged)
        ]
        return [call for call in shown if call.number == number]

    def statuses(self, number: int = 0) -> list[CallStatus]:
        found = [call.status for call in self.records(number)]
        return [one for at, one in enumerate(found) if at == 0 or found[at - 1] is not one]

    def stored(self) -> Message:
        chat_id = self.ended.chat_id
        return self.storage.submit(lambda store: store.branch(chat_id)[-1]).result()
