"""Arguments that would end the process never reach llama.cpp."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.llama import binding, ggml
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextPointer, ContextShape
from engine.llama.model import Model

NOWHERE = ContextPointer(0)
"""A call that got as far as llama.cpp would crash on it."""

STATE = np.ones(8, np.uint8)


@pytest.mark.parametrize(
    "call",
    [
        lambda: binding.remove_from(NOWHERE, 2, 0),
        lambda: binding.remove_from(NOWHERE, -1, 0),
        lambda: binding.first_window_position(NOWHERE, 2),
        lambda: binding.state_size(NOWHERE, -1, is_whole=True),
        lambda: binding.save_state(NOWHERE, 2, is_whole=False),
        lambda: binding.restore_state(NOWHERE, 2, STATE, is_whole=False),
    ],
)
def test_a_sequence_that_does_not_exist_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="no sequence"):
        call()


def test_a_position_before_the_first_is_refused() -> None:
    with pytest.raises(ValueError, match="no position -1"):
        binding.remove_from(NOWHERE, 0, -1)


@pytest.mark.parametrize(
    "shape", [ContextShape(0, 64, 1), ContextShape(256, 0, 1), ContextShape(256, 64, 0)]
)
def test_a_context_of_no_size_is_refused(model: Model, shape: ContextShape) -> None:
    with pytest.raises(ValueError, match="no context"):
        binding.new_context(model.pointer, shape, AbortFlag())


def test_a_worker_s_address_without_a_port_is_refused() -> None:
    with pytest.raises(ValueError, match="host:port"):
        ggml.worker_devices("garage")
