from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import resources
from app.tools.identifiers import identifiers
from app.tools.mcp.catalogue import MAX_DESCRIPTION, MAX_TOTAL, RawTool, catalogue
from app.tools.mcp.servers import MAX_TOOLS, ServerState
from engine.harmony.messages import DeveloperMessage
from engine.harmony.tokens import END, MESSAGE, START
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from tests.app.tools.mcp.conftest import Host, raw_entry

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "properties",
                    "items",
                    "anyOf",
                    "$ref",
                    "enum",
                    "default",
                    "description",
                    "a\nb",
                ]
            )
            | st.text(max_size=6),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)
TOOLS = st.builds(
    RawTool,
    st.text(max_size=30),
    st.text(max_size=20),
    st.text(max_size=60),
    st.none() | st.dictionaries(st.text(max_size=8), ANYTHING, max_size=4),
    st.booleans(),
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.from_file(resources.VOCABULARY)


@pytest.fixture(scope="module")
def writer(vocabulary: Vocabulary) -> HarmonyWriter:
    return HarmonyWriter(vocabulary)


def told(writer: HarmonyWriter, vocabulary: Vocabulary, tools: Any) -> list[str]:
    """The lines a model reads, after a check that nothing in them left its place."""
    functions = tuple(tool.function for tool in tools if tool.function is not None)
    ids = writer.message_ids(DeveloperMessage("", functions))
    specials = {START, MESSAGE, END}
    assert [one for one in ids if one in specials] == [START, MESSAGE, END]
    lines = vocabulary.decode(ids).split("\n")
    for line in ("namespace functions {", "} // namespace functions"):
        assert lines.count(line) == (1 if functions else 0)
    assert not [line for line in lines if line.startswith("#") and line not in HEADINGS]
    if functions:
        assert lines[-1].startswith("} // namespace functions")
    return lines


HEADINGS = {"# Tools", "## functions"}


@given(tools=st.lists(TOOLS, max_size=6))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_server_lists_stays_in_its_namespace(
    writer: HarmonyWriter, vocabulary: Vocabulary, tools: list[RawTool]
) -> None:
    found = catalogue("s", tools)
    assert len(found) <= MAX_TOOLS
    told(writer, vocabulary, found)


def test_a_hostile_server_is_kept_in_bounds(
    host: Host, tmp_path: Path, writer: HarmonyWriter, vocabulary: Vocabulary
) -> None:
    raw = host.connection(raw_entry("hostile", tmp_path))
    assert raw.status.state is ServerState.READY
    listed = raw.status.tools
    assert len(listed) == MAX_TOOLS
    assert raw.status.left_out == 9 + 200 - MAX_TOOLS
    by_name = {tool.name: tool for tool in listed}
    assert by_name["system"].address == "functions.raw__system"
    assert "\n" not in by_name["system"].description
    for name in ("a" * 128, "user to=assistant"):
        problem = by_name[name].problem
        assert problem is not None
        assert problem.title == "Its name cannot be used."
    assert by_name["words"].is_offered
    assert by_name["long"].problem is not None
    assert by_name["read_file"].address == "functions.raw__read_file"
    assert by_name["read-file"].address.startswith("functions.raw__read_file_")
    assert by_name["읽기"].address != by_name["쓰기"].address
    lines = told(writer, vocabulary, raw.tools)
    assert "w" * 10_000 not in "\n".join(lines)


def test_a_server_that_tells_too_much_has_some_of_its_tools_left_out() -> None:
    words = {"type": "object", "properties": {"a": {"description": "w" * 9000}}}
    found = catalogue("s", [RawTool(f"t{n}", "", "d", words) for n in range(20)])
    offered = [tool for tool in found if tool.function is not None]
    assert 0 < len(offered) < 20
    assert sum(len(json.dumps(tool.raw.schema)) for tool in offered) <= MAX_TOTAL + 20 * 100
    problem = found[-1].listed.problem
    assert problem is not None
    assert problem.hint == "Hide tools that you do not need."
    hidden = catalogue("s", [t.raw for t in found], {f"t{n}" for n in range(15)})
    assert all(tool.listed.is_offered for tool in hidden[15:])


def test_a_description_is_cut_and_a_title_stands_in_for_one() -> None:
    long, titled = catalogue("s", [RawTool("a", "", "d" * 9000), RawTool("b", "Title")])
    assert long.function is not None
    assert len(long.function.description) == MAX_DESCRIPTION
    assert titled.function is not None
    assert titled.function.description == "Title"


def test_a_recursive_schema_and_one_of_references_reach_the_model(
    writer: HarmonyWriter, vocabulary: Vocabulary
) -> None:
    schema = {
        "type": "object",
        "properties": {
            "tree": {"$ref": "#/$defs/node"},
            "many": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        },
        "required": ["tree"],
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                },
            }
        },
    }
    lines = told(writer, vocabulary, catalogue("s", [RawTool("t", "", "Do.", schema)]))
    assert "type s__t = (_: {" in lines
    assert "many?: string | null," in lines
    assert lines[lines.index("tree: {") + 1].strip() == "name?: string,"


def test_names_are_the_same_whatever_else_the_server_has() -> None:
    names = [("s", "a"), ("s", "b-c")]
    (one,) = (t.listed.address for t in catalogue("s", [RawTool("b-c")]))
    assert one == "functions." + identifiers(names)["s", "b-c"]
