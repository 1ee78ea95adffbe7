from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.tools.own.docstrings import read_docstring
from app.tools.own.folder import EXAMPLE, MAX_FILES, FunctionsFolder
from app.tools.own.functions import OwnFunction
from app.tools.own.reading import read_file
from tests.app.tools.own.conftest import Functions


def one(source: str) -> OwnFunction:
    file = read_file("f.py", source.encode())
    assert file.problem is None
    (function,) = file.functions
    return function


def parameter(hint: str) -> tuple[Any, list[str]]:
    function = one(f'def f(a: {hint}):\n    """Do."""')
    return function.schema["properties"]["a"], [p.title for p in function.problems]


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        ("str", {"type": "string"}),
        ("'int'", {"type": "integer"}),
        ("float | None", {"anyOf": [{"type": "number"}, {"type": "null"}]}),
        ("typing.Optional[bool]", {"anyOf": [{"type": "boolean"}, {"type": "null"}]}),
        ("Union[str, int]", {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ("list[str]", {"type": "array", "items": {"type": "string"}}),
        ("list", {"type": "array"}),
        ("dict[str, float]", {"type": "object", "additionalProperties": {"type": "number"}}),
        ("Literal['a', 'b', 3]", {"enum": ["a", "b", 3]}),
        ("Annotated[str, 'a city']", {"type": "string", "description": "a city"}),
        ("Any", {}),
    ],
)
def test_type_hints_become_a_schema(hint: str, schema: dict[str, Any]) -> None:
    assert parameter(hint) == (schema, [])


@pytest.mark.parametrize(
    "hint", ["datetime", "dict[int, str]", "Callable[[], int]", "'no hint at'"]
)
def test_a_hint_that_json_cannot_carry_is_told(hint: str) -> None:
    assert parameter(hint)[1] == ["The type hint of {name} cannot be used: {hint}."]


def test_defaults_and_words_of_the_docstring_reach_the_schema() -> None:
    function = one(
        '''
async def f(a: str, /, b: int = 3, *, c: float = 1 / 2, d: list = []):
    """Do a thing.

    At length.

    Args:
        a: first,
            on two lines.
        b (int): second.

    Returns:
        a: nothing.
    """
'''
    )
    assert function.description == "Do a thing.\n\nAt length."
    assert function.schema == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "description": "first, on two lines."},
            "b": {"type": "integer", "description": "second.", "default": 3},
            "c": {"type": "number"},
            "d": {"type": "array"},
        },
        "required": ["a"],
        "additionalProperties": False,
    }
    assert function.is_offered


@pytest.mark.parametrize(
    "text",
    [
        "Do.\n\nParameters\n----------\na : str\n    First,\n    of two.\nb\n    Other.\n\n"
        "Returns\n-------\nx\n    y",
        "Do.\n\n:param str a: First,\n    of two.\n:param b: Other.\n:returns: x",
        "Do.\n\nArgs:\n  a: First,\n    of two.\n  b: Other.\n\nRaises:\n  a: no.",
    ],
)
def test_three_styles_of_docstrings_are_known(text: str) -> None:
    said = read_docstring(text)
    assert (said.summary, said.parameters) == ("Do.", {"a": "First, of two.", "b": "Other."})


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("ab :\n\t-*ArgsParameters()param"), max_size=200))
def test_no_docstring_is_too_odd(text: str) -> None:
    read_docstring(text)


def test_what_keeps_a_function_from_being_offered_is_told() -> None:
    function = one("def f(a, *rest, b: str):\n    pass")
    assert [problem.title.format(**problem.fields) for problem in function.problems] == [
        "It does not say what it does.",
        "It takes any number of values, marked with a star.",
        "There is no type hint for a.",
    ]
    assert not function.is_offered


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (b"def f(:", "Line 1 is not Python: invalid syntax."),
        (b"\0", "Line 1 is not Python: "),
        (b"# coding: no-such\n", "Line 1 is not Python: "),
        (b"\xff = 1", "Line 1 is not Python"),
        (b"(" * 5000, "Line 1 is not Python: "),
        (b"x" * 300_000, "The file is too long."),
    ],
)
def test_a_file_that_is_no_python_is_told(data: bytes, title: str) -> None:
    problem = read_file("f.py", data).problem
    assert problem is not None
    told = problem.title.format(**problem.fields)
    assert told.startswith(title) or told == "The file is not Python."


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_file_is_too_odd(data: bytes) -> None:
    read_file("f.py", data)


def test_private_and_inner_functions_are_not_offered() -> None:
    file = read_file(
        "f.py",
        b"from math import sin\ndef _f(a): ...\nclass C:\n    def g(self): ...\n"
        b'def h():\n    """Do."""\n    def i(): ...',
    )
    assert [function.name for function in file.functions] == ["h"]


def test_the_folder_is_read_anew_when_it_changes(functions: Functions) -> None:
    folder = functions.folder
    assert folder.read().files == ()
    functions.write("b.py", 'def f():\n    """Do."""')
    functions.write("a.py", 'def f():\n    """Do."""\ndef system():\n    """Do."""')
    functions.write("_hidden.py", 'def g():\n    """Do."""')
    functions.write("notes.txt", "")
    found = folder.read()
    assert [file.name for file in found.files] == ["a.py", "b.py"]
    addresses = [function.address for function in found.functions]
    assert addresses == ["functions.f", "functions.system_"]
    (twice,) = found.files[1].functions[0].problems
    assert twice.fields == {"file": "a.py"}
    assert folder.read() is found
    (functions.path / "b.py").unlink()
    assert [file.name for file in folder.read().files] == ["a.py"]


def test_files_beyond_the_first_fifty_are_told(functions: Functions) -> None:
    for number in range(MAX_FILES + 1):
        functions.write(f"f{number}.py", "")
    found = functions.folder.read()
    assert len(found.files) == MAX_FILES
    assert found.problem is not None


def test_the_example_works_and_is_never_written_over(functions: Functions) -> None:
    file = functions.folder.add_example()
    assert file.read_text(encoding="utf-8") == EXAMPLE
    outcome = functions.call("bmi", '{"weight_kg": 70, "height_cm": 175}')
    assert outcome.text == "22.9"
    file.write_text("# mine", encoding="utf-8")
    functions.folder.add_example()
    assert file.read_text(encoding="utf-8") == "# mine"


def test_a_copy_holds_files_of_the_folder_only(functions: Functions, tmp_path: Path) -> None:
    functions.write("a.py", "A")
    (functions.path / "data").mkdir()
    (functions.path / "data" / "table.csv").write_text("1", encoding="utf-8")
    (tmp_path / "private").write_text("x", encoding="utf-8")
    (functions.path / "link.py").symlink_to(tmp_path / "private")
    (functions.path / "out").symlink_to(tmp_path)
    (functions.path / ".git").mkdir()
    (functions.path / ".git" / "config").write_text("x", encoding="utf-8")
    os.mkfifo(functions.path / "pipe.py")
    functions.folder.copy_to(tmp_path / "copy")
    copied = sorted(
        str(path.relative_to(tmp_path / "copy"))
        for path in (tmp_path / "copy").rglob("*")
        if path.is_file()
    )
    assert copied == ["a.py", "data/table.csv"]
    assert functions.folder.read().files[0].name == "a.py"


def test_the_user_may_choose_another_folder(functions: Functions, tmp_path: Path) -> None:
    functions.write("a.py", "")
    chosen = [functions.path, tmp_path / "other", tmp_path / "none"]
    chosen[1].mkdir()
    (chosen[1] / "a.py").write_text('def f():\n    """Do."""', encoding="utf-8")
    folder = FunctionsFolder(lambda: chosen[0])
    assert folder.read().functions == ()
    del chosen[0]
    assert [function.name for function in folder.read().functions] == ["f"]
    del chosen[0]
    assert folder.read().files == ()
