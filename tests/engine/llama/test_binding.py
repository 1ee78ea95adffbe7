"""Arguments that would end the process never reach llama.cpp."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.llama import binding, ggml
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextPointer, ContextShape
from engine.llama.model import Model

ROOT = Path(__file__).resolve().parents[3]
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


def test_the_library_leaves_no_file_open_at_the_end() -> None:
    """llama-cpp-python 0.3.36 opens two at its import, which Python complains about at exit.

    They still have to be there for its own high-level class.
    """
    code = (
        "import os; from engine.llama import binding; from llama_cpp import _utils as its;"
        " os.write(its.outnull_file.fileno(), b'.'); os.write(its.errnull_file.fileno(), b'.')"
    )
    command = [sys.executable, "-W", "error::ResourceWarning", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""
