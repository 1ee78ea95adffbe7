"""The contestants' processes, as the referee sees them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.bench.contest.rules import QUIET, Reply, Rules, TurnCost

_ROOT = Path(__file__).parents[3]


class Player:
    """One contestant in a process of its own.

    Args:
        module: of `tests.bench.contest`, with arguments.
        rules: what all are given.
    """

    def __init__(self, module: str, rules: Rules) -> None:
        self._module = module
        name, *arguments = module.split()
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.bench.contest.{name}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={**os.environ, **QUIET},
            text=True,
        )
        self._tell(asdict(rules))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._process.stdout.close()

    def generate(self, tokens: int, sampling: str) -> Reply:
        """See `rules.Contestant`."""
        return Reply(**self._tell({"do": "generate", "tokens": tokens, "sampling": sampling}))

    def turn(self, text: str, most_tokens: int = 0) -> TurnCost:
        """See `rules.Contestant`."""
        wish = {"do": "turn", "text": text, "most_tokens": most_tokens}
        return TurnCost(**self._tell(wish))

    def stop(self, phase: str, number: int) -> float:
        """See `rules.Contestant`."""
        told = self._tell({"do": "stop", "phase": phase, "number": number})
        return float(told["milliseconds"])

    def peak_memory_bytes(self) -> int:
        """See `rules.Contestant`."""
        return int(self._tell({"do": "memory"})["peak_bytes"])

    def _tell(self, wish: Mapping[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self._module} ended with {self._process.wait(60)}")
        return json.loads(answer)


@contextmanager
def players(modules: Mapping[str, str], rules: Rules) -> Iterator[dict[str, Player]]:
    """Several contestants on the same rules, each ready.

    Args:
        modules: module by the contestant's name.
        rules: what all are given.
    """
    with ExitStack() as stack:
        yield {name: stack.enter_context(Player(module, rules)) for name, module in modules.items()}
