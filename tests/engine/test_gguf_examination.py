"""Files as a list shows them: which model each is, and in one sentence why it cannot be used."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import ModelFileError
from engine.gguf import ModelFacts, OllamaFileError, read_facts
from engine.gguf_examination import Examination, Examiner
from engine.llama import binding
from engine.llama.binding import ANYWHERE
from engine.llama.log import LlamaLog
from tests.engine.gguf_draft import ARRAY, TEXT, Draft, text, tokens
from tests.engine.ollama_file import as_ollama_names_it
from tests.engine.split_files import split_file
from tools.random_model.header import GPT_OSS_20B, GPT_OSS_120B, write_header


def test_a_look_says_what_reading_says(practice_facts: ModelFacts) -> None:
    examiner = Examiner()
    for _ in range(2):  # the second jumps over the vocabulary
        found = examiner.examine(practice_facts.path)
        assert found == Examination(
            practice_facts.paths,
            practice_facts.name,
            "gpt-oss",
            practice_facts.size_bytes,
            "MXFP4",
            4,
        )


@pytest.mark.parametrize(("shape", "layers"), [(GPT_OSS_20B, 24), (GPT_OSS_120B, 36)])
def test_the_published_sizes_are_told_apart(tmp_path: Path, shape: object, layers: int) -> None:
    path = tmp_path / "model.gguf"
    write_header(path, shape, None)  # type: ignore[arg-type]
    found = Examiner().examine(path)
    assert (found.layers, found.quantisation, found.problem) == (layers, "MXFP4", None)


def test_parts_are_one_model(practice_model_path: Path, tmp_path: Path) -> None:
    parts = split_file(practice_model_path, tmp_path, 3)
    found = Examiner().examine(parts[2])
    assert (found.paths, found.problem) == (parts, None)
    parts[1].unlink()
    broken = Examiner().examine(parts[2])
    assert broken.paths == (parts[0], parts[2])
    assert broken.size_bytes == parts[0].stat().st_size + parts[2].stat().st_size
    assert str(broken.problem) == f"A part of this model is missing: {parts[1].name}."


def test_other_models_say_which_they_are(tmp_path: Path) -> None:
    path = Draft(metadata={"tokenizer.ggml.tokens": (ARRAY, tokens(300))}).write(
        tmp_path / "a.gguf"
    )
    data = path.read_bytes()
    path.write_bytes(data.replace(text(b"gpt-oss"), text(b"llama4x"), 1))
    found = Examiner().examine(path)
    assert (found.architecture, found.name, found.is_gpt_oss) == ("llama4x", "Tiny", False)
    assert str(found.problem) == (
        "This is a model of another kind (llama4x); Sotto runs gpt-oss models."
    )


def test_a_file_that_is_cut_is_still_known_for_what_it_is(
    practice_model_path: Path, tmp_path: Path
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(practice_model_path.read_bytes()[:-1000])
    found = Examiner().examine(path)
    assert (found.is_gpt_oss, found.quantisation, found.layers) == (True, "MXFP4", 4)
    assert str(found.problem) == "The model file is not complete: its end is missing."


def test_what_is_no_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.gguf").write_text("hello")
    for path, words in (
        (tmp_path / "text.gguf", "not a GGUF"),
        (tmp_path / "none.gguf", "not there"),
        (tmp_path, "folder"),
    ):
        found = Examiner().examine(path)
        assert (found.architecture, found.name) == ("", path.stem)
        assert words in str(found.problem)


def test_a_file_of_ollama_is_explained(practice_model_path: Path, tmp_path: Path) -> None:
    path = as_ollama_names_it(practice_model_path, tmp_path / "sha256-abc")
    found = Examiner().examine(path)
    assert found.is_gpt_oss
    assert (found.architecture, found.quantisation, found.layers) == ("gptoss", "MXFP4", 4)
    assert isinstance(found.problem, OllamaFileError)
    assert found.can_be_renamed
    assert "Ollama" in str(found.problem)
    assert found.problem.hint
    with pytest.raises(OllamaFileError):
        read_facts(path)


def test_a_file_of_ollama_that_is_cut_or_of_another_form_cannot_be_renamed(
    practice_model_path: Path, tmp_path: Path
) -> None:
    path = as_ollama_names_it(practice_model_path, tmp_path / "sha256-abc")
    data = path.read_bytes()
    for spoilt, words in (
        (data[:-1000], "its end is missing"),
        (data.replace(b"ffn_gate_exps", b"ffn_odd__exps"), "cannot rewrite"),
        (data.replace(b"attn_norm.weight", b"attn_odd1.weight"), "cannot rewrite"),
    ):
        path.write_bytes(spoilt)
        found = Examiner().examine(path)
        assert (found.is_gpt_oss, found.can_be_renamed) == (True, False)
        assert words in str(found.problem)


def test_llama_cpp_really_cannot_read_a_file_of_ollama(
    practice_model_path: Path, tmp_path: Path, llama_log: LlamaLog
) -> None:
    """When this fails, llama.cpp has learned it, and Sotto can offer such files."""
    path = as_ollama_names_it(practice_model_path, tmp_path / "model.gguf")
    llama_log.install()  # an engine of another test may have put its own in place
    llama_log.take_troubles()
    assert binding.load_model([path], 201_088, 0, lambda _fraction: True, ANYWHERE) is None
    assert "unknown model architecture: 'gptoss'" in llama_log.take_troubles()


WHOLE = Draft(metadata={"tokenizer.ggml.tokens": (ARRAY, tokens(64))}).header()
LONG = Draft(
    metadata={
        "tokenizer.ggml.tokens": (ARRAY, tokens(64)),
        "tokenizer.ggml.merges": (
            ARRAY,
            struct.pack("<IQ", TEXT, 10_000) + b"".join(text(b"ab") for _ in range(10_000)),
        ),
    }
).header()


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cut=st.integers(0, 1 << 18),
    places=st.lists(
        st.tuples(st.integers(0, 1 << 18), st.binary(min_size=1, max_size=8)), max_size=3
    ),
    is_long=st.booleans(),
)
def test_no_file_makes_a_look_raise(
    tmp_path: Path, cut: int, places: list[tuple[int, bytes]], is_long: bool
) -> None:
    data = bytearray(LONG if is_long else WHOLE)
    for place, noise in places:
        at = place % len(data)
        data[at : at + len(noise)] = noise
    path = tmp_path / "odd.gguf"
    path.write_bytes(data[: cut % (len(data) + 1)] if cut % 3 else data)
    examiner = Examiner()
    first = examiner.examine(path)
    again = examiner.examine(path)
    assert (first.name, first.architecture) == (again.name, again.architecture)
    assert isinstance(first.problem, ModelFileError)
