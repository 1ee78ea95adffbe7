from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.reference import (
    ModelNameError,
    ModelReference,
    parse_reference,
    quantisation_of,
    stem_of,
)

MIRROR = "https://mirror.example.org/hub"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ggml-org/gpt-oss-20b-GGUF", ModelReference("ggml-org/gpt-oss-20b-GGUF")),
        ("  <a/b>  ", ModelReference("a/b")),
        ("a/b:Q4_K_M", ModelReference("a/b", wish="Q4_K_M")),
        ("a/b:deep/c.gguf", ModelReference("a/b", wish="deep/c.gguf")),
        ("https://huggingface.co/a/b", ModelReference("a/b")),
        ("huggingface.co/a/b/", ModelReference("a/b")),
        ("https://hf.co/a/b/tree/main", ModelReference("a/b")),
        ("https://huggingface.co/a/b/tree/v2/Q8_0", ModelReference("a/b", "v2", "Q8_0")),
        (
            "https://huggingface.co/a/b/blob/main/c-00001-of-00002.gguf",
            ModelReference("a/b", "main", "c-00001-of-00002.gguf"),
        ),
        (
            "https://huggingface.co/a/b/resolve/refs%2Fpr%2F1/deep/c%20d.gguf?download=true",
            ModelReference("a/b", "refs/pr/1", "deep/c d.gguf"),
        ),
        ("hf://a/b/c.gguf", ModelReference("a/b", wish="c.gguf")),
        (f"{MIRROR}/a/b/blob/main/c.gguf", ModelReference("a/b", "main", "c.gguf")),
        (
            "http://192.168.1.5:8000/m/c.gguf?key=1#top",
            ModelReference(revision="", address="http://192.168.1.5:8000/m/c.gguf?key=1"),
        ),
        (
            "https://mirror.example.org/elsewhere/c.gguf",
            ModelReference(revision="", address="https://mirror.example.org/elsewhere/c.gguf"),
        ),
    ],
)
def test_what_people_paste_is_understood(text: str, meant: ModelReference) -> None:
    assert parse_reference(text, MIRROR) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gpt-oss",
        "a/b/c",
        "a b/c",
        "../b",
        "a/..",
        "https://",
        "https://huggingface.co/",
        "https://huggingface.co/datasets/a",
        "https://huggingface.co/datasets/a/b/c.gguf",
        "https://example.org/page.html",
        "ftp://example.org/c.gguf",
        "file:///etc/c.gguf",
        "https://me:secret@example.org/c.gguf",
        "a/" + "b" * 2000,
    ],
)
def test_what_names_no_model_is_told_in_a_sentence_with_a_way_on(text: str) -> None:
    with pytest.raises(ModelNameError) as refused:
        parse_reference(text)

    assert refused.value.hint
    assert "secret" not in str(refused.value)


@given(
    st.text(max_size=60) | st.from_regex(r"(https?://)?[\w.@:\[\]-]*/[\w./:%-]*", fullmatch=True)
)
def test_any_text_means_something_or_is_refused(text: str) -> None:
    try:
        meant = parse_reference(text, MIRROR)
    except ModelNameError:
        return
    assert bool(meant.repository) != bool(meant.address)
    assert ".." not in meant.repository


@pytest.mark.parametrize(
    ("name", "quantisation"),
    [
        ("gpt-oss-20b-mxfp4.gguf", "MXFP4"),
        ("gpt-oss-20b-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
        ("gpt-oss-20b.Q5_K_M.gguf", "Q5_K_M"),
        ("gpt-oss-20b-F16.gguf", "F16"),
        ("Q8_0/gpt-oss-120b-Q8_0-00001-of-00002.gguf", "Q8_0"),
        ("gpt-oss-IQ4_NL.gguf", "IQ4_NL"),
        ("poet.gguf", ""),
    ],
)
def test_the_quantisation_is_read_from_a_name(name: str, quantisation: str) -> None:
    assert quantisation_of(name) == quantisation


def test_a_stem_is_without_folder_part_and_ending() -> None:
    assert stem_of("deep/a-00001-of-00002.gguf") == "a"
    assert stem_of("a.b.GGUF") == "a.b"
