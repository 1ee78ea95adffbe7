"""llama.cpp gives up for real, in processes of their own, and they live on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker_process import WorkerProcess

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import os, queue, signal, sys, threading
from pathlib import Path
from engine.analysis_filter import ThoughtPiece
from engine.harmony.messages import *
from engine.harmony.vocabulary import Vocabulary
from engine.events import *
from engine.requests import *
from engine.worker import Engine
from engine.llama import binding

class Silent:
    def feed(self, text): return []
    def end_message(self): return []

lib, ggml, events = binding.lib, binding.ggml_library(), queue.SimpleQueue()
vocabulary = Vocabulary.from_file(Path(sys.argv[1]))
engine = Engine(lambda: vocabulary, lambda _conversation: Silent(), events.put)
engine.start()

def wait_for(*kinds):
    while not isinstance(event := events.get(timeout=90), kinds): pass
    return event

def load(*workers):
    # Named, since the planner leaves the practice model to the processor.
    names = tuple(f"RPC{number}" for number in range(len(workers))) or None
    path = Path(sys.argv[2])
    engine.load(LoadRequest(path, 1024, 512, threads=1, devices=names, workers=workers))

def ask(turn, text):
    conversation = (SystemMessage(Effort.LOW, "2026-01-02"), UserMessage(text))
    engine.answer(AnswerRequest(TurnId(turn), conversation, Sampling(temperature=0.0)))

def give_up(*_):
    ggml.ggml_abort(b"ggml.c", 1, b"planted")

def tell(*names):
    # What is told from now on, in order; a parked thread can tell no more.
    for _ in names:
        event = events.get(timeout=90)
        print(type(event).__name__, getattr(event, "turn_id", ""), getattr(event, "detail", ""))

def end():
    ask(9, "Still there?")
    while not (isinstance(event := events.get(timeout=90), Failed) and event.turn_id == 9): pass
    engine.load(LoadRequest(Path(sys.argv[2])))
    wait_for(ModelLoadFailed)
    print("then", event.title, engine.close(1), events.empty())
"""

THEN = "then The engine broke down and cannot go on. False True"


def run(scene: str, *arguments: str) -> list[str]:
    """What a program prints in whose process llama.cpp gives up."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + scene, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def files(vocabulary_path: Path, practice_model_path: Path) -> tuple[str, str]:
    return str(vocabulary_path), str(practice_model_path)


def test_an_abort_in_the_middle_of_an_answer(files: tuple[str, str]) -> None:
    scene = """
load(); wait_for(ModelLoaded)
ask(1, "Count to 200"); ask(2, "Hello!")
wait_for(TextAdded)
lib.llama_decode = give_up
wait_for(EngineBroke)
tell("turn", "turn")
end()
"""
    assert run(scene, *files) == ["Failed 1 ggml.c:1: planted", "Failed 2 ggml.c:1: planted", THEN]


def test_an_assertion_of_llama_cpp_s_own(files: tuple[str, str]) -> None:
    scene = """
load(); wait_for(ModelLoaded)
decode = lib.llama_decode
def ask_for_every_output(context, batch):
    for index in range(batch.n_tokens): batch.logits[index] = 1
    return decode(context, batch)
lib.llama_decode = ask_for_every_output
ask(1, "Hello!")
print("GGML_ASSERT" in wait_for(EngineBroke).detail)
print(wait_for(Failed).was_interrupted)
end()
"""
    assert run(scene, *files) == ["True", "True", THEN]


def test_an_abort_while_a_model_is_loaded(files: tuple[str, str]) -> None:
    scene = """
lib.llama_init_from_model = give_up
load(); ask(1, "Hello!")
wait_for(EngineBroke)
tell("load", "turn")
end()
"""
    assert run(scene, *files) == [
        "ModelLoadFailed  ggml.c:1: planted",
        "Failed 1 ggml.c:1: planted",
        THEN,
    ]


def test_an_abort_while_the_engine_reads_ahead(files: tuple[str, str]) -> None:
    scene = """
load(); wait_for(ModelLoaded)
def put(event):
    if isinstance(event, Finished): lib.llama_decode = give_up
    events.put(event)
engine._emit_outside = put
ask(1, "Hello!")
wait_for(Finished)
print(type(wait_for(EngineBroke, Failed)).__name__)
end()
"""
    assert run(scene, *files) == ["EngineBroke", THEN]


def test_aborts_on_other_threads_are_told_once_and_nothing_is_said_after_them(
    files: tuple[str, str],
) -> None:
    scene = """
load(); wait_for(ModelLoaded)
ask(1, "Count to 200")
wait_for(TextAdded)
for _ in range(3): threading.Thread(target=give_up, daemon=True).start()
wait_for(EngineBroke)
tell("turn")
engine._thread.join(60)
print("ended", engine._thread.is_alive(), events.empty())
"""
    assert run(scene, *files) == ["Failed 1 ggml.c:1: planted", "ended False True"]


@pytest.fixture
def two_workers() -> Iterator[tuple[WorkerProcess, WorkerProcess]]:
    pair = WorkerProcess(), WorkerProcess()
    yield pair
    for one in pair:
        one.close()


def test_one_of_two_workers_killed_in_the_middle_of_an_answer(
    files: tuple[str, str], two_workers: tuple[WorkerProcess, WorkerProcess]
) -> None:
    scene = """
from app.worker_connections import lost_among, watch
addresses = sys.argv[3:5]
load(*addresses); wait_for(ModelLoaded)
print(watch(addresses), lost_among(addresses))
ask(1, "Count to 200")
wait_for(TextAdded)
os.kill(int(sys.argv[5]), signal.SIGKILL)
print("RPC" in wait_for(EngineBroke).detail, wait_for(Failed).was_interrupted)
print(*lost_among(addresses))
end()
"""
    kept, lost = two_workers
    said = run(scene, *files, kept.address, lost.address, str(lost.process.pid))
    assert said == ["2 ()", "True True", lost.address, THEN]
