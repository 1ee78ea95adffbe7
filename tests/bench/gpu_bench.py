"""A model of the full size on a graphics card; asked for with `ONLY=gpu`.

`MODEL=FILE` is gpt-oss-20b, or `python -m tools.random_model FILE`, which takes the same time and
memory.  What the card has in use is read from the driver, before the engine's process starts and
while it has its model loaded, so it counts everything: weights, cache, buffers and the driver's
own context, which the plan has in its reserve.

Replies have a fixed length, so the model must not end one before: `MODEL` should be a copy made by
`tests.bench.contest.endless`.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from engine.gguf import ModelFacts, read_facts
from engine.hardware import Device, Hardware
from engine.llama.devices import devices, hardware
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import MemoryPlan, PlanChoices
from tests.bench import engine_bench
from tests.bench.contest import referee
from tests.bench.contest.players import Player
from tests.bench.contest.rules import Rules

GIB: Final = 2**30
_CONTEXTS: Final = (8192, 32_768, 131_072)
_FILLED: Final = 32_768
"""Contexts up to this size are also filled, to see whether that takes more memory."""
_UBATCHES: Final = (512, 1024, 2048)
_CARDS_GIB: Final = (16, 12, 8, 6)
"""Cards that are played by leaving the planner no more of the real one."""

_CONTEST: Final = {32: 7, 512: 3, 4000: 1}
"""Rounds by length of the reply."""

_CONTEXT: Final = 8192
_REPLY: Final = 512
_ROUNDS: Final = 5
_SENTENCE: Final = "Please tell me about the sea. "
_QUESTION: Final = "What colour is the sea?"


def run(model: Path) -> dict[str, Any]:
    """Memory against the plan, reading, writing, sampling and checkpoints on the first card.

    Raises:
        RuntimeError: there is no GPU here.
    """
    facts, machine = read_facts(model), hardware()
    card = next((one for one in machine.devices if one.is_gpu), None)
    if card is None:
        raise RuntimeError("no GPU is here, so there is nothing to measure")
    bench = _Bench(model, facts, machine, card.name)
    figures: dict[str, Any] = {"card": card.description, "card_mib": card.total_bytes >> 20}
    figures["bench_mib"] = (card.total_bytes - card.free_bytes) >> 20
    for name, measure in (
        ("memory", bench.memory),
        ("reading", bench.reading),
        ("writing", bench.writing),
        ("contest", bench.contest),
        ("next_turn", bench.next_turn),
        ("smaller_cards", bench.smaller_cards),
        ("checkpoint", lambda: engine_bench.checkpoint(model)),
    ):
        sys.stderr.write(f"bench:   {name} …\n")
        figures[name] = measure()
    return figures


class _Bench:
    """One model on one card."""

    def __init__(self, model: Path, facts: ModelFacts, machine: Hardware, card: str) -> None:
        self._model = model
        self._facts = facts
        self._machine = machine
        self._card = card

    def memory(self) -> list[dict[str, Any]]:
        """MiB in use with each context, beside what was planned."""
        return [self._memory_at(context) for context in _CONTEXTS]

    def _memory_at(self, context_tokens: int) -> dict[str, Any]:
        plan = self._plan(PlanChoices(context_tokens=context_tokens, ubatch_tokens=512))
        with self._playing("ours", _rules(self._model, plan)) as (player, used):
            _reply(player, 64)
            figures = {"context_tokens": context_tokens, **_against(plan, used())}
            if context_tokens <= _FILLED:
                cost = player.turn(_SENTENCE * (context_tokens // 9), 8)
                figures["used_after_reading"] = cost.read_tokens
                figures["used_after_reading_mib"] = round(used() / 2**20, 1)
            return figures

    def reading(self) -> list[dict[str, Any]]:
        """Tokens/s of a long prompt with each micro-batch, and the memory that costs."""
        return [self._reading_at(ubatch) for ubatch in _UBATCHES]

    def _reading_at(self, ubatch_tokens: int) -> dict[str, Any]:
        choices = PlanChoices(context_tokens=2 * _CONTEXT, ubatch_tokens=ubatch_tokens)
        plan = self._plan(choices)
        with self._playing("ours", _rules(self._model, plan)) as (player, used):
            player.turn(_SENTENCE * 20, 8)  # what is done once is not timed
            cost = player.turn(_SENTENCE * (_CONTEXT // 8), 8)
            return {
                "ubatch_tokens": ubatch_tokens,
                "read_tokens": cost.read_tokens,
                "first_word_seconds": round(cost.first_seconds, 3),
                "read_tokens_per_second": round(cost.read_tokens / cost.first_seconds),
                **_against(plan, used()),
            }

    def writing(self) -> dict[str, Any]:
        """Tokens/s of llama.cpp alone, and of the engine that draws on the card or on the CPU."""
        plan = self._plan(PlanChoices(context_tokens=_CONTEXT, ubatch_tokens=512))
        rules = _rules(self._model, plan)
        ways = {
            "llama.cpp": ("raw", rules),
            "engine, drawing on the card": ("ours", replace(rules, draws_on_device=True)),
            "engine, drawing on the CPU": ("ours", replace(rules, draws_on_device=False)),
        }
        players = {name: Player(module, one) for name, (module, one) in ways.items()}
        try:
            rates = _rates(players)
        finally:
            for player in players.values():
                player.__exit__(None, None, None)
        raw = rates["llama.cpp"]
        return {
            "tokens": _REPLY,
            "rounds": _ROUNDS,
            "tokens_per_second": {name: _middle(found) for name, found in rates.items()},
            "over_llama.cpp": {
                name: _middle([mine / theirs for mine, theirs in zip(found, raw, strict=True)])
                for name, found in rates.items()
                if name != "llama.cpp"
            },
        }

    def contest(self) -> dict[str, Any]:
        """The engine beside llama.cpp, its server and llama-cpp-python.

        The model must be one that never ends a message (`contest.endless`).
        """
        plan = self._plan(PlanChoices(context_tokens=_CONTEXT, ubatch_tokens=512))
        return referee.speed_alone(_rules(self._model, plan), _CONTEST)

    def next_turn(self) -> dict[str, Any]:
        """Seconds to the first word of short questions after a long text."""
        plan = self._plan(PlanChoices(context_tokens=_CONTEXT, ubatch_tokens=512))
        with self._playing("ours", _rules(self._model, plan)) as (player, _used):
            first = player.turn(_SENTENCE * (_CONTEXT // 16), 64)
            after = [player.turn(_QUESTION, 64) for _ in range(4)]
        return {
            "first_turn_read_tokens": first.read_tokens,
            "first_turn_seconds": round(first.first_seconds, 3),
            "read_tokens": [one.read_tokens for one in after],
            "new_tokens": [one.new_tokens for one in after],
            "first_word_ms": [round(one.first_seconds * 1000, 1) for one in after],
        }

    def smaller_cards(self) -> list[dict[str, Any]]:
        """What the planner makes of a card of so many GiB, and what it then takes and gives."""
        return [self._on_card_of(size) for size in _CARDS_GIB]

    def _on_card_of(self, gib: int) -> dict[str, Any]:
        """Most programs' desktops take some 600 MiB of a card; so much is not free at first."""
        free = gib * GIB - 600 * 2**20
        small = tuple(
            replace(one, free_bytes=free, total_bytes=gib * GIB) if one.name == self._card else one
            for one in self._machine.devices
        )
        plan = plan_memory(self._facts, replace(self._machine, devices=small), PlanChoices())
        with self._playing("ours", _rules(self._model, plan)) as (player, used):
            _reply(player, 32)
            rate = statistics.median(_reply(player, 128) for _ in range(3))
            cost = player.turn(_SENTENCE * (_CONTEXT // 27), 8)
            return {
                "card_gib": gib,
                "context_tokens": plan.context_tokens,
                "ubatch_tokens": plan.ubatch_tokens,
                "gpu_layers": plan.gpu_layers,
                "cpu_expert_layers": plan.cpu_expert_layers,
                "explanation": str(plan.explanation),
                "tokens_per_second": round(rate, 1),
                "read_tokens_per_second": round(cost.read_tokens / cost.first_seconds),
                "free_at_first_mib": free >> 20,
                **_against(plan, used()),
            }

    def _plan(self, choices: PlanChoices) -> MemoryPlan:
        return plan_memory(self._facts, self._machine, choices)

    @contextmanager
    def _playing(self, module: str, rules: Rules) -> Iterator[tuple[Player, Any]]:
        """A player, and what tells how much of the card is in use since it came."""
        before = self._free()
        with Player(module, rules) as player:
            yield player, lambda: before - self._free()

    def _free(self) -> int:
        return self._seen().free_bytes

    def _seen(self) -> Device:
        return next(one for one in devices() if one.name == self._card)


def _rules(model: Path, plan: MemoryPlan) -> Rules:
    """The rules of a plan; the output counts as one more layer to the other programs."""
    is_whole = plan.gpu_layers > 0 and plan.cpu_expert_layers == 0 and plan.main.blocks == 0
    return Rules(
        str(model),
        plan.context_tokens,
        plan.ubatch_tokens,
        plan.threads,
        -1 if is_whole else plan.gpu_layers,
        plan.cpu_expert_layers,
    )


def _against(plan: MemoryPlan, used_bytes: int) -> dict[str, Any]:
    """What was planned on the card beside what is in use there, in MiB."""
    gpus = plan.gpus
    planned = sum(one.used_bytes for one in gpus)
    reserve = sum(one.reserve_bytes for one in gpus)
    return {
        "planned_mib": round(planned / 2**20, 1),
        "reserve_mib": round(reserve / 2**20, 1),
        "used_mib": round(used_bytes / 2**20, 1),
        "beyond_plan_mib": round((used_bytes - planned) / 2**20, 1),
    }


def _rates(players: dict[str, Player]) -> dict[str, list[float]]:
    """Tokens/s by player, round by round, another one first each time."""
    for player in players.values():
        _reply(player, 32)
    rates: dict[str, list[float]] = {name: [] for name in players}
    names = list(players)
    for number in range(_ROUNDS):
        turned = names[number % len(names) :] + names[: number % len(names)]
        for name in turned:
            rates[name].append(_reply(players[name], _REPLY))
    return rates


def _reply(player: Player, tokens: int) -> float:
    """Tokens/s of one reply."""
    reply = player.generate(tokens, "default")
    return reply.decode_tokens / reply.decode_seconds


def _middle(values: Sequence[float]) -> dict[str, float]:
    """Middle, least and most."""
    return {
        "median": round(statistics.median(values), 4),
        "least": round(min(values), 4),
        "most": round(max(values), 4),
    }
