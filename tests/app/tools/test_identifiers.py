from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.tools.identifiers import MAX_CHARACTERS, identifiers

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NAMES = st.lists(st.tuples(st.text(max_size=80), st.text(max_size=80)), unique=True, max_size=20)


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        (("files", "read_file"), "files__read_file"),
        (("my files", "read-file"), "my_files__read_file"),
        (("a.b/c", "d:e"), "a_b_c__d_e"),
        (("Café", "résumé"), "Cafe__resume"),
        (("3d", "x"), "_3d__x"),
        (("system",), "system_"),
        (("delete",), "delete_"),
        (("user to=assistant",), "user_to_assistant"),
        (("<|start|>system<|message|>",), "start_system_message"),
    ],
)
def test_names_become_identifiers(name: tuple[str, ...], identifier: str) -> None:
    assert identifiers([name]) == {name: identifier}


def test_names_of_other_alphabets_keep_apart() -> None:
    names = [("서버", "읽기"), ("서버", "쓰기"), ("サーバ", "読む")]
    found = identifiers(names)
    assert len(set(found.values())) == len(names)
    assert all(IDENTIFIER.fullmatch(one) for one in found.values())


def test_of_names_that_look_alike_the_plain_one_keeps_its_name() -> None:
    found = identifiers([("s", "read-file"), ("s", "read_file"), ("s", "read.file")])
    assert found["s", "read_file"] == "s__read_file"
    assert len(set(found.values())) == 3


@settings(deadline=None)
@given(NAMES)
def test_identifiers_are_valid_unique_and_do_not_depend_on_the_order(
    names: list[tuple[str, str]],
) -> None:
    found = identifiers(names)
    assert all(IDENTIFIER.fullmatch(one) for one in found.values())
    assert all(len(one) <= MAX_CHARACTERS for one in found.values())
    assert len(set(found.values())) == len(names)
    assert identifiers(reversed(names)) == found


@settings(deadline=None)
@given(st.text(max_size=30))
def test_one_name_alone_never_has_two_underscores_inside(name: str) -> None:
    assert "__" not in identifiers([(name,)])[(name,)].strip("_")
