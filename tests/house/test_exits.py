"""Every way out of the code is searched for raw thoughts by some test: the register is whole."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest

from app.chats.changes import ChatChange
from engine.events import EngineEvent
from tests.house.exits import CASES, EVENTS, EXITS, HARMLESS_IN_LOGS, HOLDERS, KINDS, table
from tests.house.ways_out import CALLED, LIBRARIES, imported_from, log_arguments, modules, ways_out

ADVICE = (
    "Raw thoughts must not get there. See whether one of the cases in tests/house/exits.py"
    " searches it and list it below that case; if none does, write one."
)


def listed() -> set[tuple[str, str]]:
    """Kind and module of every way out in the register."""
    return {(kind, name) for (kind, _), names in EXITS.items() for name in names.split()}


def found(root: Path) -> set[tuple[str, str]]:
    return {
        (kind, path.relative_to(root).as_posix())
        for path in modules(root)
        for kind in ways_out(path.read_text(encoding="utf-8"))
    }


def test_every_way_out_is_searched_by_a_case(project_root: Path) -> None:
    new = sorted(
        f"{name}: a way out of the kind {kind!r}" for kind, name in found(project_root) - listed()
    )
    assert not new, "\n".join([*new, ADVICE])


def test_the_register_lists_nothing_that_is_gone(project_root: Path) -> None:
    gone = sorted(f"{name}: {kind}" for kind, name in listed() - found(project_root))
    assert not gone, "no way out any more; take it off tests/house/exits.py:\n" + "\n".join(gone)


def test_every_event_and_change_is_searched_by_a_case() -> None:
    known = {name for names in EVENTS.values() for name in names.split()}
    told = {kind.__name__ for union in (EngineEvent, ChatChange) for kind in get_args(union)}
    assert not told - known, f"{sorted(told - known)} is told and not in EVENTS. {ADVICE}"
    assert not known - told, f"{sorted(known - told)} is told no more; take it off EVENTS"


def test_every_case_is_a_test_there_is(project_root: Path) -> None:
    for case in CASES.values():
        file, _, name = case.test.partition("::")
        tree = ast.parse((project_root / file).read_text(encoding="utf-8"))
        assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


def test_every_way_out_names_a_case() -> None:
    assert {case for _, case in EXITS} | set(EVENTS) | {"crash", "kept"} == set(CASES)


def test_the_page_tells_what_the_register_holds(project_root: Path) -> None:
    page = (project_root / "docs" / "THOUGHTS_EXITS.md").read_text(encoding="utf-8")
    assert table() in page, f"docs/THOUGHTS_EXITS.md is to hold this table:\n\n{table()}\n"


def test_every_kind_has_a_name_for_readers() -> None:
    assert set(KINDS) == {*CALLED, *LIBRARIES, "log"}


def holders(root: Path) -> list[Path]:
    """Modules in whose reach raw thoughts are."""
    roots = frozenset(HOLDERS.split())
    return [
        path
        for path in modules(root)
        if path.is_relative_to(root / "app" / "thoughts")
        or ".".join(path.relative_to(root).with_suffix("").parts) in roots
        or imported_from(path.read_text(encoding="utf-8")) & roots
    ]


def test_who_holds_raw_thoughts_has_no_way_out_but_a_log(project_root: Path) -> None:
    wrong = [
        f"{path.relative_to(project_root)}: {', '.join(sorted(kinds))}"
        for path in holders(project_root)
        if (kinds := ways_out(path.read_text(encoding="utf-8")) - {"log"})
    ]
    assert not wrong, "raw thoughts are in reach here, so nothing may go out:\n" + "\n".join(wrong)


def test_who_holds_raw_thoughts_logs_fixed_words_and_counts(project_root: Path) -> None:
    wrong = [
        f"{path.relative_to(project_root)}:{line}: {given}"
        for path in holders(project_root)
        for line, node in log_arguments(path.read_text(encoding="utf-8"))
        if (given := ast.unparse(node)) not in HARMLESS_IN_LOGS
    ]
    assert not wrong, "raw thoughts are in reach here; log no values:\n" + "\n".join(wrong)


def test_the_holders_are_found(project_root: Path) -> None:
    names = {path.relative_to(project_root).as_posix() for path in holders(project_root)}
    assert {"engine/session.py", "engine/telling.py", "app/thoughts/filter.py"} <= names
    assert len(names) < 60


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("_log.info('a %s', b)", {"log"}),
        ("self._LOGGER.error('a')", {"log"}),
        ("path.open('w')", {"disk"}),
        ("path.open('rb')", set()),
        ("dialog.open()", set()),
        ("open(name)", set()),
        ("open(name, mode='ab')", {"disk"}),
        ("open(name, mode)", {"disk"}),
        ("os.open(name, os.O_RDWR | os.O_CREAT)", {"disk"}),
        ("path.write_text(a)", {"disk"}),
        ("painter.save()", set()),
        ("image.save(name)", {"disk"}),
        ("print(a)", {"written"}),
        ("sys.stderr.flush()", {"written"}),
        ("QGuiApplication.clipboard().setText(a)", {"clipboard"}),
        ("def createMimeDataFromSelection(self): ...", {"clipboard"}),
        ("import subprocess", {"process"}),
        ("os.environ['A'] = a", {"process"}),
        ("os.execve(a, b, c)", {"process"}),
        ("from urllib.request import urlopen", {"network"}),
        ("import socket", {"network"}),
        ("import keyring", {"keyring"}),
        ("connection.execute(a)", {"database"}),
        ("painter.drawText(a, b, c)", {"painted"}),
        ("QDesktopServices.openUrl(a)", {"desktop"}),
        ("QAccessible.updateAccessibility(a)", {"spoken"}),
        ("faulthandler.enable()", {"dump"}),
        ("self.enable()", set()),
        ("import pickle", {"dump"}),
        ("import mmap", {"memory"}),
    ],
)
def test_the_scan_sees_ways_out(source: str, kinds: set[str]) -> None:
    assert ways_out(source) == kinds
