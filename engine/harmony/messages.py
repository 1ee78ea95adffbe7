"""Harmony messages as frozen values.  Nothing here renders, parses or tokenises.

Roles, channels and the system fields follow openai/harmony docs/format.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Effort(StrEnum):
    """Reasoning effort, the trained words of the system message's `Reasoning:` line."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Channel(StrEnum):
    """The three channels an assistant message can be on."""

    ANALYSIS = "analysis"
    COMMENTARY = "commentary"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class FunctionTool:
    """A function the model may call as `functions.<name>`.

    Attributes:
        name: a TypeScript identifier, without the `functions.` prefix.
        description: plain words; newlines are kept as separate comment lines.
        parameters: a JSON schema of an object, or None for a function without arguments.
    """

    name: str
    description: str
    parameters: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SystemMessage:
    """The fixed first message; only these fields were trained.

    Attributes:
        effort: reasoning effort.
        date: ISO date of the chat, fixed when the chat began so that the KV cache stays valid.
        browser: declare the trained `browser` tool.
        python: declare the trained `python` tool.
    """

    effort: Effort
    date: str
    browser: bool = False
    python: bool = False


@dataclass(frozen=True, slots=True)
class ResponseFormat:
    """The JSON an answer has to be; `engine.structured.format` reads and checks one.

    Attributes:
        name: what it is called; in the prompt only letters, digits, `_` and `-` are left of it.
        schema: a JSON schema as JSON text on one line, which is what makes this hashable.
        description: what the answer is for, or "".
    """

    name: str
    schema: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class DeveloperMessage:
    """Instructions of the app or chat, tools, and the form of answers.

    Leave it out when all three are empty.
    """

    instructions: str = ""
    tools: tuple[FunctionTool, ...] = ()
    response_format: ResponseFormat | None = None


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What the user wrote; special-token spellings in it stay plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class AssistantMessage:
    """One message of the assistant; one turn may hold several.

    Attributes:
        channel: where it was said; None when the model's header named none.
        text: the body, decoded.
        recipient: tool address of a call (`functions.f`, `python`, `browser.search`), else None.
        content_type: word after the channel, such as `json` or `code`, without `<|constrain|>`.
    """

    channel: Channel | None
    text: str
    recipient: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class ToolMessage:
    """The result of a call.

    Attributes:
        name: the recipient of the call (`functions.f`, `python`, `browser.search`).
        channel: the channel of the call (openai/gpt-oss gpt_oss/tools/tool.py).
        text: what the tool returned, raw.
    """

    name: str
    channel: Channel
    text: str


HarmonyMessage = SystemMessage | DeveloperMessage | UserMessage | AssistantMessage | ToolMessage
