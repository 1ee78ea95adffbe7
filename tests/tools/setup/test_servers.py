from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.tools.setup.conftest import MakeProgram
from tools.setup.failures import SetupError
from tools.setup.programs import LoggedProgram
from tools.setup.servers import ensure_test_servers
from tools.setup.stamps import Stamps

ROOT = Path(__file__).parents[3]
LOCKED = ROOT / "tests" / "servers"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    root = tmp_path / "clone"
    shutil.copytree(LOCKED, root / "tests" / "servers")
    return root


def test_the_servers_are_installed_once_as_they_are_locked(
    clone: Path, make_program: MakeProgram, variables: dict[str, str], programs: LoggedProgram
) -> None:
    calls = clone.parent / "calls"
    make_program("node", "echo v20.0.0")
    make_program("npm", f'echo "$@" >>{calls}; mkdir {clone}/build/servers/node_modules')
    stamps = Stamps(clone / "stamps")

    for _ in range(2):
        ensure_test_servers(clone, programs, stamps, variables)

    (call,) = calls.read_text(encoding="utf-8").splitlines()
    assert call.startswith("ci --ignore-scripts ")
    for name in ("package.json", "package-lock.json"):
        kept = (clone / "build" / "servers" / name).read_bytes()
        assert kept == (LOCKED / name).read_bytes()


def test_a_failure_of_npm_is_told_and_tried_again(
    clone: Path, make_program: MakeProgram, variables: dict[str, str], programs: LoggedProgram
) -> None:
    make_program("node", "echo v20.0.0")
    make_program("npm", "echo 'npm error code ENOTFOUND'; exit 1")
    stamps = Stamps(clone / "stamps")

    for _ in range(2):
        with pytest.raises(SetupError, match="could not be downloaded"):
            ensure_test_servers(clone, programs, stamps, variables)


def test_without_node_the_tests_say_what_they_need(
    clone: Path, programs_folder: Path, programs: LoggedProgram
) -> None:
    with pytest.raises(SetupError, match="not here: node, npm"):
        ensure_test_servers(
            clone, programs, Stamps(clone / "stamps"), {"PATH": str(programs_folder)}
        )


def test_each_locked_package_has_a_hash_and_no_place_of_its_own() -> None:
    lock = json.loads((LOCKED / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 50
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
