"""`make bench`: every figure in one JSON object on standard output, progress on standard error.

Ratios are taken within one run, since machines are noisy.  `ONLY=contest,engine` measures some
sections alone, `MODEL=FILE` measures what has a model with another one than the practice model.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.models.practice import practice_model
from engine.gguf import read_facts
from engine.llama.devices import physical_cores
from engine.llama.ggml import device_rows, library_version
from engine.memory_plan.planner import planned_threads
from engine.memory_plan.values import PlanChoices
from tests.bench import (
    app_bench,
    card_pace,
    composer_bench,
    engine_bench,
    estimate_bench,
    full_size,
    gpu_bench,
    guard_bench,
    limits,
    long_chats,
    models_bench,
    package_bench,
    schema_bench,
    search_bench,
    sidebar_bench,
    summary_bench,
    thoughts_bench,
    tools_bench,
    tree_bench,
    ui_bench,
    warm_bench,
)
from tests.bench.commit import commit
from tests.bench.contest import checks, referee
from tests.bench.contest.rules import Rules

_ROOT = Path(__file__).parents[2]
_CONTEXT_TOKENS = 8192
"""Holds a reply of 4,000 tokens and the prompts that Stop is pressed in."""

_UBATCH_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Setting:
    """What a section may need.

    Attributes:
        folder: for files, removed afterwards.
        model: the GGUF file.
        is_brief: measure little, to see that everything works.
    """

    folder: Path
    model: Path
    is_brief: bool


def contest(setting: Setting) -> dict[str, Any]:
    """The engine against llama.cpp itself and what else serves it."""
    threads = planned_threads(read_facts(setting.model), physical_cores(), PlanChoices())
    rules = Rules(str(setting.model), _CONTEXT_TOKENS, _UBATCH_TOKENS, threads)
    program = referee.BRIEF if setting.is_brief else referee.FULL
    figures = referee.run(setting.model, rules, setting.folder, program)
    return {**figures, "checks": checks.checks(figures)}


SECTIONS: dict[str, Callable[[Setting], dict[str, Any]]] = {
    "contest": contest,
    "card_pace": lambda setting: card_pace.run(
        setting.folder, _CONTEXT_TOKENS, _UBATCH_TOKENS, is_brief=setting.is_brief
    ),
    "full_size": lambda setting: full_size.run(setting.model),
    "gpu": lambda setting: gpu_bench.run(setting.model),
    "limits": lambda setting: limits.run(setting.model, setting.folder),
    "engine": lambda setting: engine_bench.run(setting.model),
    "guard": lambda _setting: guard_bench.run(),
    "thoughts": lambda _setting: thoughts_bench.run(),
    "summary": lambda setting: summary_bench.run(setting.model),
    "schema": lambda _setting: schema_bench.run(),
    "warm": lambda setting: warm_bench.run(setting.model),
    "tools": lambda setting: tools_bench.run(setting.folder),
    "search": lambda setting: search_bench.run(setting.folder, is_brief=setting.is_brief),
    "models": lambda setting: models_bench.run(setting.folder, is_brief=setting.is_brief),
    "estimate": lambda setting: estimate_bench.run(setting.model, is_brief=setting.is_brief),
    "ui": lambda _setting: ui_bench.run(),
    "long_chats": lambda setting: long_chats.run(setting.folder),
    "composer": lambda setting: composer_bench.run(is_brief=setting.is_brief),
    "sidebar": lambda setting: sidebar_bench.run(setting.folder, is_brief=setting.is_brief),
    "tree": lambda setting: tree_bench.run(setting.folder, is_brief=setting.is_brief),
    "ask": lambda setting: app_bench.ask_first_token(setting.folder),
    "window": lambda setting: app_bench.window(setting.folder),
    "package": lambda setting: package_bench.run(setting.folder),
}
"""One line for each; the order is that of the run."""

NOT_BY_DEFAULT = frozenset({"full_size", "gpu", "package"})
"""Sections that are measured only when they are asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sections and print the one JSON object; 1 when a budget was not kept."""
    options = _parser().parse_args(arguments)
    chosen = [name for name in options.only.split(",") if name] or [
        name for name in SECTIONS if name not in NOT_BY_DEFAULT
    ]
    if unknown := [name for name in chosen if name not in SECTIONS]:
        sys.stderr.write(f"bench: no section {', '.join(unknown)}; there are {list(SECTIONS)}\n")
        return 2
    figures: dict[str, Any] = {"machine": _machine()}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        model = Path(options.model) if options.model else practice_model(folder / "cache")
        figures["model"] = _model(model)
        for name in chosen:
            sys.stderr.write(f"bench: {name} …\n")
            figures[name] = SECTIONS[name](Setting(folder, model, options.brief))
    json.dump(figures, sys.stdout, indent=2)
    sys.stdout.write("\n")
    kept = [one["kept"] for name in chosen for one in figures[name].get("checks", ())]
    return 0 if all(kept) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("make bench", description=__doc__)
    parser.add_argument("--only", default="", help="sections to measure, with commas")
    parser.add_argument("--model", default="", help="a GGUF file in place of the practice model")
    parser.add_argument("--brief", action="store_true", help="measure little")
    return parser


def _model(model: Path) -> dict[str, Any]:
    facts = read_facts(model)
    return {"name": facts.name, "bytes": facts.size_bytes, "layers": facts.layers}


def _machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": psutil.cpu_count(),
        "load_average": round(psutil.getloadavg()[0], 2),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "ggml": library_version(),
        "devices": [row.description for row in device_rows()],
        "commit": commit(),
        "when": time.strftime("%Y-%m-%dT%H:%M:%S"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


if __name__ == "__main__":
    sys.exit(main())
