from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.browser.calls import FindCall, OpenCall, SearchCall, read_call, written
from app.tools.tool import CallRefusedError
from tests.app.tools.browser.conftest import STEADY


@pytest.mark.parametrize(
    ("function", "arguments", "call"),
    [
        ("search", '{"query": "oak trees"}', SearchCall("oak trees", 10)),
        ("search", '{"query": "oaks", "topn": 3, "source": "web"}', SearchCall("oaks", 3)),
        ("search", '{"query": "oaks", "top_n": "4"}', SearchCall("oaks", 4)),
        ("search", '{"query": "oaks", "topn": 5.0, "bogus": []}', SearchCall("oaks", 5)),
        ("search", '{"query": " oak\\n trees ", "topn": 900}', SearchCall("oak trees", 20)),
        ("search", '{"q": "oaks", "topn": 0}', SearchCall("oaks", 1)),
        ("search", '{"query": 42}', SearchCall("42", 10)),
        ("open", '{"id": 3}', OpenCall(3)),
        ("open", '{"id": "3", "cursor": "1"}', OpenCall(3, 1)),
        ("open", '{"id": 0.0, "cursor": 2.0, "loc": "12"}', OpenCall(0, 2, 12)),
        ("open", '{"id": 0, "num_lines": 5.0}', OpenCall(0, num_lines=5)),
        ("open", '{"id": "【7†Oaks†trees.example】"}', OpenCall(7)),
        ("open", '{"cursor": 3, "loc": "L40"}', OpenCall(-1, 3, 40)),
        ("open", '{"loc": 0}', OpenCall(-1, -1, 0)),
        ("open", '{"id": -1, "cursor": 2}', OpenCall(-1, 2)),
        ("open", '{"id": null, "cursor": 2}', OpenCall(-1, 2)),
        ("open", '{"id": "https://a.example/x"}', OpenCall("https://a.example/x")),
        ("open", '{"url": "a.example"}', OpenCall("a.example")),
        ("open", '{"id": 1, "view_source": "true"}', OpenCall(1, view_source=True)),
        ("open", '{"id": 1, "view_source": false, "loc": -9}', OpenCall(1)),
        ("find", '{"pattern": "Oak", "cursor": 0}', FindCall("Oak", 0)),
        ("find", '{"pattern": "Oak", "source": "web"}', FindCall("Oak")),
    ],
)  # fmt: skip
def test_what_models_write_is_read_with_patience(
    function: str, arguments: str, call: object
) -> None:
    assert read_call(function, arguments) == call


@pytest.mark.parametrize(
    ("function", "arguments", "said"),
    [
        ("search", "", "needs a query"),
        ("search", "{}", "needs a query"),
        ("search", '{"query": ""}', "needs a query"),
        ("search", '{"query": ["oaks"]}', "has to be text"),
        ("search", '{"query": "' + "x" * 1001 + '"}', "at most 1000"),
        ("search", "oak trees", "are not JSON"),
        ("search", '["oak"]', "JSON object"),
        ("search", '{"query": "oaks", "topn": "many"}', "whole number"),
        ("open", "", "needs an id"),
        ("open", "{}", "needs an id"),
        ("open", '{"view_source": true}', "needs an id"),
        ("open", '{"id": true}', "number of a link"),
        ("open", '{"id": 1.5}', "number of a link"),
        ("open", '{"id": NaN}', "number of a link"),
        ("open", '{"id": Infinity}', "number of a link"),
        ("open", '{"id": {}}', "number of a link"),
        ("open", '{"cursor": -7}', "from 0 on"),
        ("open", '{"id": 1, "loc": "top"}', "whole number"),
        ("find", "{}", "needs a pattern"),
        ("find", '{"pattern": "  "}', "needs a pattern"),
        ("find", '{"pattern": true}', "has to be text"),
        ("find", "[" * 100_000, "are not JSON"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(
    function: str, arguments: str, said: str
) -> None:
    with pytest.raises(CallRefusedError, match=said) as refused:
        read_call(function, arguments)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        (SearchCall("oaks"), {"query": "oaks"}),
        (SearchCall("oaks", 3), {"query": "oaks", "topn": 3}),
        (OpenCall("https://a.example"), {"id": "https://a.example"}),
        (OpenCall(-1, 2, 40), {"cursor": 2, "loc": 40}),
        (FindCall("참나무"), {"pattern": "참나무"}),
    ],
)
def test_what_will_run_is_written_out_and_reads_the_same(
    call: SearchCall | OpenCall | FindCall, shown: dict[str, object]
) -> None:
    text = written(call)
    function = {SearchCall: "search", OpenCall: "open", FindCall: "find"}[type(call)]
    assert json.loads(text) == shown
    assert "\\u" not in text
    assert read_call(function, text) == call


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)  # fmt: skip
NAMES = ("query", "topn", "id", "cursor", "loc", "num_lines", "view_source", "pattern")


@STEADY
@given(
    st.sampled_from(["search", "open", "find"]),
    st.dictionaries(st.sampled_from(NAMES), json_values),
)
def test_no_arguments_break_the_reading(function: str, arguments: dict[str, object]) -> None:
    try:
        call = read_call(function, json.dumps(arguments))
    except CallRefusedError:
        return
    assert isinstance(call, SearchCall | OpenCall | FindCall)
