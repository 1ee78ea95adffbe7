"""The project keeps its own rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import rules


def _assert_none(root: Path, found: dict[Path, list[str]]) -> None:
    complaints = [f"{path.relative_to(root)}: {one}" for path in found for one in found[path]]
    assert not complaints, "\n".join(complaints)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "ignore")


def test_files_functions_and_classes_are_short(
    project_root: Path, python_files: list[Path]
) -> None:
    found = {path: rules.too_long(_text(path)) for path in python_files}
    _assert_none(project_root, found)


@pytest.mark.parametrize("room", ["engine", "app", "ui", "tools"])
def test_most_functions_of_a_room_are_much_shorter_than_the_limit(
    room: str, project_root: Path, python_files: list[Path]
) -> None:
    sources = [_text(path) for path in python_files if project_root / room in path.parents]
    assert rules.percentile_of_function_lengths(sources, 0.95) <= rules.USUAL_FUNCTION


def test_no_file_has_a_name_that_says_nothing(python_files: list[Path]) -> None:
    assert [str(path) for path in python_files if path.name in rules.VAGUE_NAMES] == []


def test_no_note_to_self_lacks_an_issue_number(
    project_root: Path, python_files: list[Path]
) -> None:
    found = {
        path: rules.unfinished(_text(path))
        for path in python_files
        if project_root / "tests" / "house" not in path.parents
    }
    _assert_none(project_root, found)


def test_no_file_names_a_registry_or_a_place_outside_the_clone(
    project_root: Path, project_files: list[Path]
) -> None:
    found = {path: rules.outside_references(_text(path)) for path in project_files}
    _assert_none(project_root, found)


def test_no_test_waits_blindly_skips_or_mocks(project_root: Path, python_files: list[Path]) -> None:
    found = {
        path: rules.shortcuts(_text(path))
        for path in python_files
        if project_root / "tests" in path.parents
    }
    _assert_none(project_root, found)


def test_every_dependency_is_locked_with_its_hash(project_root: Path) -> None:
    for lock in (project_root / "requirements").glob("*.txt"):
        entries = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        pinned = [line for line in entries if line.strip() and not line.strip().startswith("#")]
        unhashed = [line for line in pinned if "==" not in line or "--hash=sha256:" not in line]
        assert pinned
        assert unhashed == []


@pytest.mark.parametrize(
    ("source", "complaints"),
    [
        ("import time\ntime.sleep(1)", ["line 2: time.sleep"]),
        ("qtbot.wait(50)", ["line 1: qtbot.wait"]),
        ("await asyncio.sleep(0)", []),
        ("process.wait(5)", []),
        ("pytest.skip('later')", ["line 1: skip"]),
        ("from unittest import mock", ["line 1: mock"]),
        ("thing = MagicMock()", ["line 1: MagicMock"]),
    ],
)
def test_the_rule_for_tests_sees_shortcuts(source: str, complaints: list[str]) -> None:
    assert rules.shortcuts(source) == complaints


def test_the_rule_for_lengths_counts_from_the_decorator_to_the_end() -> None:
    body = "    pass\n" * (rules.LONGEST_FUNCTION - 2)
    assert rules.too_long(f"@decorated\ndef long() -> None:\n{body}") == []
    assert rules.too_long(f"@decorated\ndef long() -> None:\n{body}    pass\n") == [
        f"long has {rules.LONGEST_FUNCTION + 1} lines"
    ]


def test_the_rule_for_outside_places_sees_them() -> None:
    host = rules.REGISTRY_HOSTS[0]
    assert rules.outside_references(f"https://files.{host}/simple") == [host]
    assert rules.outside_references("see " + "../" + "shared/design.md") == ["../" + "shared"]


def test_the_rule_for_notes_wants_a_number() -> None:
    assert rules.unfinished("# TO" + "DO: later") == ["TO" + "DO"]
    assert rules.unfinished("# TO" + "DO(#12): later") == []
