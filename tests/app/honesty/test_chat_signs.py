from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.chats.ids import ChatId, MessageId
from app.chats.values import Message, MessageRole, MessageStatus
from app.honesty.chat_signs import ChatSigns
from app.honesty.signs import NOTHING, Finding, Reason
from app.tools.records import CallRecord, CallStatus
from app.tools.values import CallTarget, CallView, ToolFamily

QUESTION = "Who is the president of France right now?"
SAID = "The president is Emmanuel Macron."


def message(number: int, role: MessageRole, text: str) -> Message:
    return Message(MessageId(number), ChatId(1), None, role, text, 0)


def chat(*exchanges: tuple[str, str]) -> list[Message]:
    roles = (MessageRole.USER, MessageRole.ASSISTANT)
    texts = [(role, text) for one in exchanges for role, text in zip(roles, one, strict=True)]
    return [message(number, role, text) for number, (role, text) in enumerate(texts)]


def signs_of(messages: list[Message]) -> list[Finding]:
    signs = ChatSigns(messages.__getitem__)
    return [signs.finding(index) for index in range(len(messages))]


def searched(status: CallStatus) -> CallRecord:
    view = CallView("browser.search", ToolFamily.BROWSER, CallTarget(), "{}")
    return CallRecord(0, "browser.search", view, status)


def test_a_reason_is_told_at_its_first_answer_and_the_web_offered_at_each() -> None:
    messages = chat((QUESTION, SAID), ("Hello", "Hi"), (QUESTION, SAID))
    found = signs_of(messages)
    assert found[1] == Finding(Reason.NEWER, needs_web=True)
    assert found[5] == Finding(None, needs_web=True)
    assert [found[at] for at in (0, 2, 3, 4)] == [NOTHING] * 4


def test_it_does_not_matter_which_answer_is_looked_at_first() -> None:
    messages = chat((QUESTION, SAID), (QUESTION, SAID))
    signs = ChatSigns(messages.__getitem__)
    assert signs.finding(3).reason is None
    assert signs.finding(1).reason is Reason.NEWER
    assert signs.question(3) == QUESTION


@pytest.mark.parametrize(
    "change",
    [
        {"status": MessageStatus.STREAMING},
        {"format_name": "city"},
        {"text": ""},
        {"calls": (searched(CallStatus.DONE),)},
    ],
)
def test_what_is_not_there_yet_bound_to_json_or_from_the_web_is_not_judged(
    change: dict[str, Any],
) -> None:
    question, answer = chat((QUESTION, SAID))
    assert signs_of([question, replace(answer, **change)])[1] == NOTHING


def test_a_search_that_was_denied_grounds_nothing() -> None:
    question, answer = chat((QUESTION, SAID))
    answer = replace(answer, calls=(searched(CallStatus.DENIED),))
    assert signs_of([question, answer])[1].reason is Reason.NEWER


def test_an_answer_that_grew_is_judged_when_it_has_ended() -> None:
    messages = chat((QUESTION, SAID))
    ended = messages[1]
    messages[1] = replace(ended, status=MessageStatus.STREAMING, text="The")
    signs = ChatSigns(messages.__getitem__)
    assert signs.finding(1) == NOTHING
    messages[1] = ended
    assert signs.finding(1).reason is Reason.NEWER
