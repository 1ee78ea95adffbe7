"""The engine broke down: what is kept, what is said, and what is offered."""

from __future__ import annotations

from app.chats.changes import BusyChanged, ChatChange, MessageEnded, ModelState, StatusChanged
from app.chats.values import MessageStatus
from engine.events import EngineBroke, EngineEvent, Failed, ModelLoadFailed, TextAdded
from engine.harmony.messages import Effort
from engine.requests import AnswerRequest
from tests.app.service.conftest import Bench, ScriptedEngine

BROKE = EngineBroke("The engine broke down and cannot go on.", "Restart Sotto.", "ggml.c:1: no")
WORKER = "127.0.0.1:1"  # nobody listens there, so nothing is connected to it


def breaks(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    failed = Failed(request.turn_id, BROKE.title, BROKE.hint, BROKE.detail, was_interrupted=True)
    return [TextAdded(request.turn_id, "half an"), BROKE, failed]


def status(bench: Bench) -> StatusChanged:
    told = bench.of(StatusChanged)[-1]
    assert isinstance(told, StatusChanged)
    return told


def of_the_turn(change: ChatChange) -> bool:
    return isinstance(change, StatusChanged | MessageEnded | BusyChanged)


def test_what_was_written_is_kept_as_interrupted_and_a_restart_is_needed(bench: Bench) -> None:
    bench.engine.scripts = [breaks]
    bench.service.send("Hi", Effort.LOW)
    bench.settle()

    (ended,) = bench.of(MessageEnded)
    assert isinstance(ended, MessageEnded)
    assert (ended.message.status, ended.message.text) == (MessageStatus.INTERRUPTED, "half an")
    (stored,) = bench.storage.submit(lambda store: store.branch(ended.message.chat_id)[1:]).result()
    assert (stored.status, stored.text) == (MessageStatus.INTERRUPTED, "half an")
    assert status(bench).state is ModelState.FAILED
    assert status(bench).needs_restart
    assert status(bench).problem is not None
    assert status(bench).lost_workers == ()
    assert not bench.service.is_busy
    kinds = [type(change) for change in bench.changes if of_the_turn(change)]
    broken = [isinstance(one, StatusChanged) and one.needs_restart for one in bench.changes]
    first = broken.index(True)
    assert first < bench.changes.index(ended), "the reason comes first"
    assert kinds[-1] is not MessageEnded


def test_nothing_that_comes_later_hides_that_the_engine_broke_down(bench: Bench) -> None:
    bench.engine.play(BROKE, ModelLoadFailed("The model could not be loaded."))
    bench.settle()

    problem = status(bench).problem
    assert problem is not None
    assert problem.title == BROKE.title
    assert status(bench).needs_restart


def test_a_lost_worker_is_named_and_going_without_it_is_offered(impatient: Bench) -> None:
    impatient.workers = (WORKER,)
    impatient.found.set()
    impatient.service.start()
    impatient.settle()
    assert status(impatient).workers == (WORKER,)

    impatient.engine.play(BROKE)
    impatient.settle()

    assert status(impatient).lost_workers == (WORKER,)
    problem = status(impatient).problem
    assert problem is not None
    assert problem.fields == {"worker": WORKER}
    assert problem.detail == BROKE.detail


def test_a_worker_that_cannot_be_used_is_named_and_the_load_goes_on_without_it(
    impatient: Bench,
) -> None:
    impatient.workers, impatient.refused = ("garage:1", "attic:2"), "attic:2"
    impatient.found.set()
    impatient.service.start()
    impatient.settle()
    assert status(impatient).state is ModelState.FAILED
    assert status(impatient).lost_workers == ("attic:2",)
    assert not status(impatient).needs_restart
    assert impatient.engine.loads == []

    impatient.service.load_model(without=status(impatient).lost_workers)
    impatient.service.send("Hi", Effort.LOW)
    impatient.settle()

    assert [load.workers for load in impatient.engine.loads] == [("garage:1",)]
    assert status(impatient).state is ModelState.LOADING
    assert status(impatient).lost_workers == ()
    assert len(impatient.engine.requests) == 1, "what was asked meanwhile waited for the load"
