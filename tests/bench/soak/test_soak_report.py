from __future__ import annotations

import pytest

from tests.bench.soak_report import soak_section

RUN = {
    "minutes": 121.0,
    "ended": "2026-01-02T03:04:05",
    "commit": "abc1234",
    "done": {"turns": 4905, "stops": 995, "loads": 545, "app: sends": 1635},
    "samples": 545,
    "looked_at": 409,
    "memory_mib": [330.6, 336.1],
    "memory_mib_per_cycle": 0.0206,
    "checks": {"memory is flat": True, "nothing failed": True},
}


def test_the_section_tells_what_was_walked_and_what_it_took() -> None:
    told = "\n".join(soak_section(RUN))
    assert "121 minutes, ended 2026-01-02T03:04:05, commit abc1234: 4,905 turns" in told
    assert "From the 137th of 545 cycles on the process held 331 MiB at first and 336 MiB" in told
    assert "(+21 KiB a cycle" in told
    assert "Holds: memory is flat, nothing failed." in told
    assert "not hold" not in told


@pytest.mark.parametrize("broken", list(RUN["checks"]))  # type: ignore[call-overload]
def test_what_does_not_hold_is_said(broken: str) -> None:
    checks = {name: name != broken for name in RUN["checks"]}  # type: ignore[attr-defined]
    told = "\n".join(soak_section({**RUN, "checks": checks}))
    assert f"**Does not hold: {broken}.**" in told
