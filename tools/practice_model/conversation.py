"""Greedy conversations with a model in real llama.cpp, by the app's own engine parts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from engine.gguf import read_facts
from engine.harmony.history import drop_finished_analysis
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    FunctionTool,
    HarmonyMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from engine.harmony.reader import HarmonyReader, MessageEnded
from engine.harmony.tokens import TURN_ENDS
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape
from engine.llama.context import Context
from engine.llama.log import LlamaLog
from engine.llama.model import Model
from engine.llama.sync import PromptCache

Tool = Callable[[str, str], str]
"""Gets recipient and arguments of a call, gives the result."""

_CONTEXT_TOKENS: Final = 8192
_DATE: Final = "2026-11-23"
_MOST_CALLS: Final = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model did in one turn.

    Attributes:
        messages: as the app's reader understood them.
        outputs: the raw ids of each generation.
    """

    messages: tuple[AssistantMessage, ...]
    outputs: tuple[tuple[int, ...], ...]

    @property
    def thoughts(self) -> str:
        """The analysis."""
        return self._said(Channel.ANALYSIS)

    @property
    def preamble(self) -> str:
        """Commentary for the user."""
        return self._said(Channel.COMMENTARY)

    @property
    def answer(self) -> str:
        """The final."""
        return self._said(Channel.FINAL)

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Recipient and arguments of each call."""
        return [(one.recipient, one.text) for one in self.messages if one.recipient is not None]

    def _said(self, channel: Channel) -> str:
        return "\n".join(
            one.text for one in self.messages if one.channel is channel and one.recipient is None
        )


class Stage:
    """A loaded model and one context.

    Args:
        path: the GGUF file.
        vocabulary: ids and bytes of o200k.
        threads: for llama.cpp; 0 takes all cores.
    """

    def __init__(self, path: Path, vocabulary: Vocabulary, threads: int = 0) -> None:
        self.vocabulary = vocabulary
        self.writer = HarmonyWriter(vocabulary)
        log = LlamaLog()
        log.install()
        self._model = Model.load(
            read_facts(path),
            gpu_layers=0,
            on_progress=lambda _fraction: None,
            should_stop=lambda: False,
            log=log,
        )
        shape = ContextShape(_CONTEXT_TOKENS, 512, threads or os.cpu_count() or 1)
        self._context = Context(self._model, shape, AbortFlag(), log)
        self._cache = PromptCache(self._context)

    def generate(self, prompt: Sequence[int], most: int = 600) -> tuple[int, ...]:
        """The likeliest continuation, up to and with the token that ends a turn."""
        self._cache.sync(list(prompt))
        output: list[int] = []
        while len(output) < most:
            output.append(int(np.argmax(self._cache.logits())))
            if output[-1] in TURN_ENDS:
                break
            self._cache.extend((output[-1],))
        return tuple(output)

    def close(self) -> None:
        """Give the memory back."""
        self._context.close()
        self._model.close()


@dataclass
class Chat:
    """A conversation of several turns.

    Attributes:
        stage: the model.
        effort: reasoning effort.
        python: declare Python.
        browser: declare the browser.
        functions: functions to declare.
        instructions: of the developer message.
        history: what was said, filled by `ask`.
    """

    stage: Stage
    effort: Effort = Effort.LOW
    python: bool = False
    browser: bool = False
    functions: tuple[FunctionTool, ...] = ()
    instructions: str = ""
    history: list[HarmonyMessage] = field(default_factory=list)

    def ask(self, text: str, tool: Tool = lambda _recipient, _arguments: "") -> Reply:
        """One turn of the user, with all its tool calls."""
        if not self.history:
            self.history += self._beginning()
        self.history.append(UserMessage(text))
        writer = self.stage.writer
        prompt = writer.prompt(drop_finished_analysis(self.history))
        messages: list[AssistantMessage] = []
        outputs: list[tuple[int, ...]] = []
        for _ in range(_MOST_CALLS):
            output = self.stage.generate(prompt)
            outputs.append(output)
            found = self._read(output)
            messages += found
            self.history += found
            call = found[-1] if found else None
            if call is None or call.recipient is None:
                break
            result = ToolMessage(
                call.recipient,
                call.channel or Channel.COMMENTARY,
                tool(call.recipient, call.text),
            )
            self.history.append(result)
            prompt = [*prompt, *output, *writer.message_ids(result), *writer.next_assistant()]
        return Reply(tuple(messages), tuple(outputs))

    def _beginning(self) -> list[HarmonyMessage]:
        system = SystemMessage(self.effort, _DATE, browser=self.browser, python=self.python)
        if not self.functions and not self.instructions:
            return [system]
        return [system, DeveloperMessage(self.instructions, self.functions)]

    def _read(self, output: Sequence[int]) -> list[AssistantMessage]:
        tools = {f"functions.{one.name}" for one in self.functions}
        tools |= {"python"} if self.python else set()
        tools |= {"browser.search", "browser.open"} if self.browser else set()
        reader = HarmonyReader(self.stage.vocabulary, tools)
        events = [event for token in output for event in reader.feed(token)]
        events += reader.finish()
        return [event.message for event in events if isinstance(event, MessageEnded)]
