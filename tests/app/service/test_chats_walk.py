"""Walks through several chats, drawn at random: whatever people and engine do, the rules hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.chats.changes import (
    AnswerTextAdded,
    AnswerThoughtAdded,
    BusyChanged,
    ChatMark,
    ChatMarksChanged,
    ChatOpened,
    ChatsChanged,
    MessageEnded,
    SendRefused,
)
from app.chats.ids import ChatId
from app.chats.values import Message, MessageRole, MessageStatus
from app.conversation import chat_key
from app.permissions.values import Decision
from app.tools.records import CallStatus
from engine.analysis_filter import ThoughtPiece
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    Phase,
    PhaseChanged,
    StopReason,
    TextAdded,
    ThoughtAdded,
    ToolCalled,
    Usage,
)
from engine.harmony.messages import Channel, Effort, ToolMessage
from engine.requests import AnswerRequest, TurnId
from tests.app.service.calls_bench import Loop
from tests.app.service.conftest import ScriptedEngine

DONE = {MessageStatus.COMPLETE, MessageStatus.STOPPED, MessageStatus.FAILED}


@dataclass
class LineEngine(ScriptedEngine):
    """Computes one turn at a time, in the order it was asked, as the real one does.

    What it writes names the chat that it writes for.
    """

    chats: dict[TurnId, str] = field(default_factory=dict)
    line: list[TurnId] = field(default_factory=list)

    def answer(self, request: AnswerRequest) -> None:
        self.requests.append(request)
        self.chats[request.turn_id] = request.chat
        self.line.append(request.turn_id)

    def continue_turn(self, turn_id: TurnId, result: ToolMessage) -> None:
        if turn_id in self.chats:
            self.results.append(result)
            self.line.append(turn_id)

    def stop(self, turn_id: TurnId) -> None:
        if turn_id in self.chats:
            self._end(Finished(turn_id, StopReason.CANCELLED, Usage()))

    def compute(self, what: str) -> None:
        """Go on with the first turn of the line."""
        if not self.line:
            return
        turn_id = self.line[0]
        self.emit(PhaseChanged(turn_id, Phase.READING))
        match what:
            case "text":
                self.emit(TextAdded(turn_id, f"[{self.chats[turn_id]}]"))
            case "thought":
                self.emit(ThoughtAdded(turn_id, ThoughtPiece(f"[{self.chats[turn_id]}] hm")))
            case "call":
                self.line.remove(turn_id)
                self.emit(ToolCalled(turn_id, "python", "1", Channel.ANALYSIS))
            case "end":
                self._end(Finished(turn_id, StopReason.END_OF_TURN, Usage()))
            case "fail":
                self._end(Failed(turn_id, "It broke."))

    def _end(self, event: Finished | Failed) -> None:
        del self.chats[event.turn_id]
        self.line = [one for one in self.line if one != event.turn_id]
        self.emit(event)


class ChatsLoop(Loop):
    """A bench whose engine computes one turn at a time."""

    def make_engine(self, emit: Callable[[EngineEvent], None]) -> ScriptedEngine:
        return LineEngine(emit)


class ChatsWalk(RuleBasedStateMachine):
    """A person with several chats, and an engine that does what models do."""

    @initialize()
    def open(self) -> None:
        self.loop = ChatsLoop()
        engine = self.loop.engine
        assert isinstance(engine, LineEngine)
        self.engine = engine
        self.loop.found.set()
        self.loop.service.start()
        self.loop.settle()
        self.sent = 0
        self.deleted: set[ChatId] = set()

    # ---- what is told

    @property
    def shown(self) -> ChatId | None:
        opened = self.loop.of(ChatOpened)
        last = opened[-1] if opened else None
        return last.chat.id if isinstance(last, ChatOpened) and last.chat is not None else None

    @property
    def chats(self) -> list[ChatId]:
        listed = self.loop.of(ChatsChanged)[-1]
        assert isinstance(listed, ChatsChanged)
        return [chat.id for chat in listed.chats]

    def is_open(self, chat_id: ChatId | None) -> bool:
        return chat_id is not None and chat_key(chat_id) in self.engine.chats.values()

    # ---- what people do

    @rule()
    def begin_another_chat(self) -> None:
        self.loop.service.new_chat()

    @rule()
    def ask_in_another_chat(self) -> None:
        self.loop.service.new_chat()
        self.send()

    @rule()
    def send(self) -> None:
        is_open = self.is_open(self.shown)
        refused = len(self.loop.of(SendRefused))
        self.loop.service.send("Go on", Effort.LOW)
        self.loop.settle()
        assert len(self.loop.of(SendRefused)) - refused == is_open
        self.sent += not is_open

    @rule(stops=st.booleans())
    def send_and_go_at_once(self, stops: bool) -> None:
        if self.is_open(self.shown):
            return
        self.loop.service.send("And then", Effort.LOW)
        if stops:
            self.loop.service.stop()
        self.loop.service.new_chat()
        self.loop.settle()
        self.sent += 1
        assert self.shown is None

    @precondition(lambda self: bool(self.chats))
    @rule(which=st.integers(0, 5))
    def open_a_chat(self, which: int) -> None:
        self.loop.service.open_chat(self.chats[which % len(self.chats)])
        self.loop.settle()

    @rule()
    def stop(self) -> None:
        self.loop.service.stop()
        self.loop.settle()
        assert not self.is_open(self.shown)

    @precondition(lambda self: bool(self.loop.asked))
    @rule(which=st.integers(0, 5), allows=st.booleans())
    def decide(self, which: int, allows: bool) -> None:
        asked = self.loop.asked[which % len(self.loop.asked)]
        results = len(self.engine.results)
        self.loop.service.permissions.decide(asked.id, Decision(allows))
        self.loop.wait_for(lambda: len(self.engine.results) > results)
        self.loop.settle()

    @precondition(lambda self: len(self.loop.asked) > 1)
    @rule(allows=st.booleans())
    def decide_together(self, allows: bool) -> None:
        waiting = [one.id for one in self.loop.asked]
        results = len(self.engine.results)
        self.loop.service.permissions.decide_all(waiting, Decision(allows))
        self.loop.wait_for(lambda: len(self.engine.results) == results + len(waiting))
        self.loop.settle()

    @precondition(lambda self: bool(self.chats))
    @rule(which=st.integers(0, 5), comes_back=st.booleans())
    def delete_a_chat(self, which: int, comes_back: bool) -> None:
        chat_id = self.chats[which % len(self.chats)]
        self.loop.service.delete_chat(chat_id)
        self.loop.settle()
        if comes_back:
            self.loop.service.undo()
            self.loop.settle()
            assert self.shown == chat_id
        else:
            self.deleted.add(chat_id)
            assert self.shown != chat_id
        assert not self.is_open(chat_id)

    # ---- what the engine does

    @precondition(lambda self: bool(self.engine.line))
    @rule(what=st.sampled_from(("text", "thought")))
    def write(self, what: str) -> None:
        self.engine.compute(what)
        self.loop.settle()

    @precondition(lambda self: bool(self.engine.line))
    @rule()
    def call(self) -> None:
        key = self.engine.chats[self.engine.line[0]]
        self.engine.compute("call")
        self.loop.wait_for(lambda: any(chat_key(one.chat_id) == key for one in self.loop.asked))
        self.loop.settle()

    @precondition(lambda self: bool(self.engine.line))
    @rule(what=st.sampled_from(("end", "end", "fail")))
    def end(self, what: str) -> None:
        self.engine.compute(what)
        self.loop.settle()

    # ---- what holds at all times

    @invariant()
    def the_view_knows_whether_its_chat_is_answered(self) -> None:
        told = self.loop.of(BusyChanged)
        is_busy = self.is_open(self.shown)
        assert self.loop.service.is_busy == is_busy
        if told:
            last = told[-1]
            assert isinstance(last, BusyChanged)
            assert last.is_busy == is_busy

    @invariant()
    def the_list_marks_what_is_so(self) -> None:
        told = self.loop.of(ChatMarksChanged)
        marks = told[-1].marks if told and isinstance(told[-1], ChatMarksChanged) else {}
        asking = [one.chat_id for one in self.loop.asked]
        assert len(asking) == len(set(asking))
        assert {chat_key(chat_id) for chat_id in asking} <= set(self.engine.chats.values())
        open_now = {
            chat_id: ChatMark.ASKING if chat_id in asking else ChatMark.ANSWERING
            for chat_id in self.chats
            if self.is_open(chat_id)
        }
        assert {id_: mark for id_, mark in marks.items() if mark is not ChatMark.UNREAD} == open_now
        unread = {id_ for id_, mark in marks.items() if mark is ChatMark.UNREAD}
        assert self.shown not in unread
        assert not unread & self.deleted

    @invariant()
    def nothing_is_told_of_a_chat_that_is_not_shown(self) -> None:
        shown = None
        for change in self.loop.changes:
            match change:
                case ChatOpened(chat=chat):
                    shown = chat_key(chat.id) if chat is not None else None
                case AnswerTextAdded(text=text):
                    assert text == f"[{shown}]"
                case AnswerThoughtAdded(piece=piece):
                    assert piece.text == f"[{shown}] hm"
                case MessageEnded(message=message):
                    assert chat_key(message.chat_id) == shown
                case _:
                    pass

    @invariant()
    def every_answer_ends_once(self) -> None:
        ends = self.loop.of(MessageEnded)
        told = Counter(one.message.id for one in ends if isinstance(one, MessageEnded))
        assert all(times == 1 for times in told.values())

    # ---- the end

    def teardown(self) -> None:
        if not hasattr(self, "loop"):
            return
        open_before = len(self.engine.chats)
        self.loop.service._answers.abandon()
        branches = self.loop.storage.submit(
            lambda store: [store.branch(chat.id) for chat in store.chats()]
        ).result()
        self.loop.service.close()
        assert open_before == 0 or not self.loop.service.is_busy
        answers = [one for branch in branches for one in branch if one.role is not MessageRole.USER]
        questions = sum(len(branch) for branch in branches) - len(answers)
        assert questions == len(answers)
        assert questions <= self.sent
        if not self.deleted:
            assert questions == self.sent
        for message in answers:
            check_stored(message)


def check_stored(message: Message) -> None:
    """All of an answer is its own chat's, and nothing of it is open."""
    own = f"[{chat_key(message.chat_id)}]"
    assert message.status in DONE
    assert message.text.replace(own, "") == ""
    assert {piece.text for piece in message.thoughts} <= {f"{own} hm"}
    for call in message.calls:
        assert call.status in {CallStatus.DONE, CallStatus.DENIED, CallStatus.STOPPED}
        if call.started_ms:
            assert call.answered is not None
            assert call.answered.is_allowed


def test_whatever_happens_in_several_chats_the_rules_hold() -> None:
    run_state_machine_as_test(
        ChatsWalk,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
