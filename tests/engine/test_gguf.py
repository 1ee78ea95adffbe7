from __future__ import annotations

import io
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import gguf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import ModelFileError
from engine.gguf import (
    PRACTICE_NAME,
    VOCABULARY_TOKENS,
    Geometry,
    ModelFacts,
    WeightBytes,
    read_facts,
)
from engine.gguf_header import (
    TENSOR_TYPES,
    HeaderError,
    HeaderParser,
    KnownArrays,
    glance_at_header,
    read_header,
)
from tests.engine.gguf_draft import ARRAY, TEXT, TOKENS, U32, Draft, entry, text, tokens


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model.gguf"


def test_the_practice_model_is_read(practice_model_path: Path) -> None:
    assert read_facts(practice_model_path) == ModelFacts(
        path=practice_model_path,
        name=PRACTICE_NAME,
        is_practice=True,
        size_bytes=practice_model_path.stat().st_size,
        modified_ns=practice_model_path.stat().st_mtime_ns,
        quantisation="MXFP4",
        layers=4,
        experts=8,
        embedding_width=128,
        trained_context_tokens=131072,
        sliding_window_tokens=128,
        vocabulary_tokens=VOCABULARY_TOKENS,
        geometry=Geometry(
            heads=4, kv_heads=2, key_width=64, value_width=64, expert_width=128, experts_used=4
        ),
        weights=WeightBytes(
            embedding=201_088 * 128 // 32 * 34,
            output=201_088 * 128 // 32 * 34 + 128 * 4,
            blocks=(112_176,) * 4,
            experts=(3 * 128 * 128 * 8 // 32 * 17 + 3 * 128 * 8 * 4,) * 4,
        ),
    )


def test_a_header_says_the_same_as_the_reader_of_the_gguf_project(file: Path) -> None:
    Draft(metadata={"tokenizer.ggml.tokens": (ARRAY, tokens(300))}).write(file)
    header = read_header(file)
    theirs = gguf.GGUFReader(file)
    assert header.data_start == theirs.data_offset
    assert header.metadata["gpt-oss.expert_count"] == 8
    assert [
        (tensor.name, tensor.shape, tensor.type_name, tensor.size_bytes)
        for tensor in header.tensors
    ] == [
        (tensor.name, tuple(map(int, tensor.shape)), tensor.tensor_type.name, tensor.n_bytes)
        for tensor in theirs.tensors
    ]


def test_sizes_of_tensor_types_are_those_of_the_gguf_project() -> None:
    for type_id, (name, block, size) in TENSOR_TYPES.items():
        kind = gguf.GGMLQuantizationType(type_id)
        assert (kind.name, *gguf.GGML_QUANT_SIZES[kind]) == (name, block, size)


@pytest.mark.parametrize("kind", ["Q4_K", "Q6_K", "IQ4_XS", "IQ2_XXS"])
def test_experts_in_blocks_of_256_are_read(file: Path, kind: str) -> None:
    type_id, (_, block, size) = next(
        (type_id, facts) for type_id, facts in TENSOR_TYPES.items() if facts[0] == kind
    )
    draft = Draft(data=b"\0" * size)
    draft.tensors = [(b"blk.0.ffn_up_exps.weight", (block,), type_id, 0)]
    facts = read_facts(draft.write(file))
    assert facts.quantisation == kind
    assert facts.weights.total == size


def test_weights_in_numbers_of_the_future_are_told_apart_from_damage(file: Path) -> None:
    draft = Draft()
    draft.tensors = [(b"blk.0.ffn_up_exps.weight", (256,), 99, 0)]
    with pytest.raises(ModelFileError) as caught:
        read_facts(draft.write(file))
    assert str(caught.value) == (
        "The weights of this model are stored in a way that Sotto does not know."
    )


@pytest.mark.parametrize("version", [2, 3])
def test_a_small_file_is_read(file: Path, version: int) -> None:
    facts = read_facts(Draft(version=version).write(file))
    assert (facts.name, facts.is_practice, facts.layers) == ("Tiny", False, 4)


def test_a_model_without_a_name_has_its_file_s(file: Path) -> None:
    draft = Draft()
    del draft.metadata["general.name"]
    assert read_facts(draft.write(file)).name == "model"


def set_(key: str, kind: int, value: bytes) -> Callable[[Draft], None]:
    return lambda draft: draft.metadata.__setitem__(key, (kind, value))


def tensor(
    index: int, name: bytes, shape: tuple[int, ...], kind: int, offset: int
) -> Callable[[Draft], None]:
    return lambda draft: draft.tensors.__setitem__(index, (name, shape, kind, offset))


def drop(key: str) -> Callable[[Draft], None]:
    return lambda draft: draft.metadata.__delitem__(key)


BIG = struct.pack("<Q", 1 << 60)
UP = b"blk.0.ffn_up_exps.weight"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda d: setattr(d, "magic", b"GGML"), "not a GGUF"),
        (lambda d: setattr(d, "version", 0x03000000), "big-endian"),
        (lambda d: setattr(d, "version", 9), "damaged"),
        (lambda d: setattr(d, "version", 1), "damaged"),
        (set_("general.architecture", TEXT, text(b"llama")), "another kind (llama)"),
        (drop("general.architecture"), "another kind (?)"),
        (set_("tokenizer.ggml.tokens", ARRAY, tokens(32000)), "another vocabulary"),
        (
            set_("tokenizer.ggml.tokens", ARRAY, TOKENS.replace(b"<|start|>", b"<|begin|>")),
            "another vocabulary",
        ),
        (drop("tokenizer.ggml.tokens"), "another vocabulary"),
        (set_("split.count", 2, struct.pack("<H", 3)), "damaged"),
        (lambda d: setattr(d, "data", d.data[:-60]), "its end is missing"),
        (drop("gpt-oss.block_count"), "damaged"),
        (set_("gpt-oss.block_count", TEXT, text(b"4")), "damaged"),
        (set_("gpt-oss.block_count", U32, struct.pack("<I", 0)), "damaged"),
        (set_("general.name", TEXT, text(b"\xff\xfe")), "damaged"),
        (set_("general.name", TEXT, BIG), "damaged"),
        (set_("odd", 99, b""), "damaged"),
        (set_("odd", ARRAY, struct.pack("<I", U32) + BIG), "damaged"),
        (set_("odd", ARRAY, struct.pack("<I", TEXT) + BIG), "damaged"),
        (set_("odd", ARRAY, struct.pack("<IQ", TEXT, 3) + BIG + text(b"a")), "damaged"),
        (set_("odd", ARRAY, struct.pack("<IQ", ARRAY, 3)), "damaged"),
        (set_("general.alignment", U32, struct.pack("<I", 24)), "damaged"),
        (set_("general.alignment", U32, struct.pack("<I", 0)), "damaged"),
        (tensor(0, UP, (32, 16), 99, 0), "does not know"),
        (tensor(0, UP, (32, 16), 39, 32), "damaged"),
        (tensor(1, b"blk.0.ffn_down_exps.weight", (32, 8), 39, 256), "damaged"),
        (tensor(0, UP, (31, 16), 39, 0), "damaged"),
        (tensor(0, UP, (0, 16), 39, 0), "damaged"),
        (tensor(0, UP, (1 << 62, 16), 39, 0), "damaged"),
        (tensor(0, UP, (1 << 39, 1 << 39, 1 << 39), 39, 0), "damaged"),
        (tensor(0, UP, (1,) * 9, 0, 0), "damaged"),
        (tensor(1, UP, (32, 8), 39, 288), "damaged"),
        (lambda d: d.tensors.__delitem__(slice(0, 3)), "damaged"),
    ],
)
def test_a_spoilt_file_is_told_in_one_sentence(
    file: Path, spoil: Callable[[Draft], None], words: str
) -> None:
    draft = Draft()
    spoil(draft)
    with pytest.raises(ModelFileError) as caught:
        read_facts(draft.write(file))
    assert words in str(caught.value)
    assert caught.value.hint


def test_a_key_that_stands_twice_is_told(file: Path) -> None:
    draft = Draft()
    head = draft.header()
    double = entry("odd.flag", 7, b"\1")
    count = struct.pack("<Q", len(draft.metadata) + 1)
    file.write_bytes(head[:16] + count + double + head[24:])
    with pytest.raises(HeaderError, match="twice"):
        read_header(file)


def test_files_that_cannot_be_read_are_told(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, words in ((tmp_path, "folder"), (tmp_path / "none.gguf", "not there")):
        with pytest.raises(ModelFileError, match=words):
            read_facts(path)
    Draft().write(file)
    for error, words in ((PermissionError(13, "no"), "may not"), (OSError(5, "I/O"), "could not")):

        def refuse(*_arguments: object, error: OSError = error) -> object:
            raise error

        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(ModelFileError, match=words):
            read_facts(file)


def test_a_header_longer_than_the_first_read_is_read_whole(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.gguf_header._FIRST_READ_BYTES", 4096)
    assert read_facts(Draft().write(file)).name == "Tiny"


# With a short list of tokens, since it is read once for every example.
WHOLE = Draft(metadata={"tokenizer.ggml.tokens": (ARRAY, tokens(64))}).header()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=st.integers(0, len(WHOLE) - 33))
def test_a_file_cut_anywhere_in_its_header_is_told(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(WHOLE[:cut])
    with pytest.raises(ModelFileError):
        read_facts(path)


EDGES = st.sampled_from([0, 1, 0xFF, 0x7FFFFFFF, 0xFFFFFFFF, (1 << 63) - 1, (1 << 64) - 1])


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    places=st.lists(st.tuples(st.integers(0, len(WHOLE)), EDGES), max_size=3),
    noise=st.binary(max_size=40),
)
def test_a_spoilt_header_never_raises_anything_else_or_takes_much_memory(
    tmp_path: Path, places: list[tuple[int, int]], noise: bytes
) -> None:
    data = bytearray(WHOLE)
    for place, value in places:
        at = min(place, len(data) - 8)
        data[at : at + 8] = struct.pack("<Q", value)
    data[60 : 60 + len(noise)] = noise
    path = tmp_path / "spoilt.gguf"
    path.write_bytes(data + b"\0" * 600)
    tracemalloc.start()
    try:
        read_facts(path)
    except ModelFileError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 40_000_000


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(noise=st.binary(max_size=300), has_magic=st.booleans())
def test_random_bytes_are_no_model(tmp_path: Path, noise: bytes, has_magic: bool) -> None:
    path = tmp_path / "noise.gguf"
    path.write_bytes(b"GGUF\3\0\0\0" + noise if has_magic else noise)
    with pytest.raises(ModelFileError):
        read_facts(path)


def test_a_glance_says_what_reading_says_and_jumps_over_known_vocabularies(
    file: Path, practice_model_path: Path
) -> None:
    known = KnownArrays()
    header = read_header(practice_model_path)
    read: list[int] = []

    class Watched(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(-1 if size is None else size)
            read.append(len(found))
            return found

    assert glance_at_header(practice_model_path, known) == header
    with Watched(practice_model_path) as raw:
        assert HeaderParser(raw, 32 * 1024, known).header() == header
    assert sum(read) < 200_000 < header.data_start
    Draft().write(file)
    assert glance_at_header(file, known) == read_header(file)


def test_a_glance_walks_over_strings_that_end_otherwise_than_known_ones(tmp_path: Path) -> None:
    known = KnownArrays()
    words = [b"word"] * 30_000
    for name, last in (("a", b"ab"), ("b", b"abc"), ("c", b"ab")):
        path = tmp_path / name
        value = struct.pack("<IQ", TEXT, len(words) + 1) + b"".join(map(text, [*words, last]))
        Draft(metadata={"tokenizer.ggml.merges": (ARRAY, value)}).write(path)
        assert glance_at_header(path, known) == read_header(path)


@settings(max_examples=60, deadline=None)
@given(step=st.integers(1, 700), cut=st.integers(0, len(WHOLE)))
def test_it_does_not_matter_how_much_is_read_at_once(step: int, cut: int) -> None:
    whole = HeaderParser(io.BytesIO(WHOLE), len(WHOLE)).header()
    assert HeaderParser(io.BytesIO(WHOLE), step).header() == whole
    outcomes = []
    for size in (step, len(WHOLE)):
        try:
            outcomes.append(str(HeaderParser(io.BytesIO(WHOLE[:cut]), size).header()))
        except HeaderError as error:
            outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]
