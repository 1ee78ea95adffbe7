"""The budgets of the design, held against what the contest measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.bench.contest.referee import OURS, RAW, SERVER

AT_LEAST_OVER_RAW = 0.97
AT_LEAST_OVER_SERVER = 1.05
MOST_STOP_MS = 100.0


def checks(contest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each budget with what was measured and whether it was kept."""
    found = speed_checks(contest["speed"])
    turns = [one for one in contest["conversation"]["tokens"][OURS] if one["turn"] > 1]
    most = max(one["read"] - one["new"] for one in turns)
    name = "tokens the next turn reads beyond the new message and its frame"
    found.append(_check(name, "<= 0", most, is_kept=most <= 0))
    for phase in ("decode", "prefill"):
        middle = contest["stop_ms"][OURS][phase]["median"]
        name = f"Stop in {phase}, ms, median"
        kept = middle <= MOST_STOP_MS
        found.append(_check(name, f"<= {MOST_STOP_MS:g}", middle, is_kept=kept))
    return found


def speed_checks(speed: Mapping[str, Any], where: str = "") -> list[dict[str, Any]]:
    """The budgets of decoding, for each length of reply.

    Args:
        speed: `referee.speeds`.
        where: said behind the name of each, where it is not the contest's own.
    """
    found = []
    for length, figures in speed.items():
        for other, least in ((RAW, AT_LEAST_OVER_RAW), (SERVER, AT_LEAST_OVER_SERVER)):
            ratio = figures["sotto_over"][other]["median"]
            name = f"decode, {length} tokens, over {other}{where}"
            check = _check(name, f">= {least}", ratio, is_kept=ratio >= least)
            found.append({**check, "by_best": figures["sotto_over_by_best"][other]})
    return found


def _check(name: str, budget: str, measured: float, *, is_kept: bool) -> dict[str, Any]:
    return {"what": name, "budget": budget, "measured": measured, "kept": is_kept}
