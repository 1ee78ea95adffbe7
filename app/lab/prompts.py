"""From a task to the conversation the model reads: the same messages that a chat would have."""

from __future__ import annotations

import json
import re
from typing import Final

from app.lab.values import Task, Variant
from app.tools.result_text import told_result
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    FunctionTool,
    HarmonyMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)

_READER: Final = FunctionTool(
    "read_file",
    "Read a text file.",
    {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
)
_ADDRESS: Final = "functions.read_file"


def conversation(task: Task) -> tuple[HarmonyMessage, ...]:
    """What the model reads for a task.

    Where a tool has brought text in, its call stands there as if the model had made it, and the
    result is marked as Sotto marks what strangers wrote; the model goes on from there.
    """
    item, condition = task.item, task.condition
    developer = item.developer
    if condition.variant is Variant.MAY_ABSTAIN:
        developer = item.developer_if_may_abstain
    tools = (_READER,) if item.tool_result else ()
    messages: list[HarmonyMessage] = [SystemMessage(condition.effort, item.date)]
    if developer or tools:
        messages.append(DeveloperMessage(developer, tools))
    messages.append(UserMessage(item.user))
    if item.tool_result:
        messages += _finished_call(item.user, item.tool_result)
    return tuple(messages)


def _finished_call(user: str, result: str) -> tuple[AssistantMessage, ToolMessage]:
    named = re.search(r"\w+\.txt", user)
    name = named[0] if named else "note.txt"
    call = AssistantMessage(
        Channel.COMMENTARY, json.dumps({"name": name}), recipient=_ADDRESS, content_type="json"
    )
    told = told_result(result, origins=(name,))
    return call, ToolMessage(_ADDRESS, Channel.COMMENTARY, told)
