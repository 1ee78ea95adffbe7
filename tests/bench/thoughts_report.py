"""Writes docs/THOUGHTS_FILTER.md: how well the thoughts filter does; nothing is typed by hand.

`python tests/bench/thoughts_report.py` scores the labelled passages anew and takes the cost from
the bench of the filter.  `--record NAME` also keeps the scores under that name in
`docs/measurements/thoughts_filter.json`, for what can be measured only once.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine.analysis_filter import WithheldKind
from tests.app.thoughts.labelled import SETS, Score, passages, score
from tests.bench import thoughts_bench

_ROOT: Final = Path(__file__).parents[2]
TARGET: Final = _ROOT / "docs" / "THOUGHTS_FILTER.md"
RECORDS: Final = _ROOT / "docs" / "measurements" / "thoughts_filter.json"
_KINDS: Final = (
    (WithheldKind.PERSONAL_DATA, "personal data"),
    (WithheldKind.SECRET, "secrets"),
    (WithheldKind.SYSTEM_TEXT, "system text"),
    (WithheldKind.ABUSE, "abuse"),
)


def main(arguments: Sequence[str]) -> int:
    """Score, perhaps keep the scores, and write the page."""
    parser = argparse.ArgumentParser("thoughts_report", description=__doc__)
    parser.add_argument("--record", default="", help="keep these scores under a name")
    options = parser.parse_args(arguments)
    scores = {name: _figures(score(passages(name))) for name in SETS}
    records = json.loads(RECORDS.read_text(encoding="utf-8")) if RECORDS.exists() else {}
    if options.record:
        records[options.record] = {"when": time.strftime("%Y-%m-%d"), "scores": scores}
        RECORDS.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")
    parts = (_head(), _sets(), _scores(scores), _first(records), _cost(thoughts_bench.run()))
    TARGET.write_text("\n\n".join("\n".join(part) for part in parts) + "\n", encoding="utf-8")
    return 0


def _figures(result: Score) -> dict[str, Any]:
    return {
        **{
            str(kind): {"marked": result.marked[kind], "caught": result.caught[kind]}
            for kind, _ in _KINDS
        },
        "harmless": result.harmless,
        "falsely_redacted": result.falsely_redacted,
        "overreach": round(result.overreach(), 4),
    }


def _head() -> Iterator[str]:
    yield "# The thoughts filter in figures"
    yield ""
    yield "Written by `python tests/bench/thoughts_report.py`; nothing is typed in."
    yield ""
    yield (
        "The rules in `app/thoughts/` take forms out of the chain of thought: personal data, "
        "secrets, passages of the system and developer messages and talk about them, special "
        "tokens, abuse. They know no meaning: a name without a sign, a paraphrase in new words "
        "and unkindness in kind words pass. `tests/app/thoughts/test_passages.py` holds the "
        "filter to these figures, however the stream is cut."
    )


def _sets() -> Iterator[str]:
    yield "## Passages"
    yield ""
    yield (
        "Thoughts in English and Korean, written for this project with made-up data "
        "(`tests/app/thoughts/passages/`). A third of each group was drawn by digest as "
        "`held_out` before the rules were written, and its misses were not looked at while they "
        "were. One author wrote both the passages and the rules, in one sitting, so `held_out` "
        "is kinder than strangers' thoughts would be. `later` and `latest` were written after the "
        "rules, to be hard, and `fresh` by somebody who had not read the rules (31 of its "
        "harmless ones later, against what was then mended); their first scores, below, are the "
        "soberest ones here and the best guess for forms that nobody "
        "thought of. What they showed was then mended."
    )
    yield ""
    yield "| set | passages | English | Korean | harmless | with something to withhold |"
    yield "|---|---|---|---|---|---|"
    for name in SETS:
        every = passages(name)
        languages = Counter(one.language for one in every)
        harmless = sum(not one.marks for one in every)
        yield (
            f"| {name} | {len(every)} | {languages['en']} | {languages['ko']} "
            f"| {harmless} | {len(every) - harmless} |"
        )


def _scores(scores: Mapping[str, Any]) -> Iterator[str]:
    yield "## Now"
    yield ""
    yield (
        "Caught: every letter and digit of a marked stretch is gone (of a system text, four "
        "fifths). Falsely redacted: anything in a harmless passage is gone. Over-reach: letters "
        "around marked stretches that went with them."
    )
    yield ""
    yield from _table(scores)


def _table(scores: Mapping[str, Any]) -> Iterator[str]:
    titles = [title for _, title in _KINDS]
    yield f"| set | {' | '.join(titles)} | falsely redacted | over-reach |"
    yield "|---|---|---|---|---|---|---|"
    for name, figures in scores.items():
        cells = [_share(figures[kind]["caught"], figures[kind]["marked"]) for kind, _ in _KINDS]
        false = _share(figures["falsely_redacted"], figures["harmless"])
        yield f"| {name} | {' | '.join(cells)} | {false} | {figures['overreach']:.1%} |"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})" if whole else "none"


def _first(records: Mapping[str, Any]) -> Iterator[str]:
    yield "## What was measured once"
    for name, record in records.items():
        yield ""
        yield f"{name} ({record['when']}):"
        yield ""
        yield from _table(record["scores"])


def _cost(bench: Mapping[str, Any]) -> Iterator[str]:
    yield "## Cost"
    yield ""
    yield (
        f"Microseconds for a token, one processor thread (`make bench ONLY=thoughts`; at most "
        f"{thoughts_bench.MOST_US_PER_TOKEN} are allowed): {bench['harmless_us']:.0f} in harmless "
        f"passages, {bench['marked_us']:.0f} in passages with something to withhold. No rule sees "
        f"more than a window of 400 characters, so hostile text costs a bounded time for a "
        f"character: at most {bench['worst_us_per_character']:.0f} in long rows of "
        f"{len(thoughts_bench.HOSTILE)} kinds, of which `{bench['worst_is_a_row_of']}` was the "
        "slowest. Measured on whatever machine wrote this page, with what else ran on it."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
