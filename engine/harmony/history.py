"""Which messages of a conversation the model is to see again."""

from __future__ import annotations

from collections.abc import Sequence

from engine.harmony.messages import AssistantMessage, Channel, HarmonyMessage, ToolMessage


def drop_finished_analysis(
    conversation: Sequence[HarmonyMessage],
) -> tuple[HarmonyMessage, ...]:
    """Leave out every message on the analysis channel before the last final.

    Analysis of finished turns goes, with the built-in tool calls and results that sit on
    the same channel; the tool loop in progress is kept whole.  Rule: openai/harmony
    docs/format.md, and vLLM's `auto_drop_analysis_messages`; openai-harmony's own rule
    stops at the first final and is wrong from the third turn on (openai/harmony PR #96).
    """
    last_final = max(
        (
            index
            for index, message in enumerate(conversation)
            if isinstance(message, AssistantMessage)
            and message.channel is Channel.FINAL
            and message.recipient is None
        ),
        default=-1,
    )
    return tuple(
        message
        for index, message in enumerate(conversation)
        if index > last_final or not _is_analysis(message)
    )


def with_answer(
    conversation: Sequence[HarmonyMessage], preamble: str, answer: str
) -> tuple[HarmonyMessage, ...]:
    """A conversation and what the user was told in the turn that followed it.

    Nothing is added where there was no answer (as in `app.conversation`).
    """
    if not answer:
        return tuple(conversation)
    said = [AssistantMessage(Channel.COMMENTARY, preamble)] if preamble else []
    return (*conversation, *said, AssistantMessage(Channel.FINAL, answer))


def _is_analysis(message: HarmonyMessage) -> bool:
    return (
        isinstance(message, AssistantMessage | ToolMessage) and message.channel is Channel.ANALYSIS
    )
