"""The phrases by which a program tells refusals and "I don't know" from answers."""

from __future__ import annotations

import json
import re
from functools import cache

from app import resources


@cache
def phrases(kind: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of a kind in `resources/lab/phrases.json`, compiled when first needed.

    Args:
        kind: "refusal" or "abstention".
    """
    told = json.loads(resources.path("lab", "phrases.json").read_text("utf-8"))
    patterns: list[re.Pattern[str]] = []
    for pattern in (*told[kind]["en"], *told[kind]["ko"]):
        whole = pattern
        for name, part in told["parts"].items():
            whole = whole.replace("{" + name + "}", part)
        patterns.append(re.compile(whole, re.IGNORECASE))
    return tuple(patterns)
