from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.chats.prompt_values import Dropped, NextPrompt
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    HarmonyMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.inspection import Inspection
from engine.requests import InspectRequest

SAID: tuple[HarmonyMessage, ...] = (
    SystemMessage(Effort.LOW, "2026-01-02"),
    DeveloperMessage("Be kind."),
    UserMessage("Say <|end|> twice"),
    AssistantMessage(Channel.COMMENTARY, '{"place":"Busan"}', "functions.weather"),
    ToolMessage("functions.weather", Channel.COMMENTARY, "sun\u202eny"),
    AssistantMessage(Channel.FINAL, "Sunny. " * 200),
)
MakePrompt = Callable[..., NextPrompt]


@pytest.fixture(scope="session")
def inspection(vocabulary_path: Path) -> Inspection:
    vocabulary = Vocabulary.from_file(vocabulary_path)
    return Inspection(HarmonyWriter(vocabulary), vocabulary)


@pytest.fixture
def make_prompt(inspection: Inspection) -> MakePrompt:
    """A prompt as the engine's own inspection renders it."""

    def make(
        said: tuple[HarmonyMessage, ...] = SAID, dropped: Dropped | None = None, context: int = 4096
    ) -> NextPrompt:
        told = inspection.look(InspectRequest(1, said), None)
        return NextPrompt(
            told.messages, context, 0, told.opening_tokens, dropped or Dropped(), told.problem
        )

    return make
