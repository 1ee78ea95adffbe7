"""The text of system and developer messages, word for word as the model was trained on it.

openai-harmony holds the templates and renders everything that names a tool.  The two
forms without tools are written out here: loading the library costs about half a second,
and most chats need nothing else.  Tests hold them equal to the library's.
"""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from engine.errors import EngineError
from engine.harmony.messages import (
    DeveloperMessage,
    Effort,
    FunctionTool,
    ResponseFormat,
    SystemMessage,
)
from engine.harmony.schemas import one_line, parameters_of, whole_characters

_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")
_NOT_IN_FORMAT_NAMES: Final = re.compile(r"[^\w\-]+")
_FORMAT_NAME_CHARACTERS: Final = 64
_FRAME_IDS: Final = 3
"""`<|start|>`, role and `<|message|>` before a body of the library's; `<|end|>` after it."""

_SYSTEM: Final = """You are ChatGPT, a large language model trained by OpenAI.
Knowledge cutoff: 2024-06
Current date: {date}

Reasoning: {effort}

# Valid channels: analysis, commentary, final. Channel must be included for every message."""
_FUNCTIONS_LINE: Final = "\nCalls to these tools must go to the commentary channel: 'functions'."


class Templates:
    """Texts of system and developer messages.

    Args:
        vocabulary_folder: where openai-harmony finds `o200k_base.tiktoken`; without it the
            library would download the file.
    """

    def __init__(self, vocabulary_folder: Path) -> None:
        self._folder = vocabulary_folder

    def system(self, message: SystemMessage, *, has_functions: bool) -> str:
        """Text of the system message.

        Args:
            message: its trained fields.
            has_functions: whether a developer message declares function tools.
        """
        if message.browser or message.python:
            return self._system_with_tools(message, has_functions=has_functions)
        text = _SYSTEM.format(date=one_line(message.date), effort=message.effort.value)
        return text + _FUNCTIONS_LINE if has_functions else text

    def developer(self, message: DeveloperMessage) -> str:
        """Text of the developer message: instructions, then tools, then the form of answers.

        Raises:
            EngineError: a tool's name is no identifier.
        """
        parts = [f"# Instructions\n\n{message.instructions}"] if message.instructions else []
        if message.tools:
            parts.append(self._tools(message.tools))
        if message.response_format is not None:
            parts.append(_response_format(message.response_format))
        return "\n\n".join(parts)

    @cached_property
    def _library(self) -> Any:
        os.environ["TIKTOKEN_ENCODINGS_BASE"] = str(self._folder)
        import openai_harmony  # noqa: PLC0415 - half a second that most chats do not need

        self._encoding = openai_harmony.load_harmony_encoding("HarmonyGptOss")
        return openai_harmony

    def _body(self, role: Any, content: Any, *, has_functions: bool = False) -> str:
        harmony = self._library
        message = harmony.Message.from_role_and_content(role, content)
        options = harmony.RenderOptions(conversation_has_function_tools=has_functions)
        ids = self._encoding.render(message, options)
        return str(self._encoding.decode(ids[_FRAME_IDS:-1]))

    def _system_with_tools(self, message: SystemMessage, *, has_functions: bool) -> str:
        harmony = self._library
        efforts = {
            Effort.LOW: harmony.ReasoningEffort.LOW,
            Effort.MEDIUM: harmony.ReasoningEffort.MEDIUM,
            Effort.HIGH: harmony.ReasoningEffort.HIGH,
        }
        content = harmony.SystemContent.new().with_reasoning_effort(efforts[message.effort])
        content = content.with_conversation_start_date(one_line(message.date))
        if message.browser:
            content = content.with_browser_tool()
        if message.python:
            content = content.with_python_tool()
        return self._body(harmony.Role.SYSTEM, content, has_functions=has_functions)

    def _tools(self, tools: tuple[FunctionTool, ...]) -> str:
        harmony = self._library
        described = []
        for tool in tools:
            if not _IDENTIFIER.match(tool.name):
                raise EngineError(
                    "A tool has a name that the model cannot use: {name}.",
                    "Use letters, digits and _ only.",
                    fields={"name": tool.name[:80]},
                )
            # Each line becomes a comment of its own; the library knows fewer line breaks.
            description = "\n".join(whole_characters(tool.description).splitlines())
            parameters = parameters_of(tool.parameters)
            described.append(harmony.ToolDescription.new(tool.name, description, parameters))
        content = harmony.DeveloperContent.new().with_function_tools(described)
        return self._body(harmony.Role.DEVELOPER, content)


def _response_format(wanted: ResponseFormat) -> str:
    """The section that stands at the end (openai/harmony docs/format.md, "Structured output").

    Each part takes one line, so nothing in a schema can begin a section of its own.
    """
    name = _NOT_IN_FORMAT_NAMES.sub("_", whole_characters(wanted.name)).strip("_")
    heading = f"# Response Formats\n\n## {name[:_FORMAT_NAME_CHARACTERS] or 'response'}\n\n"
    described = one_line(wanted.description)
    schema = one_line(wanted.schema)
    return heading + (f"// {described}\n{schema}" if described else schema)
