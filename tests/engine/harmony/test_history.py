from __future__ import annotations

from engine.harmony.history import drop_finished_analysis
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)

SYSTEM = SystemMessage(Effort.LOW, "2026-11-23")


def thought(text: str) -> AssistantMessage:
    return AssistantMessage(Channel.ANALYSIS, text)


def final(text: str) -> AssistantMessage:
    return AssistantMessage(Channel.FINAL, text)


def test_thoughts_of_every_finished_turn_go_also_after_the_second() -> None:
    conversation: list[HarmonyMessage] = [SYSTEM]
    for turn in "abc":
        conversation += [UserMessage(turn), thought(turn), final(turn)]
    conversation.append(UserMessage("d"))

    kept = drop_finished_analysis(conversation)

    assert not set(kept) & {thought(turn) for turn in "abc"}
    assert len(kept) == 8


def test_the_tool_loop_in_progress_is_kept_whole() -> None:
    loop: list[HarmonyMessage] = [
        UserMessage("2+2"),
        thought("use python"),
        AssistantMessage(Channel.ANALYSIS, "2+2", "python"),
        ToolMessage("python", Channel.ANALYSIS, "4"),
    ]
    finished: list[HarmonyMessage] = [SYSTEM, UserMessage("a"), thought("a"), final("a")]

    kept = drop_finished_analysis([*finished, *loop])

    assert list(kept) == [SYSTEM, UserMessage("a"), final("a"), *loop]


def test_built_in_calls_of_finished_turns_go_with_their_results_and_functions_stay() -> None:
    call = AssistantMessage(Channel.COMMENTARY, "{}", "functions.f")
    result = ToolMessage("functions.f", Channel.COMMENTARY, "1")
    conversation: list[HarmonyMessage] = [
        UserMessage("a"),
        AssistantMessage(Channel.ANALYSIS, "2+2", "python"),
        ToolMessage("python", Channel.ANALYSIS, "4"),
        call,
        result,
        final("a"),
        UserMessage("b"),
    ]
    assert list(drop_finished_analysis(conversation)) == [
        UserMessage("a"),
        call,
        result,
        final("a"),
        UserMessage("b"),
    ]


def test_a_call_on_the_final_channel_finishes_nothing() -> None:
    conversation = [thought("a"), AssistantMessage(Channel.FINAL, "{}", "functions.f")]
    assert list(drop_finished_analysis(conversation)) == conversation
