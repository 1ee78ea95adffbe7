"""Models in several files: told apart by their headers, and loaded as the whole is."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelFileError
from engine.events import ModelLoaded, ModelLoadFailed
from engine.gguf import ModelFacts, read_facts
from engine.gguf_details import read_details
from engine.gguf_split import part_names
from engine.hardware import Hardware
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape, Logits
from engine.llama.context import Context
from engine.llama.devices import hardware
from engine.llama.log import LlamaLog
from engine.llama.model import Model
from engine.load_attempt import check_unchanged
from engine.memory_plan.ladder import Stage
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import PlanChoices
from engine.probe import Outcome, Prober, Verdict
from engine.requests import LoadRequest
from tests.engine.conftest import MakeTalk
from tests.engine.split_files import split_file, split_keys
from tools.random_model.header import GPT_OSS_120B, write_header

PROMPT = [200006, 1428, 200008, 13225, 200007, 200006, 173781]


@pytest.fixture(scope="module")
def whole_parts(
    practice_model_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, ...]:
    return split_file(practice_model_path, tmp_path_factory.mktemp("parts"), 3)


@pytest.fixture
def parts(whole_parts: tuple[Path, ...], tmp_path: Path) -> tuple[Path, ...]:
    """Links that a test may rename, replace or take away."""
    for path in whole_parts:
        (tmp_path / path.name).hardlink_to(path)
    return tuple(tmp_path / path.name for path in whole_parts)


def logits_of(facts: ModelFacts, log: LlamaLog) -> Logits:
    model = Model.load(
        facts,
        gpu_layers=0,
        on_progress=lambda _fraction: None,
        should_stop=lambda: False,
        log=log,
    )
    try:
        context = Context(model, ContextShape(256, 64, 1), AbortFlag(), log)
        assert context.decode(PROMPT, 0, wants_logits=True)
        logits = context.logits().copy()
        context.close()
    finally:
        model.close()
    return logits


def told_of(path: Path) -> str:
    with pytest.raises(ModelFileError) as caught:
        read_facts(path)
    assert caught.value.hint
    return str(caught.value)


def test_parts_say_together_what_the_whole_says(
    parts: tuple[Path, ...], practice_facts: ModelFacts
) -> None:
    facts = read_facts(parts[0])
    assert facts.paths == parts
    assert facts.size_bytes == sum(path.stat().st_size for path in parts)
    same = replace(
        practice_facts,
        path=parts[0],
        size_bytes=facts.size_bytes,
        modified_ns=parts[0].stat().st_mtime_ns,
        further_parts=facts.further_parts,
    )
    assert facts == same
    assert read_details(parts[0]).counts == read_details(practice_facts.path).counts


@pytest.mark.parametrize("chosen", [1, 2])
def test_any_part_finds_the_first(parts: tuple[Path, ...], chosen: int) -> None:
    assert read_facts(parts[chosen]) == read_facts(parts[0])


def test_the_parts_compute_what_the_whole_computes(
    parts: tuple[Path, ...], practice_facts: ModelFacts, llama_log: LlamaLog
) -> None:
    assert np.array_equal(
        logits_of(read_facts(parts[0]), llama_log), logits_of(practice_facts, llama_log)
    )


def test_parts_of_other_names_are_found_by_what_they_say(
    parts: tuple[Path, ...], tmp_path: Path, practice_facts: ModelFacts, llama_log: LlamaLog
) -> None:
    renamed = [
        path.rename(tmp_path / f"{name}.gguf") for path, name in zip(parts, "czq", strict=True)
    ]
    shutil.copy(renamed[0].parent / "c.gguf", tmp_path / "notes.txt")
    facts = read_facts(renamed[2])
    assert facts.paths == tuple(renamed)
    assert np.array_equal(logits_of(facts, llama_log), logits_of(practice_facts, llama_log))


def test_parts_that_could_be_of_two_models_are_not_guessed(
    parts: tuple[Path, ...], tmp_path: Path
) -> None:
    shutil.copy(parts[1], tmp_path / "copy.gguf")
    renamed = parts[0].rename(tmp_path / "model.gguf")
    assert told_of(renamed) == "The other parts of this model cannot be told from their names."


def test_the_engine_loads_a_model_in_parts(parts: tuple[Path, ...], make_talk: MakeTalk) -> None:
    talk = make_talk()
    talk.engine.load(LoadRequest(parts[1], 1024, 128, threads=1))
    loaded = talk.wait_for(ModelLoaded, ModelLoadFailed)
    assert isinstance(loaded, ModelLoaded)
    assert loaded.facts.paths == parts


def test_a_model_in_parts_is_tried_in_a_process_of_its_own(parts: tuple[Path, ...]) -> None:
    request = LoadRequest(parts[2], 1024, 128, threads=1)
    facts = read_facts(request.path)
    plan = plan_memory(facts, hardware(), request.choices)
    tried = Prober().verdict(request, facts, plan, lambda _fraction: None, lambda: False)
    assert tried == Verdict(Outcome.WORKS, Stage.WARM_UP)


def lose(parts: tuple[Path, ...]) -> None:
    parts[1].unlink()


def swap(parts: tuple[Path, ...]) -> None:
    kept = parts[1].rename(parts[1].with_suffix(".kept"))
    parts[2].rename(parts[1])
    kept.rename(parts[2])


def cut(parts: tuple[Path, ...]) -> None:
    data = parts[2].read_bytes()
    parts[2].unlink()
    parts[2].write_bytes(data[:-100_000])


def cut_in_header(parts: tuple[Path, ...]) -> None:
    data = parts[2].read_bytes()
    parts[2].unlink()
    parts[2].write_bytes(data[:60])


def of_another(parts: tuple[Path, ...]) -> None:
    data = parts[1].read_bytes()
    tensors = data.index(b"split.tensors.count") + len("split.tensors.count") + 4
    parts[1].unlink()
    parts[1].write_bytes(data[:tensors] + struct.pack("<i", 459) + data[tensors + 4 :])


def same_twice(parts: tuple[Path, ...]) -> None:
    data = parts[1].read_bytes()
    number = data.index(b"split.no") + len("split.no") + 4
    parts[2].unlink()
    parts[2].write_bytes(data[:number] + struct.pack("<H", 2) + data[number + 2 :])


def whole_instead(parts: tuple[Path, ...]) -> None:
    data = parts[1].read_bytes()
    count = data.index(b"split.count") + len("split.count") + 4
    parts[1].unlink()
    parts[1].write_bytes(data[:count] + struct.pack("<H", 0) + data[count + 2 :])


def odd_type(parts: tuple[Path, ...]) -> None:
    data = parts[1].read_bytes()
    keys = split_keys(1, 3, 79)
    start = data.index(keys[:20])
    head = data[:start] + split_keys(1, 3, 79, number_type=4)
    parts[1].unlink()
    parts[1].write_bytes(head + data[start + len(keys) :])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lose, "A part of this model is missing: model-00002-of-00003.gguf."),
        (swap, "model-00002-of-00003.gguf is another part of the model than its name says."),
        (cut, "The model file model-00003-of-00003.gguf is not complete: its end is missing."),
        (cut_in_header, "The model file is damaged or not finished."),
        (of_another, "model-00002-of-00003.gguf is a part of another model than the first part."),
        (same_twice, "model-00003-of-00003.gguf is a part of another model than the first part."),
        (
            whole_instead,
            "model-00002-of-00003.gguf is a part of another model than the first part.",
        ),
        (odd_type, "The model file is damaged or not finished."),
    ],
)
def test_a_spoilt_part_is_named(
    parts: tuple[Path, ...], spoil: Callable[[tuple[Path, ...]], None], words: str
) -> None:
    spoil(parts)
    assert told_of(parts[0]) == words


def test_a_part_that_changes_while_loading_is_noticed(parts: tuple[Path, ...]) -> None:
    facts = read_facts(parts[0])
    check_unchanged(facts)
    data = parts[2].read_bytes()
    parts[2].unlink()
    parts[2].write_bytes(data + b"\0")
    with pytest.raises(ModelFileError, match="changed"):
        check_unchanged(facts)
    parts[2].unlink()
    with pytest.raises(ModelFileError, match="not there"):
        check_unchanged(facts)


def test_the_120b_model_in_parts_is_planned_as_in_one(tmp_path: Path) -> None:
    path = tmp_path / "120b.gguf"
    write_header(path, GPT_OSS_120B, None)
    whole = read_facts(path)
    parts = split_file(path, tmp_path, 3, "gpt-oss-120b-mxfp4", has_weights=False)
    facts = read_facts(parts[0])
    assert facts.weights == whole.weights
    machine = Hardware((), 120 << 30, 128 << 30, 8)
    plan = plan_memory(facts, machine, PlanChoices())
    assert plan == plan_memory(whole, machine, PlanChoices())


def test_a_name_cannot_mean_endlessly_many_parts() -> None:
    assert part_names(Path("a-00002-of-00003.gguf"))[::2] == (
        "a-00001-of-00003.gguf",
        "a-00003-of-00003.gguf",
    )
    for name in (
        "a-00004-of-00003.gguf",
        "a-00000-of-00003.gguf",
        "a-00001-of-99999.gguf",
        "a.gguf",
    ):
        assert part_names(Path(name)) == ()
