"""Addresses of the tools that a conversation declares."""

from __future__ import annotations

from collections.abc import Sequence

from engine.harmony.messages import DeveloperMessage, HarmonyMessage, SystemMessage


def declared_tools(conversation: Sequence[HarmonyMessage]) -> frozenset[str]:
    """Addresses the model may call (openai/gpt-oss gpt_oss/tools)."""
    tools: set[str] = set()
    for message in conversation:
        if isinstance(message, DeveloperMessage):
            tools |= {f"functions.{tool.name}" for tool in message.tools}
        elif isinstance(message, SystemMessage):
            if message.python:
                tools.add("python")
            if message.browser:
                tools |= {"browser.search", "browser.open", "browser.find"}
    return frozenset(tools)
