"""Writes docs/PERFORMANCE.md from what `make bench` printed; nothing in it is typed by hand.

`make bench >bench.json` and `python tests/bench/report.py bench.json [full_size.json gpu.json …]`:
the first file is the whole bench, further ones are runs with `ONLY=full_size,limits` or `ONLY=gpu`,
or what `make soak` printed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.gpu_report import card_section
from tests.bench.models_report import estimate_section, models_section
from tests.bench.package_report import package_section
from tests.bench.soak_report import soak_section
from tests.bench.window_report import window_section

_ROOT = Path(__file__).parents[2]
_TARGET = _ROOT / "docs" / "PERFORMANCE.md"
_COMMAND = "make bench >bench.json; .venv/bin/python tests/bench/report.py bench.json"

_QUIET = 0.5
"""Load for each core up to which a machine counts as quiet before the bench starts.

The average is of the last minute, so it still counts what was done just before, such as setting up.
"""

Figures = Mapping[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Write the page."""
    if not arguments:
        sys.stderr.write(f"report: {_COMMAND}\n")
        return 2
    runs = [json.loads(Path(one).read_text(encoding="utf-8")) for one in arguments]
    _TARGET.write_text(page(runs[0], runs[1:]), encoding="utf-8")
    return 0


def page(bench: Figures, more: Sequence[Figures] = ()) -> str:
    """The whole page.

    Args:
        bench: the JSON of `make bench`.
        more: the JSONs of `make bench ONLY=full_size,limits MODEL=…` and of `ONLY=gpu`,
            and of `make soak`.
    """
    parts = [
        _head(bench),
        _limits(bench),
        _contest(bench),
        *((_card_pace(bench),) if "card_pace" in bench else ()),
        _conversation(bench),
        _stops(bench),
        _memory(bench),
        *((window_section(bench),) if "long_chats" in bench else ()),
        *((_tools(bench),) if "tools" in bench else ()),
        *((_sidebar(bench),) if "sidebar" in bench else ()),
        *((_summary(bench),) if "summary" in bench else ()),
        *((_search(bench),) if "search" in bench else ()),
        *((models_section(bench),) if "models" in bench else ()),
        *((estimate_section(bench),) if "estimate" in bench else ()),
        *((package_section(bench),) if "package" in bench else ()),
        _checks(bench),
        *(soak_section(one) for one in more if "looked_at" in one),
        *(_full_size(one) for one in more if "full_size" in one),
        *(card_section(one) for one in more if "gpu" in one),
        _cards(bench),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _head(bench: Figures) -> Iterator[str]:
    yield "# Performance"
    yield ""
    yield "Written by `tests/bench/report.py` from what the bench printed; nothing is typed in."
    yield f"To measure again: `{_COMMAND}`."
    yield ""
    yield from _machine(bench)
    if "runs" in bench:
        yield ""
        yield "Not all in one run, but each section, with its ratios, in one of its own:"
        yield ""
    for one in bench.get("runs", ()):
        yield f"- {one['when']}, commit {one['commit']}: {', '.join(one['sections'])}"
    machine = bench["machine"]
    if machine["load_average"] > machine["cores"] * _QUIET:
        yield ""
        yield "**Other programs were at work on this machine: rates and ratios of this run say"
        yield "little; token counts and memory hold.**"


def _machine(bench: Figures) -> Iterator[str]:
    machine, model = bench["machine"], bench["model"]
    yield "| | |"
    yield "|---|---|"
    yield f"| when | {machine['when']}, commit {machine['commit']} |"
    yield (
        f"| machine | {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB; {machine['system']} |"
    )
    yield f"| devices | {', '.join(machine['devices'])} |"
    yield f"| load average at the start | {machine['load_average']} |"
    yield f"| llama.cpp | ggml {machine['ggml']} |"
    yield f"| model | {model['name']}, {model['bytes'] / 1e6:,.0f} MB, {model['layers']} layers |"


def _limits(bench: Figures) -> Iterator[str]:
    limits = bench["limits"]
    yield "## The physical limit here"
    yield ""
    yield (
        f"{limits['threads']} thread(s) read {limits['read_bytes_per_second'] / 1e9:.1f} GB/s "
        "from main memory (the best of seven rounds in the same run). A token cannot come sooner "
        "than the bytes it needs; what fits the processor's cache can."
    )
    yield ""
    yield "| tokens in the context | bytes a token reads | at most tokens/s |"
    yield "|---|---|---|"
    for context, size in limits["bytes_per_token"].items():
        rate = limits["tokens_per_second"][context]
        yield f"| {int(context):,} | {size / 1e6:,.1f} MB | {rate:,.1f} |"


def _contest(bench: Figures) -> Iterator[str]:
    contest = bench["contest"]
    rules = contest["rules"]
    yield "## Tokens per second"
    yield ""
    yield (
        "The same model, prompt and settings for all, each in a process of its own, in turns: "
        f"context {rules['context_tokens']}, micro-batch {rules['ubatch_tokens']}, "
        f"{rules['threads']} thread(s), flash attention, {rules['sampling']}. "
        "Medians, with the least and the most in brackets; ratios are taken round by round."
    )
    yield ""
    speed = contest["speed"]
    names, others = _contestants(speed)
    yield from _speeds(speed)
    beside = contest["beside"]
    rates = [_spread(beside["greedy_tokens_per_second"][name], 1) for name in names]
    ratios = [_spread(beside["greedy_sotto_over"][name], 2) for name in others]
    yield f"| {beside['tokens']} tokens, greedy | " + " | ".join(rates + ratios) + " |"
    yield ""
    ways = beside["llama.cpp_tokens_per_second"]
    yield (
        "llama.cpp's column decodes and chooses with the engine's own sampler. For "
        f"{beside['tokens']} tokens: without choosing {_spread(ways['decode only'], 1)}, "
        f"choosing with llama.cpp's sampler chain {_spread(ways[_THEIRS], 1)} tokens/s."
    )


def _contestants(speed: Figures) -> tuple[list[str], list[str]]:
    """All of them, and those beside Sotto."""
    names = list(next(iter(speed.values()))["decode_tokens_per_second"])
    return names, [name for name in names if name != "sotto"]


def _speeds(speed: Figures) -> Iterator[str]:
    names, others = _contestants(speed)
    yield "| reply | " + " | ".join(names) + " | " + _columns("sotto / {}", others) + " |"
    yield "|---" * (1 + len(names) + len(others)) + "|"
    for length, found in speed.items():
        rates = [_spread(found["decode_tokens_per_second"][name], 1) for name in names]
        ratios = [_spread(found["sotto_over"][name], 2) for name in others]
        yield f"| {int(length):,} tokens | " + " | ".join(rates + ratios) + " |"


def _card_pace(bench: Figures) -> Iterator[str]:
    found = bench["card_pace"]
    yield "### At the pace of a card"
    yield ""
    yield (
        "The practice model is quicker here than gpt-oss-20b on any 16 GB card, and the quicker a "
        "model, the more the work around it weighs. The same contest with a model of noise of the "
        f"true architecture ({found['model_bytes'] / 1e6:,.0f} MB) that llama.cpp alone decodes at "
        f"{found['pace_tokens_per_second']:,.0f} tokens/s on {found['threads']} thread(s); the "
        "fastest 16 GB card we know figures of makes "
        f"{found['fastest_card_tokens_per_second']:,.0f} ([030](decisions/030.md))."
    )
    yield ""
    yield from _speeds(found["speed"])


_THEIRS = "llama.cpp's sampler"


def _conversation(bench: Figures) -> Iterator[str]:
    talk = bench["contest"]["conversation"]
    first, tokens = talk["first_word_ms"], talk["tokens"]
    turns = list(next(iter(first.values())))
    yield "## First word of a turn"
    yield ""
    yield (
        "One conversation: a pasted text first, then short questions. Milliseconds from the "
        "request to the first word of thoughts or answer (median, least and most), and below it "
        "the prompt tokens read after the request."
    )
    yield ""
    yield "| | " + _columns("turn {}", turns) + " |"
    yield "|---" * (1 + len(turns)) + "|"
    for name, found in first.items():
        yield f"| {name} | " + " | ".join(_spread(found[turn], 0) for turn in turns) + " |"
    for name, found in tokens.items():
        read = {str(one["turn"]): one["read"] for one in found}
        yield f"| {name}, tokens read | " + " | ".join(f"{read[turn]:,}" for turn in turns) + " |"
    new = {str(one["turn"]): one["new"] for one in tokens["sotto"]}
    counts = " | ".join(f"{new[turn]:,}" for turn in turns)
    yield f"| tokens of the new message and its frame | {counts} |"


def _stops(bench: Figures) -> Iterator[str]:
    yield "## Stop"
    yield ""
    yield (
        "Milliseconds from the press to idle (median, least and most). llama-server: the client "
        "hangs up and asks until the slot is free. create_completion can be left between tokens "
        "only."
    )
    yield ""
    yield "| | while writing | while reading |"
    yield "|---|---|---|"
    for name, found in bench["contest"]["stop_ms"].items():
        yield f"| {name} | {_spread(found['decode'], 1)} | {_spread(found['prefill'], 1)} |"


def _memory(bench: Figures) -> Iterator[str]:
    memory = bench["contest"]["peak_memory_mib"]
    yield "## Peak memory"
    yield ""
    yield "MiB of each engine's whole process, the mapped model file included."
    yield ""
    yield "| | replies | conversation |"
    yield "|---|---|---|"
    for name in memory["speed"]:
        told = memory["conversation"].get(name)
        talk = "-" if told is None else f"{told:,.0f}"
        yield f"| {name} | {memory['speed'][name]:,.0f} | {talk} |"


_TOOL_ROWS = {
    "kernel_ready_ms": "a notebook in its box, from nothing to its first result",
    "python_call_ms": "a call of a notebook that is there",
    "page_open_ms": "a page of a server on this machine: fetched, read, shown to the model",
    "mcp_ready_ms": "an MCP server on this machine, from nothing to its list of tools",
    "mcp_call_ms": "a call of it",
    "call_overhead_ms": "all that Sotto does for a call besides the tool's work: decision, record "
    "and history, each step synced to the disk",
}


def _sidebar(bench: Figures) -> Iterator[str]:
    found = bench["sidebar"]
    yield f"## The list of {found['chats']:,} chats"
    yield ""
    yield "| | ms |"
    yield "|---|---|"
    yield f"| read from the history, beside the window | {found['read_ms']:,.1f} |"
    yield f"| from there to the screen, the first time | {found['open_ms']:,.1f} |"
    yield f"| the same when another chat comes to the top | {found['another_order_ms']:,.1f} |"
    yield f"| narrowed to a tag, or widened again | {found['filter_ms']:,.1f} |"


def _tools(bench: Figures) -> Iterator[str]:
    tools = bench["tools"]
    yield "## Tools"
    yield ""
    yield "| | ms (median; most) |"
    yield "|---|---|"
    for name, told in _TOOL_ROWS.items():
        if name in tools:
            most = tools.get(name.replace("_ms", "_max_ms"))
            yield f"| {told} | {tools[name]:,.1f}" + (f"; {most:,.1f} |" if most else " |")
    yield ""
    yield (
        f"Holding a call against a hundred rules takes {tools['decision_us'] / 1000:.1f} ms, when "
        "none of them is about it."
    )


def _summary(bench: Figures) -> Iterator[str]:
    told = bench["summary"]
    delay = told["delay_ms"]
    yield "## Summaries of thoughts beside the chat"
    yield ""
    yield (
        f"A whole summary takes {told['whole_summary_ms']:,.0f} ms when nothing disturbs it. A "
        "question that comes in the middle of one has its first token after "
        f"{told['first_token_with_summary_ms']:,.0f} ms, without one after "
        f"{told['first_token_ms']:,.0f} ms (medians). Of {told['pairs']} pairs in changing order "
        f"the difference was {delay['median']:g} ms in the median, {delay['p95']:g} ms in 95 of "
        f"100 and {delay['worst']:g} ms at worst; at most 100 are allowed."
    )


def _search(bench: Figures) -> Iterator[str]:
    found = bench["search"]
    yield "## Search"
    yield ""
    yield (
        f"{found['messages']:,} messages, half of them Korean, {found['text_mb']:,.0f} MB, in an "
        "encrypted file. Milliseconds from the typed text to what is shown, ranking and snippets "
        f"included, over {found['searches']:,} searches."
    )
    yield ""
    yield "| | half of them | 95 of 100 | most |"
    yield "|---|---|---|---|"
    for kind, times in found["queries"].items():
        yield f"| {kind} | {times['p50']:,.1f} | {times['p95']:,.1f} | {times['most']:,.1f} |"
    yield f"| all | {found['p50_ms']:,.1f} | {found['p95_ms']:,.1f} | |"
    yield ""
    yield (
        f"The index takes {found['index_mb']:,.0f} MB and {found['index_s']:,.0f} s to build, in "
        f"steps of at most {found['longest_index_step_ms']:,.0f} ms between other work. A message "
        f"is stored in {found['commit_ms']:,.1f} ms (without the index's note "
        f"{found['commit_without_index_ms']:,.1f} ms) and indexed afterwards in "
        f"{found['index_one_message_ms']:,.1f} ms. After a purge its last words are gone from the "
        f"index {found['purge_s'] + found['scour_after_s']:,.1f} s later."
    )


def _checks(bench: Figures) -> Iterator[str]:
    yield "## Budgets"
    yield ""
    yield "Beside the median ratio the best round against the best round, which says more where"
    yield "other programs took their share of the machine."
    yield ""
    yield "| budget | wanted | measured | best against best | |"
    yield "|---|---|---|---|---|"
    for one in (check for name in bench for check in _checks_of(bench[name])):
        kept = "kept" if one["kept"] else "**not kept**"
        best = f"{one['by_best']:g}" if "by_best" in one else ""
        yield f"| {one['what']} | {one['budget']} | {one['measured']:g} | {best} | {kept} |"


def _checks_of(section: object) -> Sequence[Figures]:
    """The budgets that one section was held against; older files have some without figures."""
    if not isinstance(section, Mapping):
        return ()
    return [one for one in section.get("checks", ()) if "measured" in one]


def _full_size(run: Figures) -> Iterator[str]:
    found = run["full_size"]
    rules, first, following = found["rules"], found["first_turn"], found["next_turn"]
    yield f"## At the true size: {run['model']['name']}"
    yield ""
    yield from _machine(run)
    yield ""
    at_most = run["limits"]["tokens_per_second"]["0"]
    yield (
        f"Context {rules['context_tokens']}, micro-batch {rules['ubatch_tokens']}, "
        f"{rules['threads']} threads, {max(0, rules['gpu_layers'])} layers on a GPU."
    )
    yield ""
    yield "| | measured | limit or budget |"
    yield "|---|---|---|"
    yield (
        f"| decode, whole engine | {found['engine_tokens_per_second']} tokens/s | "
        f"{at_most} tokens/s by memory |"
    )
    yield (
        f"| decode, llama.cpp alone | {found['raw_tokens_per_second']} tokens/s | "
        f"{at_most} tokens/s by memory |"
    )
    yield f"| engine over llama.cpp | {found['engine_over_raw']} | >= 0.97 |"
    read, rate = first["read_tokens"], first["read_tokens_per_second"]
    yield f"| reading {read:,} tokens | {rate} tokens/s | |"
    yield (
        f"| first word of the next turn | {following['first_word_seconds']} s, "
        f"{following['read_tokens']} tokens read | {following['new_tokens']} new tokens |"
    )
    yield f"| ready, process and load | {found['ready_seconds']} s | |"
    yield (
        f"| peak memory | {found['peak_memory_mib']:,} MiB | "
        f"{found['planned_mib']:,} MiB planned for llama.cpp alone |"
    )


def _cards(bench: Figures) -> Iterator[str]:
    limits = bench["limits"]
    sizes = limits["gpt_oss_20b_bytes_per_token"]
    yield "## gpt-oss-20b on cards of 16 GB: the limit, not yet a measurement"
    yield ""
    yield (
        "No such card was at hand. The limit is the memory's bandwidth as commonly given "
        "(interface width times data rate, `tests/bench/limits.py`) over the bytes that a token "
        "reads by the model's header ("
        + ", ".join(f"{size / 1e6:,.0f} MB at {int(at):,}" for at, size in sizes.items())
        + " tokens of context)."
    )
    yield ""
    yield "| card | bandwidth | " + _columns("limit at {}", list(sizes)) + " | measured |"
    yield "|---" * (3 + len(sizes)) + "|"
    for card in limits["gpt_oss_20b_on_cards"]:
        bandwidth = card["bus_bits"] / 8 * card["gbit_per_second"]
        rates = [f"{rate:,.0f} tokens/s" for rate in card["tokens_per_second"].values()]
        yield f"| {card['name']} | {bandwidth:,.0f} GB/s | {' | '.join(rates)} | not measured |"


def _columns(pattern: str, names: Sequence[str]) -> str:
    return " | ".join(pattern.format(name) for name in names)


def _spread(summary: Figures, digits: int) -> str:
    middle, least, most = (summary[name] for name in ("median", "least", "most"))
    return f"{middle:,.{digits}f} ({least:,.{digits}f}-{most:,.{digits}f})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
