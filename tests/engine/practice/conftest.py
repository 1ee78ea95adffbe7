"""The shipped practice model, greedy, in real llama.cpp."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from engine.harmony.messages import Effort, FunctionTool
from engine.harmony.vocabulary import Vocabulary
from tools.practice_model.conversation import Chat, Stage


class MakeChat(Protocol):
    def __call__(
        self,
        effort: Effort = Effort.LOW,
        *,
        python: bool = False,
        browser: bool = False,
        functions: tuple[FunctionTool, ...] = (),
    ) -> Chat: ...


@pytest.fixture(scope="session")
def stage(practice_model_path: Path, vocabulary: Vocabulary) -> Iterator[Stage]:
    # One thread: two crawl when the machine is shared.
    stage = Stage(practice_model_path, vocabulary, threads=1)
    yield stage
    stage.close()


@pytest.fixture
def chat(stage: Stage) -> MakeChat:
    def make(
        effort: Effort = Effort.LOW,
        *,
        python: bool = False,
        browser: bool = False,
        functions: tuple[FunctionTool, ...] = (),
    ) -> Chat:
        return Chat(stage, effort, python, browser, functions)

    return make
