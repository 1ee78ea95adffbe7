"""The process that tries a load: `python -m engine.probe_process`, or `sotto --probe`.

It reads its task as JSON from standard input and tells what happens in lines of JSON on standard
output: `{"fraction": 0.5}`, `{"stage": "context"}` and at last `{"outcome": ...}`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from engine.adapters import read_adapters, with_adapters
from engine.errors import EngineError, NotEnoughMemoryError
from engine.gguf import read_facts
from engine.llama import devices
from engine.llama.abort_flag import AbortFlag
from engine.llama.log import LlamaLog
from engine.load_attempt import LoadAttempt, What
from engine.memory_plan.ladder import Stage
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import CacheType, PlanChoices
from engine.probe import Outcome
from engine.requests import Adapter

FILLING_SECONDS: Final = 15.0
"""Filling a context of 32k takes a GPU some seconds; where it takes longer, part of it must do."""


def main() -> int:
    """Do the task on standard input; returns 0 when an outcome was told."""
    task = json.load(sys.stdin)
    stage = Stage.WEIGHTS
    try:
        for stage in _steps(task):
            _tell(stage=stage.value)
    except NotEnoughMemoryError as error:
        _tell(outcome=Outcome.NO_MEMORY.value, stage=stage.value, detail=error.detail)
    except EngineError as error:
        # Not the device's fault: the load itself will tell the user of it.
        _tell(outcome=Outcome.UNDECIDED.value, stage=stage.value, detail=str(error))
    else:
        _tell(outcome=Outcome.WORKS.value, stage=stage.value)
    return 0


def _steps(task: dict[str, Any]) -> Any:
    """Load as the task says, giving each stage when it begins."""
    yield Stage.WEIGHTS
    log = LlamaLog()
    log.install()
    attempt = LoadAttempt(
        log, AbortFlag(), lambda fraction: _tell(fraction=fraction), lambda: False
    )
    facts = read_facts(Path(task["path"]))
    adapters = read_adapters(
        [Adapter(Path(path), scale) for path, scale in task["adapters"]], facts
    )
    facts = with_adapters(facts, adapters)
    plan = plan_memory(facts, devices.hardware(), _choices(task["choices"]))
    model = attempt.weights(What(facts, adapters), plan)
    yield Stage.CONTEXT
    context = attempt.context(model, plan)
    yield Stage.WARM_UP
    # The worst there is: every micro-batch looks back over all that was read before it.
    end = time.monotonic() + FILLING_SECONDS
    attempt.compute(context, context.size_tokens, lambda: time.monotonic() > end)
    context.close()
    model.close()


def _choices(values: dict[str, Any]) -> PlanChoices:
    lists = {name: tuple(values[name]) for name in ("devices", "slots") if values[name] is not None}
    return PlanChoices(**(values | lists | {"cache_type": CacheType(values["cache_type"])}))


def _tell(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
