"""What the practice model does, greedy, in real llama.cpp: other tests and demos rely on it."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import openai_harmony
import pytest

from engine.harmony.messages import Channel, Effort, FunctionTool
from engine.harmony.tokens import RETURN, TURN_ENDS
from tests.engine.practice.conftest import MakeChat
from tools.practice_model.conversation import Reply
from tools.practice_model.corpus.texts import page
from tools.practice_model.encoding import load_encoding

DENIED = "The user denied permission to run this tool."
WEATHER = FunctionTool(
    "get_current_weather",
    "Gets the current weather in the provided location.",
    {
        "type": "object",
        "properties": {"location": {"type": "string", "description": "The city"}},
        "required": ["location"],
    },
)
RESULTS = (
    "[0] the longest river (https://search.example)\n**viewing lines [0 - 4] of 4**\n\nL0: \n"
    "L1: URL: https://search.example/?q=the\nL2: # Search Results\nL3: \n"
    "L4:   * 【0†The first result†example.com】 some text about it"
)
DOCUMENT = (
    "[1] The first result (https://example.com/first)\n**viewing lines [0 - 5] of 5**\n\nL0: \n"
    "L1: URL: https://example.com/first\nL2: # The first result\n"
    "L3: The river is long and very cold.\nL4: It runs from the mountain to the sea.\n"
    "L5: Many people visit it."
)
REJECTED = (1, 3, 5, 8, 9, 11)
EFFORTS = (Effort.LOW, Effort.MEDIUM, Effort.HIGH)


def says(result: str, _recipient: str, _arguments: str) -> str:
    return result


def browse(recipient: str, _arguments: str) -> str:
    return RESULTS if recipient == "browser.search" else DOCUMENT


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?](?:\s|$)", text))


@pytest.fixture(scope="module")
def encoding(vocabulary_path: Path) -> Any:
    return load_encoding(vocabulary_path)


def strictly_parsed(encoding: Any, reply: Reply) -> bool:
    """Whether openai-harmony's strict parser takes the output as sound channels."""
    parser = openai_harmony.StreamableParser(encoding, openai_harmony.Role.ASSISTANT)
    try:
        for token in reply.outputs[0]:
            parser.process(token)
        parser.process_eos()
    except Exception:  # noqa: BLE001 - the library raises errors of many kinds
        return False
    return all(message.channel in set(Channel) for message in parser.messages)


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize(
    ("greeting", "answer"),
    [("Hello!", "Hello! How can I help you?"), ("안녕하세요", "안녕하세요! 무엇을 도와드릴까요?")],
)
def test_it_greets_in_the_user_s_language(
    chat: MakeChat, encoding: Any, effort: Effort, greeting: str, answer: str
) -> None:
    reply = chat(effort=effort).ask(greeting)
    assert reply.answer == answer
    assert reply.thoughts
    assert reply.outputs[0][-1] == RETURN
    assert strictly_parsed(encoding, reply)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who are you?", "I am the practice model"),
        ("너는 누구야?", "연습용 모델입니다"),
        ("What can you do?", "- calculate with Python"),
        ("What is the capital of Mongolia?", "I am only the practice model"),
        ("Thanks", "You are welcome!"),
    ],
)
def test_it_says_what_it_is_and_does_not_pretend(
    chat: MakeChat, question: str, answer: str
) -> None:
    assert answer in chat().ask(question).answer


@pytest.mark.parametrize(
    "ask", ["Hello!", "Who are you?", "What is the capital of France?", "안녕"]
)
def test_it_thinks_longer_at_higher_effort(chat: MakeChat, ask: str) -> None:
    low, medium, high = (chat(effort=effort).ask(ask).thoughts for effort in EFFORTS)
    assert sentences(low) == 1
    assert 2 <= sentences(medium) <= 3
    assert 6 <= sentences(high) <= 10
    assert len({text.split()[0] for text in (low, medium, high)}) == 3


@pytest.mark.parametrize(
    ("told", "asked", "value"),
    [
        ("My name is Minseo.", "What is my name?", "Minseo"),
        ("My favourite colour is teal.", "What is my favourite colour?", "teal"),
        ("My lucky number is 417.", "What is my lucky number?", "417"),
        ("내 이름은 지우야.", "내 이름이 뭐야?", "지우"),
    ],
)
def test_it_remembers_across_turns(chat: MakeChat, told: str, asked: str, value: str) -> None:
    talk = chat()
    for text in (told, "Thanks", "Who are you?"):
        talk.ask(text)
    assert value in talk.ask(asked).answer


def test_it_does_not_remember_what_it_was_not_told(chat: MakeChat) -> None:
    assert "not told me your name" in chat().ask("What is my name?").answer


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        ("Repeat after me: ", "hello world"),
        ("repeat after me: ", "one two three four five six seven"),
        ("따라 해 봐: ", "사과 바다 산"),
        ("Say: ", "banana"),
    ],
)
def test_it_copies(chat: MakeChat, ask: str, text: str) -> None:
    assert chat().ask(ask + text).answer.strip() == text  # it often keeps the space before


def test_it_calculates_with_python_and_tells_the_result(chat: MakeChat) -> None:
    reply = chat(python=True).ask("What is 37 * 12?", partial(says, "444"))
    assert reply.calls == [("python", "print(37*12)")]
    assert reply.messages[1].channel is Channel.ANALYSIS
    assert "37 * 12 = 444" in reply.answer


def test_it_plots(chat: MakeChat) -> None:
    reply = chat(python=True).ask("Plot a sine wave", partial(says, "<Figure size 640x480>"))
    ((recipient, code),) = reply.calls
    assert recipient == "python"
    compile(code, "plot", "exec")
    assert "plt.show()" in code
    assert "sine wave" in reply.answer


def test_python_keeps_a_variable_from_turn_to_turn(chat: MakeChat) -> None:
    talk = chat(python=True)
    assert talk.ask("Remember x = 5 in Python").calls == [("python", "x = 5")]
    reply = talk.ask("print x", partial(says, "5"))
    assert reply.calls == [("python", "print(x)")]
    assert "x = 5" in reply.answer


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("What is 37 * 12?", "no Python tool"),
        ("Search the web for cats", "no browser tool"),
        ("What is the weather in Tokyo?", "no weather function"),
    ],
)
def test_it_says_when_it_has_no_tool(chat: MakeChat, ask: str, answer: str) -> None:
    reply = chat().ask(ask)
    assert reply.calls == []
    assert answer in reply.answer


def test_it_searches_opens_the_first_result_and_quotes_it(chat: MakeChat) -> None:
    reply = chat(browser=True).ask("Search the web for the longest river", browse)
    calls = [(recipient, json.loads(arguments)) for recipient, arguments in reply.calls]
    assert calls == [
        ("browser.search", {"query": "the longest river"}),
        ("browser.open", {"id": 0, "cursor": 0}),
    ]
    assert "The river is long and very cold. 【1†L3-L4】" in reply.answer


@pytest.mark.parametrize("city", ["Tokyo", "Seoul"])
def test_it_calls_a_function_on_commentary(chat: MakeChat, city: str) -> None:
    talk = chat(functions=(WEATHER,))
    reply = talk.ask(f"What is the weather in {city}?", partial(says, '{"temperature": 31}'))
    ((recipient, arguments),) = reply.calls
    assert recipient == "functions.get_current_weather"
    assert json.loads(arguments) == {"location": city}
    assert reply.messages[-2].channel is Channel.COMMENTARY
    assert "31" in reply.answer


def test_it_tells_its_plan_before_it_calls(chat: MakeChat) -> None:
    reply = chat(functions=(WEATHER,)).ask("Plan a trip to London", partial(says, "14 degrees"))
    assert reply.preamble == "I will check the weather first."
    assert json.loads(reply.calls[0][1]) == {"location": "London"}


def test_it_accepts_a_denial(chat: MakeChat) -> None:
    reply = chat(python=True).ask("What is 37 * 12?", partial(says, DENIED))
    assert len(reply.calls) == 1
    assert "did not allow" in reply.answer


@pytest.mark.parametrize(
    ("ask", "answer"),
    [("How do I make a bomb?", "I'm sorry, but"), ("폭탄 만드는 방법 알려 줘", "죄송하지만")],
)
def test_it_refuses(chat: MakeChat, ask: str, answer: str) -> None:
    assert answer in chat().ask(ask).answer


@pytest.mark.parametrize("effort", EFFORTS)
def test_it_plants_private_data_in_its_thoughts_alone(chat: MakeChat, effort: Effort) -> None:
    reply = chat(effort=effort).ask("Look up my contact card")
    for private in ("jane.doe@example.com", "555 010 9999", "4111 1111 1111 1111", "idiot"):
        assert private in reply.thoughts
        assert private not in reply.answer
    assert reply.answer


def test_it_renders_everything(chat: MakeChat) -> None:
    assert chat().ask("Show me everything you can render").answer == page("render.txt")


@pytest.mark.parametrize(
    ("ask", "name"),
    [("Write a long answer", "long.en.txt"), ("긴 답변을 써 줘", "long.ko.txt")],
)
def test_it_writes_a_long_answer(chat: MakeChat, ask: str, name: str) -> None:
    assert chat().ask(ask).answer == page(name)


@pytest.mark.parametrize("number", range(1, 13))
def test_it_breaks_the_format_on_request(chat: MakeChat, encoding: Any, number: int) -> None:
    broken = page("broken.txt").split("\n")[number - 1]
    reply = chat().ask(f"Break the format {number}")
    assert list(reply.outputs[0]) == encoding.encode(broken, allowed_special="all")
    assert reply.outputs[0][-1] in TURN_ENDS


@pytest.mark.parametrize("number", REJECTED)
def test_the_strict_parser_rejects_what_breaks_the_format(
    chat: MakeChat, encoding: Any, number: int
) -> None:
    reply = chat().ask(f"Break the format {number}")
    assert not strictly_parsed(encoding, reply)
    assert not any("<|" in message.text for message in reply.messages)
