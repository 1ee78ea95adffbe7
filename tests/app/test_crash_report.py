from __future__ import annotations

import logging
from pathlib import Path

from app.crash_report import broken_run_report, crash_report, log_tail
from app.logs import LOG_NAME, set_up_logging
from app.paths import Paths
from app.redaction import Redaction
from app.run_record import BrokenRun

PRIVATE = ("My divorce", "minji", "gpu-box.example", "192.168.0.7", "minji@example.org")


def test_the_tail_is_the_end_of_the_log(tmp_path: Path) -> None:
    lines = [f"line {number}" for number in range(200_000)]
    (tmp_path / LOG_NAME).write_text("\n".join(lines), encoding="utf-8")
    assert log_tail(tmp_path, 3) == lines[-3:]
    assert log_tail(tmp_path / "nowhere") == []


def test_a_report_holds_places_and_nothing_private(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path, tmp_path, tmp_path)
    set_up_logging(paths)
    logging.getLogger("app.canary").warning("%s was here", " ".join(PRIVATE))
    redact = Redaction(Path("/home/minji"), "minji", "gpu-box.example", ("My divorce",))
    trace = "ValueError\n  /home/minji/sotto/app/x.py:3 in run"
    report = crash_report("It failed.", [trace], log_tail(tmp_path), redact)
    assert report.startswith("It failed.\nSotto 0.")
    assert "~/sotto/app/x.py:3 in run" in report
    assert "was here" in report
    assert [word for word in PRIVATE if word in report] == []


def test_a_broken_run_is_told_with_its_fault_or_without() -> None:
    def said(fault: str) -> str:
        run = BrokenRun("0.1.0", fault, was_machine_restarted=False)
        return broken_run_report(run, [], str)

    assert "Fatal Python error" in said("Fatal Python error: Segmentation fault")
    assert "left no trace" in said("")
