"""Sotto's engine against llama.cpp itself, `llama-server` and `create_completion`.

Within one run, in turns, each in a process of its own, with the same model, context,
micro-batch, threads, flash attention, window and sampling.  Ratios are taken round by round,
since machines are noisy, and their middle and their spread are told.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.contest.endless import endless_copy
from tests.bench.contest.players import Player, players
from tests.bench.contest.rules import Reply, Rules
from tests.bench.contest.script import talk_texts

OURS = "sotto"
RAW = "llama.cpp"
SERVER = "llama-server"
HIGH_LEVEL = "create_completion"

_SPEED_MODULES = {RAW: "raw", OURS: "ours", SERVER: "server", HIGH_LEVEL: "high_level"}
_TALK_MODULES = {OURS: "ours", SERVER: "server", HIGH_LEVEL: "high_level --talk"}
_STOPPABLE = (OURS, SERVER, HIGH_LEVEL)
_TOLD_TURNS = (1, 2, 5, 20)


@dataclass(frozen=True, slots=True)
class Program:
    """How much is done.

    Attributes:
        lengths: rounds by length of the reply in tokens.
        extra_rounds: rounds of what is only told beside.
        talks: conversations.
        turns: of each.
        stops: of each kind.
    """

    lengths: Mapping[int, int]
    extra_rounds: int = 5
    talks: int = 2
    turns: int = max(_TOLD_TURNS)
    stops: int = 12


FULL = Program({32: 25, 512: 11, 4000: 3})
BRIEF = Program({32: 3, 512: 1}, extra_rounds=1, talks=1, turns=5, stops=3)


def run(model: Path, rules: Rules, folder: Path, program: Program = FULL) -> dict[str, Any]:
    """Every figure of the contest.

    Args:
        model: the model of the conversations.
        rules: what all are given; the model in it is not looked at.
        folder: for the endless copy.
        program: how much is done.
    """
    endless = endless_copy(model, folder / "endless.gguf")
    with players(_SPEED_MODULES, _with_model(rules, endless)) as all_players:
        speed = speeds(all_players, program.lengths)
        beside = _beside(all_players, program.extra_rounds)
        stop = {name: _stops(all_players[name], program.stops) for name in _STOPPABLE}
        memory = {name: one.peak_memory_bytes() for name, one in all_players.items()}
    talk, talk_memory = _talks(_with_model(rules, model), program)
    return {
        "rules": {
            "context_tokens": rules.context_tokens,
            "ubatch_tokens": rules.ubatch_tokens,
            "threads": rules.threads,
            "flash_attention": True,
            "full_window": False,
            "sampling": "temperature 1.0, min_p 0.01",
        },
        "speed": speed,
        "beside": beside,
        "conversation": talk,
        "stop_ms": stop,
        "peak_memory_mib": {
            "speed": _mib(memory),
            "conversation": _mib(talk_memory),
        },
    }


def _with_model(rules: Rules, model: Path) -> Rules:
    return Rules(
        str(model), rules.context_tokens, rules.ubatch_tokens, rules.threads, rules.gpu_layers
    )


def _mib(sizes: Mapping[str, int]) -> dict[str, float]:
    return {name: round(size / 2**20, 1) for name, size in sizes.items()}


# ---- speed


def speed_alone(
    rules: Rules, lengths: Mapping[int, int], *, has_high_level: bool = True
) -> dict[str, Any]:
    """Replies of fixed lengths only: what a model of noise can be asked for.

    Args:
        rules: what all are given; its model never ends a message (`contest.endless`).
        lengths: rounds by length of the reply in tokens.
        has_high_level: whether `create_completion` takes part.
    """
    modules = dict(_SPEED_MODULES)
    if not has_high_level:
        del modules[HIGH_LEVEL]
    with players(modules, rules) as all_players:
        return speeds(all_players, lengths)


def speeds(all_players: Mapping[str, Player], lengths: Mapping[int, int]) -> dict[str, Any]:
    """Tokens/s of each length, and Sotto's ratio to each of the others."""
    return {str(length): _speed(all_players, length, rounds) for length, rounds in lengths.items()}


def _speed(all_players: Mapping[str, Player], length: int, rounds: int) -> dict[str, Any]:
    """Tokens/s of replies of one length, and Sotto's ratio to each."""
    _say(f"{rounds} replies of {length} tokens")
    for player in all_players.values():
        player.generate(min(length, 32), "default")  # what is done once is not timed
    replies: dict[str, list[Reply]] = {name: [] for name in all_players}
    for number in range(rounds):
        for name in _order(list(all_players), number):
            replies[name].append(all_players[name].generate(length, "default"))
    decode = {
        name: [one.decode_tokens / one.decode_seconds for one in found]
        for name, found in replies.items()
    }
    whole = {
        name: [one.tokens / one.seconds_in_all for one in found] for name, found in replies.items()
    }
    return {
        "rounds": rounds,
        "decode_tokens_per_second": {name: _summary(found) for name, found in decode.items()},
        "tokens_per_second_in_all": {name: _summary(found) for name, found in whole.items()},
        "sotto_over": _ratios(decode),
        "sotto_over_by_best": {
            name: round(max(decode[OURS]) / max(found), 4) for name, found in decode.items()
        },
        "sotto_over_in_all": _ratios(whole),
    }


def _beside(all_players: Mapping[str, Player], rounds: int, length: int = 512) -> dict[str, Any]:
    """Greedy replies of all, and what llama.cpp makes of decoding without choosing."""
    _say("greedy replies, and decoding alone")
    greedy: dict[str, list[float]] = {name: [] for name in all_players}
    ways: dict[str, list[float]] = {
        name: [] for name in ("decode only", "default", "llama.cpp's sampler")
    }
    for number in range(rounds):
        for name in _order(list(all_players), number):
            greedy[name].append(_rate(all_players[name].generate(length, "greedy")))
        for way in _order(list(ways), number):
            ways[way].append(_rate(all_players[RAW].generate(length, way)))
    return {
        "tokens": length,
        "greedy_tokens_per_second": {name: _summary(found) for name, found in greedy.items()},
        "greedy_sotto_over": _ratios(greedy),
        "llama.cpp_tokens_per_second": {name: _summary(found) for name, found in ways.items()},
    }


def _rate(reply: Reply) -> float:
    return reply.decode_tokens / reply.decode_seconds


def _order(names: list[str], number: int) -> list[str]:
    """Another one first each round, and every other round backwards: drift then evens out."""
    turned = names[number % len(names) :] + names[: number % len(names)]
    return turned[::-1] if number % 2 else turned


def _ratios(rates: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    return {
        name: _summary([mine / theirs for mine, theirs in zip(rates[OURS], found, strict=True)])
        for name, found in rates.items()
        if name != OURS
    }


def _summary(values: Sequence[float]) -> dict[str, float]:
    """Middle, least and most."""
    return {
        "median": round(statistics.median(values), 4),
        "least": round(min(values), 4),
        "most": round(max(values), 4),
    }


# ---- conversation


def _talks(rules: Rules, program: Program) -> tuple[dict[str, Any], dict[str, int]]:
    """Conversations in turns; each contestant says its own answers.

    A conversation begins in a fresh process, so that the first turn is a first turn.
    """
    told = [turn for turn in _TOLD_TURNS if turn <= program.turns]
    first: dict[str, dict[int, list[float]]] = {
        name: {turn: [] for turn in told} for name in _TALK_MODULES
    }
    costs: dict[str, list[dict[str, int]]] = {}
    memory: dict[str, int] = {}
    for number in range(program.talks):
        _say(f"conversation {number + 1} of {program.talks}, {program.turns} turns")
        with players(_TALK_MODULES, rules) as all_players:
            for name in all_players:
                costs[name] = []
            for turn, text in enumerate(talk_texts(program.turns), 1):
                for name in _order(list(all_players), turn):
                    cost = all_players[name].turn(text)
                    if turn in first[name]:
                        first[name][turn].append(cost.first_seconds * 1000)
                    costs[name].append(
                        {
                            "turn": turn,
                            "read": cost.read_tokens,
                            "reused": cost.reused_tokens,
                            "new": cost.new_tokens,
                            "reply": cost.reply_tokens,
                        }
                    )
            for name, player in all_players.items():
                memory[name] = max(memory.get(name, 0), player.peak_memory_bytes())
    return {
        "first_word_ms": {
            name: {str(turn): _summary(found) for turn, found in turns.items()}
            for name, turns in first.items()
        },
        "tokens": costs,
    }, memory


def _stops(player: Player, times: int) -> dict[str, Any]:
    """Milliseconds from the press to idle."""
    _say("Stop")
    found = {
        phase: _summary([player.stop(phase, number) for number in range(times)])
        for phase in ("decode", "prefill")
    }
    return {"times": times, **found}


def _say(line: str) -> None:
    sys.stderr.write(f"bench:   {line} …\n")
    sys.stderr.flush()
