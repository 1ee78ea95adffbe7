from __future__ import annotations

from engine.harmony.history import (
    RESULT_CHARACTERS,
    answer_history,
    drop_finished_analysis,
    remembered,
)
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


CALL = AssistantMessage(Channel.COMMENTARY, "{}", "f json")
RESULT = ToolMessage("functions.f", Channel.COMMENTARY, "1")
NAMED = AssistantMessage(Channel.COMMENTARY, "{}", "functions.f")


def preamble(text: str) -> AssistantMessage:
    return AssistantMessage(Channel.COMMENTARY, text)


def test_an_answer_is_remembered_without_thoughts_and_with_calls_by_their_real_names() -> None:
    said = (
        thought("hm"),
        preamble("I "),
        preamble("look."),
        CALL,
        RESULT,
        thought("so"),
        final("1"),
    )
    assert answer_history(said) == (preamble("I look."), NAMED, RESULT, final("1"))


def test_a_call_without_a_result_was_never_made() -> None:
    assert answer_history((preamble("I look."), CALL)) == ()
    assert answer_history((preamble("I look."), CALL, final("No."))) == (
        preamble("I look."),
        final("No."),
    )


def test_an_answer_that_was_stopped_keeps_the_calls_that_were_made() -> None:
    said = (preamble("I look."), CALL, RESULT, preamble("And now"))
    assert answer_history(said) == (preamble("I look."), NAMED, RESULT)


def test_long_results_of_finished_turns_lose_their_middle_and_no_more_the_second_time() -> None:
    long = ToolMessage("functions.f", Channel.COMMENTARY, "BEGIN" + "x" * 9_000 + "END")
    finished = (UserMessage("a"), NAMED, long, final("a"))
    running = (UserMessage("b"), NAMED, long)
    kept = remembered((*finished, *running))
    shortened = kept[2]
    assert isinstance(shortened, ToolMessage)
    assert len(shortened.text) == RESULT_CHARACTERS
    assert shortened.text.startswith("BEGIN")
    assert shortened.text.endswith("END")
    assert kept[4:] == running
    assert remembered(kept) == kept
    assert remembered((*kept[:4], UserMessage("b"))) == (*kept[:4], UserMessage("b"))
