"""What the system and developer messages of a conversation say, as plain text.

For comparing with thoughts; `engine.harmony` renders what the model reads.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from app import resources
from engine.harmony.messages import (
    DeveloperMessage,
    Effort,
    FunctionTool,
    HarmonyMessage,
    SystemMessage,
)
from engine.harmony.templates import Templates


@dataclass(frozen=True, slots=True)
class GuardedText:
    """Text that thoughts must not repeat.

    Attributes:
        instructions: lines whose short ones are withheld too when quoted whole.
        descriptions: tool descriptions; only long passages of them are withheld, for tools
            are described in everyday words.
    """

    instructions: str
    descriptions: str = ""


def guarded_text(conversation: Sequence[HarmonyMessage]) -> GuardedText:
    """Collect the text of all system and developer messages."""
    instructions: list[str] = []
    descriptions: list[str] = []
    for message in conversation:
        if isinstance(message, SystemMessage):
            instructions.append(_system_lines(message))
            if message.browser or message.python:
                descriptions.append(_built_in_tools(message))
        elif isinstance(message, DeveloperMessage):
            instructions.append(message.instructions)
            descriptions.extend(_tool_text(tool) for tool in message.tools)
    return GuardedText("\n".join(instructions), "\n".join(descriptions))


def _system_lines(message: SystemMessage) -> str:
    """The fixed block of openai/harmony docs/format.md, without its tools."""
    efforts = "\n".join(f"Reasoning: {effort}" for effort in Effort)
    return (
        "You are ChatGPT, a large language model trained by OpenAI.\n"
        f"Knowledge cutoff: 2024-06\nCurrent date: {message.date}\n{efforts}\n"
        "Valid channels: analysis, commentary, final.\n"
        "Channel must be included for every message.\n"
        "Calls to these tools must go to the commentary channel: 'functions'."
    )


@functools.lru_cache(maxsize=8)  # the library renders it, and loading that takes a while
def _built_in_tools(message: SystemMessage) -> str:
    """The whole system message with the descriptions of `browser` and `python`."""
    return Templates(resources.VOCABULARY.parent).system(message, has_functions=True)


def _tool_text(tool: FunctionTool) -> str:
    parts = [tool.description]
    properties = (tool.parameters or {}).get("properties")
    if isinstance(properties, dict):
        for field in properties.values():
            described = field.get("description") if isinstance(field, dict) else None
            if isinstance(described, str):
                parts.append(described)
    return "\n".join(parts)
