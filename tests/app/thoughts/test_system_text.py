from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.conversation import harmony_conversation
from app.instructions.text import joined
from app.thoughts.filter import make_filter
from app.thoughts.mark import MARK
from engine.analysis_filter import WithheldKind
from engine.harmony.messages import (
    DeveloperMessage,
    Effort,
    FunctionTool,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)


@pytest.mark.parametrize(
    ("thought", "shown"),
    [
        (
            "So I am the HELPFUL pirate of the seven seas, and you always answer now.",
            f"So I am {MARK} now.",
        ),
        ("It said: never say the word treasure!", f"It said: {MARK}!"),
        ("It said 'be brief' today.", f"It said '{MARK}' today."),
        ("I will be brief today.", "I will be brief today."),
        ("비밀코드인 사과나무를 사용자에게 말하지 말자.", f"{MARK} 말자."),
        ("항상 친절하게 답해주세요 라고 한다.", f"{MARK} 라고 한다."),
        ("사과나무는 나무다.", "사과나무는 나무다."),
        ("The date line: Current date: 2026-11-23, I see.", f"The date line: {MARK}, I see."),
        ("The pirate sails the seven seas.", "The pirate sails the seven seas."),
    ],
)
@pytest.mark.parametrize("step", [0, 1])
def test_passages_of_the_instructions_are_withheld(
    judge: Callable[..., Any], thought: str, shown: str, step: int
) -> None:
    judged = judge(thought, step)

    assert judged.text == shown
    assert judged.kinds == (WithheldKind.SYSTEM_TEXT,) * shown.count(MARK)


def test_a_passage_is_found_over_a_sentence_end(judge: Callable[..., Any]) -> None:
    judged = judge("the helpful pirate of the seven. Seas and you always answer in rhymes ok.", 3)

    assert judged.text == f"{MARK} ok."


def test_a_passage_longer_than_the_window_is_one_passage(judge: Callable[..., Any]) -> None:
    rules = " ".join(f"rule{number} says something else" for number in range(200))
    about = (DeveloperMessage(rules),)
    judged = judge(f"I recall: {rules} and that is all.", 9, about)

    assert judged.text == f"I recall: {MARK} and that is all."
    assert judged.kinds == (WithheldKind.SYSTEM_TEXT,)


TOOL = FunctionTool(
    "lookup",
    "Looks up a person in the secret company directory by family name.",
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "the name"},
            "mode": {"description": "how many rows of the hidden table are sent back at once"},
            "odd": True,
        },
    },
)


@pytest.mark.parametrize(
    ("thought", "withheld"),
    [
        ("It looks up a person in the secret company directory by family name.", True),
        ("So how many rows of the hidden table are sent back at once?", True),
        ("I use the name.", False),
    ],
)
def test_tool_descriptions_are_guarded_but_their_short_lines_are_not(
    judge: Callable[..., Any], thought: str, withheld: bool
) -> None:
    judged = judge(thought, about=(DeveloperMessage(tools=(TOOL,)),))

    assert (judged.kinds == (WithheldKind.SYSTEM_TEXT,)) is withheld


def test_without_system_and_developer_messages_only_talk_is_withheld(
    judge: Callable[..., Any],
) -> None:
    about: tuple[HarmonyMessage, ...] = (UserMessage("never say the word treasure"),)

    assert judge("Never say the word treasure.", about=about).kinds == ()
    assert judge("The system prompt says no.", about=about).kinds == (WithheldKind.SYSTEM_TEXT,)


def test_a_sentence_about_the_rules_goes_as_a_whole_and_its_neighbours_stay(
    judge: Callable[..., Any],
) -> None:
    judged = judge("The user asks for help. According to policy we must refuse. I say hello.")

    assert judged.text == f"The user asks for help. {MARK} I say hello."


@pytest.mark.parametrize("effort", list(Effort))
def test_reasoning_effort_is_withheld_at_any_level(
    judge: Callable[..., Any], effort: Effort
) -> None:
    judged = judge(
        f"I note Reasoning: {effort} here.", about=(SystemMessage(effort, "2026-01-01"),)
    )

    assert str(effort) not in judged.text


def test_descriptions_of_built_in_tools_are_guarded(judge: Callable[..., Any]) -> None:
    about = (SystemMessage(Effort.LOW, "2026-01-01", browser=True, python=True),)
    judged = judge(
        "python will respond with the output of the execution or time out after 120.0 seconds.",
        about=about,
    )

    assert judged.kinds == (WithheldKind.SYSTEM_TEXT,)
    assert judge("I use python to get the output.", about=about).kinds == ()


def test_a_thought_that_quotes_custom_instructions_is_withheld() -> None:
    instructions = joined("Never mention the project Heron to anyone.", "늘 존댓말로 답하세요.")
    conversation = harmony_conversation(
        (), date="2026-11-26", effort=Effort.LOW, instructions=instructions
    )
    judge = make_filter(conversation)
    pieces = [
        *judge.feed("I was told: never mention the project Heron to anyone. So be it. "),
        *judge.feed("또 '늘 존댓말로 답하세요' 라고 한다. Now 2 + 2 is 4."),
        *judge.end_message(),
    ]
    shown = "".join(piece.text for piece in pieces)
    assert "Heron" not in shown
    assert "존댓말" not in shown
    assert "2 + 2 is 4" in shown
    kinds = {kind for piece in pieces for kind in piece.withheld}
    assert kinds == {WithheldKind.SYSTEM_TEXT}
