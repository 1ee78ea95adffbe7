from __future__ import annotations

import json
from pathlib import Path

from tests.bench.gpu_report import card_section

MEASURED = Path(__file__).parents[2] / "docs" / "measurements"


def test_every_figure_of_a_card_is_on_the_page() -> None:
    (run,) = (json.loads(one.read_text(encoding="utf-8")) for one in MEASURED.glob("*-h100.json"))
    page = "\n".join(card_section(run))

    gpu = run["gpu"]
    for one in gpu["memory"]:
        assert f"| {one['context_tokens']:,} | {one['planned_mib']:,.0f} MiB |" in page
    for name in gpu["writing"]["tokens_per_second"]:
        assert f"| {name} |" in page
    assert page.count("sotto / ") == 3
    assert "NVIDIA H100" in page


def test_a_card_without_a_contest_has_a_page_as_well() -> None:
    (run,) = (json.loads(one.read_text(encoding="utf-8")) for one in MEASURED.glob("*-h100.json"))
    del run["gpu"]["contest"], run["gpu"]["create_completion"]

    assert "sotto / " not in "\n".join(card_section(run))
