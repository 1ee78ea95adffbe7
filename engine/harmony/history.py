"""Which messages of a conversation the model is to see again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from engine.harmony.messages import AssistantMessage, Channel, HarmonyMessage, ToolMessage

RESULT_CHARACTERS: Final = 2_000
"""So much is left of a tool's result once the turn has its answer."""

_LEFT_OUT: Final = "\n[...]\n"


def remembered(conversation: Sequence[HarmonyMessage]) -> tuple[HarmonyMessage, ...]:
    """What later prompts hold of a conversation.

    Without the analysis of finished turns, and with the middle cut out of their long results.
    What is remembered of what is remembered is the same again.
    """
    kept = drop_finished_analysis(conversation)
    finished = _last_final(kept)
    return tuple(
        _shortened(message) if index < finished and isinstance(message, ToolMessage) else message
        for index, message in enumerate(kept)
    )


def answer_history(
    said: Iterable[AssistantMessage | ToolMessage],
) -> tuple[AssistantMessage | ToolMessage, ...]:
    """What later prompts hold of one answer, before `remembered`.

    No thoughts; what was said on one channel between two calls as one message; a call by the
    name its result bears, and not at all without a result.  Of an answer without a final, the
    preamble counts only before calls: a made-up final would put words in the model's mouth.

    Args:
        said: everything the model wrote, and the results, in order.
    """
    told: list[AssistantMessage | ToolMessage] = []
    call: AssistantMessage | None = None
    preamble = final = ""
    for message in said:
        if isinstance(message, ToolMessage):
            if call is None:
                continue
            if preamble:
                told.append(AssistantMessage(Channel.COMMENTARY, preamble))
            channel = call.channel or Channel.COMMENTARY
            told += [AssistantMessage(channel, call.text, message.name), message]
            preamble, call = "", None
        elif message.recipient is not None:
            call = message
        elif message.channel is Channel.COMMENTARY:
            preamble += message.text
        elif message.channel is Channel.FINAL:
            final += message.text
    if preamble and final:
        told.append(AssistantMessage(Channel.COMMENTARY, preamble))
    if final:
        told.append(AssistantMessage(Channel.FINAL, final))
    return tuple(told)


def drop_finished_analysis(
    conversation: Sequence[HarmonyMessage],
) -> tuple[HarmonyMessage, ...]:
    """Leave out every message on the analysis channel before the last final.

    Analysis of finished turns goes, with the built-in tool calls and results that sit on
    the same channel; the tool loop in progress is kept whole.  Rule: openai/harmony
    docs/format.md, and vLLM's `auto_drop_analysis_messages`; openai-harmony's own rule
    stops at the first final and is wrong from the third turn on (openai/harmony PR #96).
    """
    last_final = _last_final(conversation)
    return tuple(
        message
        for index, message in enumerate(conversation)
        if index > last_final or not _is_analysis(message)
    )


def _last_final(conversation: Sequence[HarmonyMessage]) -> int:
    """Where the last answer stands; -1 where there is none."""
    return max(
        (
            index
            for index, message in enumerate(conversation)
            if isinstance(message, AssistantMessage)
            and message.channel is Channel.FINAL
            and message.recipient is None
        ),
        default=-1,
    )


def _shortened(result: ToolMessage) -> ToolMessage:
    if len(result.text) <= RESULT_CHARACTERS:
        return result
    room = RESULT_CHARACTERS - len(_LEFT_OUT)
    head = room * 2 // 3
    text = result.text[:head] + _LEFT_OUT + result.text[head - room :]
    return replace(result, text=text)


def _is_analysis(message: HarmonyMessage) -> bool:
    return (
        isinstance(message, AssistantMessage | ToolMessage) and message.channel is Channel.ANALYSIS
    )
