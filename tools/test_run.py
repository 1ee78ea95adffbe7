"""Runs the tests in the passes they need and sums them up in one closing line.

`python -m tools.test_run [house] [pytest arguments]`. Engine and app are tested where PySide6
cannot be imported, so a stray import of Qt fails there; tests marked `serial` run one at a time,
after the others.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_NO_TESTS_COLLECTED = 5
_WITHOUT_QT = ("-p", "no:pytest-qt", "-p", "tests.without_qt")
_WORKERS = ("-n", os.environ.get("SOTTO_TEST_WORKERS", "2"), "--dist", "worksteal")


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of pytest.

    Attributes:
        title: What is tested, for the line before it.
        places: Folders and files under tests/; none means nothing to do.
        options: What pytest is told.
    """

    title: str
    places: tuple[str, ...]
    options: tuple[str, ...]


_HOUSE = Pass("house rules", ("house",), ())

_QT_FREE = ("engine", "app")


def passes(tests: Path) -> list[Pass]:
    """Plan the passes so that every test below a folder belongs to exactly one.

    Args:
        tests: The folder of all tests.
    """
    found = [path.name for path in sorted(tests.iterdir()) if _holds_tests(path)]
    free = tuple(name for name in found if name in _QT_FREE)
    rest = tuple(name for name in found if name not in _QT_FREE)
    parallel = ("-m", "not serial", *_WORKERS)
    alone = ("-m", "serial")
    return [
        Pass("engine and app, without Qt", free, (*_WITHOUT_QT, *parallel)),
        Pass("window and all others", rest, parallel),
        Pass("engine and app, one at a time", free, (*_WITHOUT_QT, *alone)),
        Pass("window and all others, one at a time", rest, alone),
    ]


def _holds_tests(path: Path) -> bool:
    if path.is_dir():
        return any(path.rglob("test_*.py"))
    return path.match("test_*.py")


def main(arguments: Sequence[str]) -> int:
    """Run the passes; the exit code is 0 only if each of them passed and a test ran at all."""
    house_only = arguments[:1] == ["house"]
    extra = list(arguments[1:] if house_only else arguments)
    plan = [_HOUSE] if house_only else passes(_ROOT / "tests")
    started = time.monotonic()
    counts: Counter[str] = Counter()
    failed = False
    with tempfile.TemporaryDirectory(prefix="sotto-tests-") as reports:
        for number, one in enumerate(plan):
            report = Path(reports) / f"{number}.xml"
            code = _run(one, report, extra)
            failed |= code not in {0, _NO_TESTS_COLLECTED}
            counts += outcomes(report)
    failed |= counts["passed"] == 0
    print(closing_line(counts, time.monotonic() - started), flush=True)
    return int(failed)


def _run(one: Pass, report: Path, extra: list[str]) -> int:
    if not one.places:
        return _NO_TESTS_COLLECTED
    print(f"\nsotto: tests: {one.title}", flush=True)
    # Twice quiet: no closing line of this pass, since one for all of them follows.
    places = [f"tests/{name}" for name in one.places]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-qq",
        "--tb=short",
        f"--junitxml={report}",
        *one.options,
    ]
    environ = {"LOOKS_FOLDER": str(_ROOT / "build" / "looks")} | os.environ
    return subprocess.call(
        [*command, *extra, *places], cwd=_ROOT, env=environ, stdin=subprocess.DEVNULL
    )


def outcomes(report: Path) -> Counter[str]:
    """Count the outcomes in a pytest report; a report that is not there counts as nothing."""
    if not report.exists():
        return Counter()
    counts: Counter[str] = Counter()
    # The report was written by our own pytest a moment ago.
    for case in ET.parse(report).iter("testcase"):  # noqa: S314
        kinds = {child.tag for child in case}
        if "error" in kinds:
            counts["errors"] += 1
        elif "failure" in kinds:
            counts["failed"] += 1
        elif "skipped" in kinds:
            counts["skipped"] += 1
        else:
            counts["passed"] += 1
    return counts


def closing_line(counts: Counter[str], seconds: float) -> str:
    """Write the line that pytest ends with: `==== 2 failed, 310 passed in 12.34s ====`."""
    order = ("failed", "passed", "skipped", "errors")
    told = ", ".join(f"{counts[kind]} {kind}" for kind in order if counts[kind])
    return f" {told or 'no tests ran'} in {seconds:.2f}s ".center(80, "=")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
