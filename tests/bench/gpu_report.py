"""The part of docs/PERFORMANCE.md about a card, from what `make bench ONLY=gpu` printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Figures = Mapping[str, Any]


def card_section(run: Figures) -> Iterator[str]:
    """Every line of the section.

    Args:
        run: the JSON of `make bench ONLY=gpu MODEL=…`.
    """
    gpu = run["gpu"]
    yield f"## On a card: {gpu['card']}, {run['model']['name']}"
    yield ""
    yield (
        f"{run['machine']['when']}, {run['machine']['processor']}, "
        f"{run['machine']['cores']} cores, {run['machine']['memory_gib']} GiB; "
        f"ggml {run['machine']['ggml']}; model of {run['model']['bytes'] / 1e6:,.0f} MB, "
        f"{run['model']['layers']} layers. What is in use is what the driver says the card has "
        "less of than before, so it counts the driver's own context for that process. Where "
        "Sotto plans, it has such a context already, and what is free is told without it; "
        f"here that was {gpu['bench_mib']} MiB for the process that looked."
    )
    for one in run.get("runs", ()):
        yield ""
        yield f"Measured at {one['when']}: {', '.join(one['sections'])}."
    for part in (_memory, _reading, _writing, _contest, _next_turn, _smaller, _checkpoint):
        lines = list(part(gpu))
        if lines:
            yield ""
            yield from lines


def _memory(gpu: Figures) -> Iterator[str]:
    yield "### Memory against the plan"
    yield ""
    yield "| context | planned | in use | beyond the plan | reserve in the plan | after reading |"
    yield "|---|---|---|---|---|---|"
    for one in gpu["memory"]:
        read = one.get("used_after_reading")
        after = f"{one['used_after_reading_mib']:,.0f} MiB ({read:,} tokens)" if read else "-"
        yield (
            f"| {one['context_tokens']:,} | {one['planned_mib']:,.0f} MiB | "
            f"{one['used_mib']:,.0f} MiB | {one['beyond_plan_mib']:,.0f} MiB | "
            f"{one['reserve_mib']:,.0f} MiB | {after} |"
        )


def _reading(gpu: Figures) -> Iterator[str]:
    yield "### Reading, by micro-batch"
    yield ""
    yield "| micro-batch | tokens read | tokens/s | first word | in use |"
    yield "|---|---|---|---|---|"
    for one in gpu["reading"]:
        yield (
            f"| {one['ubatch_tokens']:,} | {one['read_tokens']:,} | "
            f"{one['read_tokens_per_second']:,} | {one['first_word_seconds']} s | "
            f"{one['used_mib']:,.0f} MiB |"
        )


def _writing(gpu: Figures) -> Iterator[str]:
    found = gpu["writing"]
    yield f"### Writing {found['tokens']} tokens"
    yield ""
    yield "| | tokens/s | over llama.cpp |"
    yield "|---|---|---|"
    for name, rate in found["tokens_per_second"].items():
        ratio = found["over_llama.cpp"].get(name)
        yield f"| {name} | {_spread(rate, 1)} | {_spread(ratio, 3) if ratio else ''} |"


def _contest(gpu: Figures) -> Iterator[str]:
    for title, key in (("### Beside other programs", "contest"), ("", "create_completion")):
        if key in gpu:
            yield from _table(title, gpu[key])


def _table(title: str, contest: Figures) -> Iterator[str]:
    if title:
        yield title
    yield ""
    names = list(next(iter(contest.values()))["decode_tokens_per_second"])
    others = [name for name in names if name != "sotto"]
    heads = [*names, *(f"sotto / {name}" for name in others)]
    yield "| reply | " + " | ".join(heads) + " |"
    yield "|---" * (1 + len(heads)) + "|"
    for length, found in contest.items():
        rates = [_spread(found["decode_tokens_per_second"][name], 1) for name in names]
        ratios = [_spread(found["sotto_over"][name], 3) for name in others]
        yield f"| {int(length):,} tokens | " + " | ".join(rates + ratios) + " |"


def _next_turn(gpu: Figures) -> Iterator[str]:
    found = gpu["next_turn"]
    words = ", ".join(f"{one:g}" for one in found["first_word_ms"])
    yield "### The next turn"
    yield ""
    yield (
        f"After a first message of {found['first_turn_read_tokens']:,} tokens, read in "
        f"{found['first_turn_seconds']} s, short questions: first word after {words} ms; "
        f"{found['read_tokens']} tokens read, of which the new message and its frame are "
        f"{found['new_tokens']}."
    )


def _smaller(gpu: Figures) -> Iterator[str]:
    yield "### What the planner makes of smaller cards"
    yield ""
    yield "Played on the same card: the planner is told that no more than this is there."
    yield ""
    yield (
        "| card | free at first | context | layers on the card | experts in main memory | planned "
        "| in use | writing | reading |"
    )
    yield "|---" * 9 + "|"
    for one in gpu["smaller_cards"]:
        yield (
            f"| {one['card_gib']} GiB | {one['free_at_first_mib']:,} MiB | "
            f"{one['context_tokens']:,} | {one['gpu_layers']} | {one['cpu_expert_layers']} | "
            f"{one['planned_mib']:,.0f} MiB | {one['used_mib']:,.0f} MiB | "
            f"{one['tokens_per_second']} tokens/s | {one['read_tokens_per_second']:,} tokens/s |"
        )


def _checkpoint(gpu: Figures) -> Iterator[str]:
    found = gpu["checkpoint"]
    yield "### A checkpoint"
    yield ""
    yield (
        f"{found['bytes'] / 2**20:.1f} MiB: {found['save_median_ms']:.2f} ms to take, "
        f"{found['restore_median_ms']:.2f} ms to go back to."
    )


def _spread(summary: Figures, digits: int) -> str:
    middle, least, most = (summary[name] for name in ("median", "least", "most"))
    return f"{middle:,.{digits}f} ({least:,.{digits}f}-{most:,.{digits}f})"
