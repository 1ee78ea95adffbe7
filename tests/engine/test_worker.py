from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from engine.analysis_filter import AnalysisFilter, ThoughtPiece
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    ModelLoaded,
    ModelLoadFailed,
    ModelLoading,
    PhaseChanged,
    PromptRead,
    StopReason,
    TextAdded,
    ThoughtAdded,
    ToolCalled,
)
from engine.generation import Turn
from engine.gguf import PRACTICE_NAME
from engine.harmony.messages import (
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.requests import AnswerRequest, LoadRequest, Sampling, TurnId
from engine.worker import Engine
from tests.engine.conftest import GREEDY, MakeTalk, OpenFilter, Talk

LONG_PROMPT = "Please read this again. " * 300
LONG_ANSWER = "Write a long answer."


def test_a_loaded_model_answers_and_remembers(talk: Talk) -> None:
    first = talk.answer("Hello!")
    assert isinstance(first, Finished)
    assert first.reason is StopReason.END_OF_TURN
    assert talk.text_of(1).startswith("Hello!")
    assert talk.thoughts_of(1)
    talk.answer("My name is Anna.")
    talk.answer("What is my name?")
    assert "Anna" in talk.text_of(3)


def test_loading_tells_progress_and_facts(make_talk: MakeTalk, practice_model_path: Path) -> None:
    talk = make_talk()
    loaded = talk.load(practice_model_path)
    assert isinstance(loaded, ModelLoaded)
    assert loaded.facts.is_practice
    assert loaded.facts.name == PRACTICE_NAME
    assert loaded.context_tokens == 2048
    assert loaded.device == "CPU"
    fractions = [event.fraction for event in talk.seen if isinstance(event, ModelLoading)]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == 1.0


def test_the_next_turn_reads_only_the_new_words(talk: Talk, writer: HarmonyWriter) -> None:
    talk.answer("Hello!")
    assert talk.engine.wait_until_idle(60)
    second = talk.answer("Who are you?")
    assert isinstance(second, Finished)
    new_words = writer.message_ids(UserMessage("Who are you?"))
    assert second.usage.read_tokens == len(new_words) + len(writer.next_assistant())


def test_the_same_seed_repeats_an_answer_and_another_does_not(talk: Talk) -> None:
    warm = Sampling(temperature=1.5, min_p=0.001, seed=7)
    conversation = (SystemMessage(Effort.HIGH, "2026-01-02"), UserMessage("Tell me something."))

    def said(turn: int, sampling: Sampling) -> tuple[str, str]:
        talk.engine.answer(AnswerRequest(TurnId(turn), conversation, sampling, 150))
        talk.wait_for(Finished, Failed)
        return talk.thoughts_of(turn), talk.text_of(turn)

    first = said(101, warm)
    assert said(102, warm) == first
    others = {said(103 + seed, Sampling(1.5, min_p=0.001, seed=seed)) for seed in range(3)}
    assert others != {first}


def test_a_turn_without_a_model_fails_with_a_hint(make_talk: MakeTalk) -> None:
    end = make_talk().answer("Hello!")
    assert isinstance(end, Failed)
    assert end.title == "No model is loaded."
    assert end.hint


def test_a_turn_asked_for_during_a_load_waits_for_it(
    make_talk: MakeTalk, practice_model_path: Path
) -> None:
    talk = make_talk()
    talk.engine.load(LoadRequest(practice_model_path, 2048, threads=1))
    end = talk.answer("Hello!")
    assert isinstance(end, Finished)
    assert talk.text_of(1)


def test_a_file_that_is_no_model_is_told_and_the_engine_lives_on(
    make_talk: MakeTalk, tmp_path: Path, practice_model_path: Path
) -> None:
    talk = make_talk()
    wrong = tmp_path / "letter.gguf"
    wrong.write_text("Dear reader")
    failed = talk.load(wrong)
    assert isinstance(failed, ModelLoadFailed)
    assert failed.title == "This is not a GGUF model file."
    assert isinstance(talk.answer("Hello?"), Failed)
    assert isinstance(talk.load(practice_model_path), ModelLoaded)
    assert isinstance(talk.answer("Hello!"), Finished)


def test_a_load_can_be_given_up(make_talk: MakeTalk, practice_model_path: Path) -> None:
    talk = make_talk()
    talk.at(lambda event: isinstance(event, ModelLoading), talk.engine.cancel_load)
    failed = talk.load(practice_model_path)
    assert isinstance(failed, ModelLoadFailed)
    assert failed.was_cancelled
    assert isinstance(talk.load(practice_model_path), ModelLoaded)


def stop_at(
    talk: Talk, request: AnswerRequest, is_moment: Callable[[EngineEvent], bool]
) -> Finished:
    """Answer, and stop at a moment."""
    talk.at(is_moment, lambda: talk.engine.stop(request.turn_id))
    talk.engine.answer(request)
    end = talk.wait_for(Finished, Failed)
    assert isinstance(end, Finished)
    assert end.reason is StopReason.CANCELLED
    return end


def test_stop_ends_reading_and_the_next_turn_goes_on_from_there(
    make_talk: MakeTalk, practice_model_path: Path
) -> None:
    talk = make_talk()
    talk.load(practice_model_path, context_tokens=4096)
    request = talk.request(LONG_PROMPT)
    stop_at(talk, request, lambda event: isinstance(event, PromptRead) and event.done_tokens == 512)
    assert talk.text_of(request.turn_id) == ""
    end = talk.answer("Hello!", max_reply_tokens=3)
    assert isinstance(end, Finished)
    assert end.usage.reused_tokens >= 512


def test_stop_ends_thinking_and_answering(talk: Talk) -> None:
    thinking = talk.request(LONG_ANSWER)
    stop_at(talk, thinking, lambda event: isinstance(event, ThoughtAdded))
    answering = talk.request(LONG_ANSWER)
    stop_at(talk, answering, lambda event: isinstance(event, TextAdded))
    assert talk.text_of(answering.turn_id)
    assert isinstance(talk.answer("Hello!"), Finished)


def test_stop_ends_a_turn_that_waits_in_the_queue(talk: Talk) -> None:
    running, waiting = talk.request(LONG_ANSWER), talk.request("Hello!")
    is_queued = threading.Event()

    def stop_waiting() -> None:
        assert is_queued.wait(30)
        talk.engine.stop(waiting.turn_id)

    talk.at(lambda event: isinstance(event, PhaseChanged), stop_waiting)
    talk.engine.answer(running)
    talk.engine.answer(waiting)
    is_queued.set()
    first, second = talk.wait_for(Finished), talk.wait_for(Finished)
    assert isinstance(first, Finished)
    assert isinstance(second, Finished)
    assert (first.turn_id, first.reason) == (waiting.turn_id, StopReason.CANCELLED)
    assert (second.turn_id, second.reason) == (running.turn_id, StopReason.END_OF_TURN)


def test_stop_ends_a_turn_that_waits_for_a_load(
    make_talk: MakeTalk, practice_model_path: Path
) -> None:
    talk = make_talk()
    request = talk.request("Hello!")
    is_queued = threading.Event()

    def stop_while_loading() -> None:
        assert is_queued.wait(30)
        talk.engine.stop(request.turn_id)

    talk.at(lambda event: isinstance(event, ModelLoading), stop_while_loading)
    talk.engine.load(LoadRequest(practice_model_path, 2048, threads=1))
    talk.engine.answer(request)
    is_queued.set()
    talk.wait_for(ModelLoaded)
    (end,) = talk.ends_of(request.turn_id)
    assert isinstance(end, Finished), "it did not wait for the load to end"
    assert end.reason is StopReason.CANCELLED


def ask_python(talk: Talk) -> AnswerRequest:
    talk.conversation[0] = SystemMessage(Effort.LOW, "2026-01-02", python=True)
    return talk.request("What is 12 * 7?")


def test_a_tool_s_result_continues_the_turn(talk: Talk) -> None:
    request = ask_python(talk)
    talk.engine.answer(request)
    called = talk.wait_for(ToolCalled, Finished, Failed)
    assert isinstance(called, ToolCalled)
    assert called.recipient == "python"
    assert "12" in called.arguments
    talk.engine.continue_turn(request.turn_id, ToolMessage("python", called.channel, "84"))
    end = talk.wait_for(Finished, Failed, ToolCalled)
    assert isinstance(end, Finished)
    assert "84" in talk.text_of(request.turn_id)


def test_stop_ends_a_turn_that_waits_for_a_tool_and_a_late_result_is_ignored(talk: Talk) -> None:
    request = ask_python(talk)
    stop_at(talk, request, lambda event: isinstance(event, ToolCalled))
    talk.engine.continue_turn(request.turn_id, ToolMessage("python", Channel.ANALYSIS, "84"))
    assert isinstance(talk.answer("Hello!"), Finished)
    assert len(talk.ends_of(request.turn_id)) == 1


def test_another_turn_can_be_answered_while_one_waits_for_a_tool(talk: Talk) -> None:
    request = ask_python(talk)
    talk.engine.answer(request)
    called = talk.wait_for(ToolCalled)
    assert isinstance(called, ToolCalled)
    other = (SystemMessage(Effort.LOW, "2026-01-02"), UserMessage("Hello!"))
    talk.engine.answer(AnswerRequest(TurnId(500), other, GREEDY))
    talk.wait_for(Finished)
    talk.engine.continue_turn(request.turn_id, ToolMessage("python", called.channel, "84"))
    talk.wait_for(Finished)
    assert talk.text_of(500).startswith("Hello!")
    assert "84" in talk.text_of(request.turn_id)


def test_unloading_ends_a_waiting_turn_and_frees_the_model(talk: Talk) -> None:
    request = ask_python(talk)
    talk.engine.answer(request)
    talk.wait_for(ToolCalled)
    talk.engine.unload()
    assert isinstance(talk.wait_for(Finished), Finished)
    assert isinstance(talk.answer("Hello!"), Failed)


def test_close_ends_running_queued_and_waiting_turns(talk: Talk) -> None:
    waiting, running = ask_python(talk), talk.request(LONG_ANSWER)
    queued = talk.request("Hello!")
    talk.engine.answer(waiting)
    talk.wait_for(ToolCalled)
    is_queued = threading.Event()

    def close() -> None:
        assert is_queued.wait(30)
        talk.engine.close()

    talk.at(lambda event: isinstance(event, PhaseChanged), close)
    talk.engine.answer(running)
    talk.engine.answer(queued)
    is_queued.set()
    talk.wait_for(PhaseChanged)
    assert talk.engine.close(30)
    talk.drain()
    for request in (waiting, running, queued):
        (end,) = talk.ends_of(request.turn_id)
        assert isinstance(end, Finished)
        assert end.reason is StopReason.CANCELLED
    with pytest.raises(RuntimeError, match="closed"):
        talk.engine.answer(talk.request("Too late"))


def test_a_bad_setting_fails_the_turn_alone(talk: Talk) -> None:
    end = talk.answer("Hello!", sampling=Sampling(temperature=9.0))
    assert isinstance(end, Failed)
    assert "range" in end.title
    assert isinstance(talk.answer("Hello!"), Finished)


def test_a_chat_longer_than_the_context_is_told(talk: Talk) -> None:
    end = talk.answer(LONG_PROMPT * 2)
    assert isinstance(end, Failed)
    assert end.fields == {"tokens": "2,048"}
    assert end.is_too_long
    assert end.hint


class Careless(OpenFilter):
    def feed(self, text: str) -> Sequence[ThoughtPiece]:
        raise LookupError(text)


def careless(_conversation: Sequence[HarmonyMessage]) -> AnalysisFilter:
    return Careless()


def test_raw_thoughts_appear_in_no_event_and_no_log(
    make_talk: MakeTalk, practice_model_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    talk = make_talk(careless)
    talk.load(practice_model_path)
    talk.answer("Look up my contact card.")
    assert talk.text_of(1)
    everything = repr(talk.seen) + caplog.text
    assert "@" not in everything.replace("@dataclass", "")
    assert "The user" not in everything


def test_a_receiver_that_raises_does_not_end_the_engine(
    vocabulary: Vocabulary, caplog: pytest.LogCaptureFixture
) -> None:
    seen: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()

    def receive(event: EngineEvent) -> None:
        seen.put(event)
        raise ValueError("careless receiver")

    engine = Engine(lambda: vocabulary, careless, receive)
    engine.start()
    hello = (SystemMessage(Effort.LOW, "2026-01-02"), UserMessage("Hello!"))
    for turn in (1, 2):
        engine.answer(AnswerRequest(TurnId(turn), hello))
        assert isinstance(seen.get(timeout=30), Failed)
    assert engine.close(30)
    assert "receiver" in caplog.text


ABORTING = """
import sys, queue
from pathlib import Path
from engine.harmony.messages import *
from engine.harmony.vocabulary import Vocabulary
from engine.events import *
from engine.requests import *
from engine.worker import Engine
from engine.llama import binding

events = queue.SimpleQueue()
vocabulary = Vocabulary.from_file(Path(sys.argv[1]))
engine = Engine(lambda: vocabulary, lambda _conversation: None, events.put)
engine.start()
engine.load(LoadRequest(Path(sys.argv[2]), 512, threads=1))
while not isinstance(event := events.get(timeout=60), ModelLoaded): pass

def give_up(context, batch):  # as ggml does when an assertion of its own fails
    binding.ggml_library().ggml_abort(b"ggml.c", 1, b"assertion failed")

binding.lib.llama_decode = give_up
hello = (SystemMessage(Effort.LOW, "2026-01-02"), UserMessage("Hello!"))
engine.answer(AnswerRequest(TurnId(1), hello))
while not isinstance(event := events.get(timeout=60), Failed | Finished): pass
print(type(event).__name__, event.turn_id, event.title, event.detail)
engine.answer(AnswerRequest(TurnId(2), hello))
event = events.get(timeout=60)
print(type(event).__name__, event.turn_id, engine.close(1))
"""


def test_the_process_survives_when_llama_cpp_gives_up(
    vocabulary_path: Path, practice_model_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ABORTING, str(vocabulary_path), str(practice_model_path)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.stdout.splitlines() == [
        "Failed 1 The engine broke down and cannot go on. ggml.c:1: assertion failed",
        "Failed 2 False",
    ], done.stderr
    assert done.returncode == 0


def test_a_vocabulary_that_cannot_be_read_fails_every_request(make_talk: MakeTalk) -> None:
    talk = make_talk(load_vocabulary=lambda: Vocabulary.from_file(Path("missing.tiktoken")))
    failed = talk.wait_for(ModelLoadFailed)
    assert isinstance(failed, ModelLoadFailed)
    assert failed.title == "Sotto's vocabulary is missing."
    end = talk.answer("Hello!")
    assert isinstance(end, Failed)
    assert end.title == failed.title


def test_an_unexpected_error_ends_the_turn_and_the_engine_lives_on(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Turn, "run", lambda _self: int("PLAN" + "TED"))
        end = talk.answer("Hello!")
    assert isinstance(end, Failed)
    assert "PLANTED" not in repr(end) + caplog.text
    assert isinstance(talk.answer("Hello again!"), Finished)


def test_a_failure_to_read_ahead_costs_time_only(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Turn, "history_ids", lambda _self: int("PLAN" + "TED"))
        talk.answer("Hello!")
        assert talk.engine.wait_until_idle(60)
    assert "reading ahead failed: ValueError" in caplog.text
    assert "PLANTED" not in caplog.text
    again = talk.answer("Who are you?")
    assert isinstance(again, Finished)
    assert again.usage.reused_tokens == 0


def test_after_a_stopped_tool_call_the_next_turn_reads_only_its_words(
    talk: Talk, writer: HarmonyWriter
) -> None:
    request = ask_python(talk)
    stop_at(talk, request, lambda event: isinstance(event, ToolCalled))
    assert talk.engine.wait_until_idle(60)
    end = talk.answer("Hello!")
    assert isinstance(end, Finished)
    new_words = writer.message_ids(UserMessage("Hello!"))
    assert end.usage.read_tokens == len(new_words) + len(writer.next_assistant())
