from __future__ import annotations

import pytest

from app.chats.changes import ChatsChanged, CostForeseen
from app.chats.ids import ChatId
from engine.events import Forecast
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    ResponseFormat,
    SystemMessage,
    UserMessage,
)
from tests.app.service.conftest import Bench, reply

CARD = ResponseFormat("card", '{"type":"object","properties":{},"additionalProperties":false}')


@pytest.fixture
def talked(bench: Bench) -> Bench:
    """A chat with one answer, at low effort."""
    bench.service.foresight.choose(Effort.LOW)
    bench.engine.scripts = [reply("fine")]
    bench.service.send("Hello", Effort.LOW)
    bench.settle()
    assert not bench.engine.forecasts
    return bench


def answer(bench: Bench, usual: int, changed: int, seconds: float | None = 4.0) -> None:
    first, second = bench.engine.forecasts[-2:]
    bench.engine.play(
        Forecast(first.number, 0, usual, None), Forecast(second.number, 0, changed, seconds)
    )
    bench.settle()


def chat_id(bench: Bench) -> ChatId:
    listed = bench.of(ChatsChanged)[-1]
    assert isinstance(listed, ChatsChanged)
    return listed.chats[0].id


def test_a_changed_effort_is_told_with_its_cost_and_withdrawn_when_changed_back(
    talked: Bench,
) -> None:
    talked.service.foresight.choose(Effort.HIGH)
    low, high = talked.engine.forecasts
    assert low.conversation[0] == SystemMessage(Effort.LOW, _date(low.conversation[0]))
    assert high.conversation[0] == SystemMessage(Effort.HIGH, _date(high.conversation[0]))
    assert high.conversation[1:] == (
        UserMessage("Hello"),
        AssistantMessage(Channel.FINAL, "fine"),
    )
    assert low.chat == high.chat == str(chat_id(talked))
    answer(talked, 0, 9200)
    assert talked.of(CostForeseen) == [CostForeseen(9200, 4.0)]
    talked.service.foresight.choose(Effort.LOW)
    assert talked.of(CostForeseen)[1:] == [CostForeseen()]


def _date(message: object) -> str:
    assert isinstance(message, SystemMessage)
    return message.date


def test_what_would_be_read_anyway_is_not_blamed_on_the_effort(talked: Bench) -> None:
    talked.service.foresight.choose(Effort.HIGH)
    answer(talked, 9100, 9200)
    assert talked.of(CostForeseen) == []


def test_an_answer_to_an_older_question_is_ignored(talked: Bench) -> None:
    talked.service.foresight.choose(Effort.HIGH)
    old = talked.engine.forecasts[-2:]
    talked.service.foresight.choose(Effort.MEDIUM)
    talked.engine.play(*(Forecast(one.number, 0, 5000, None) for one in old))
    talked.settle()
    assert talked.of(CostForeseen) == []
    answer(talked, 0, 700, None)
    assert talked.of(CostForeseen) == [CostForeseen(700, None)]


def test_sending_withdraws_what_was_foreseen(talked: Bench) -> None:
    talked.service.foresight.choose(Effort.HIGH)
    answer(talked, 0, 9200)
    talked.engine.scripts = [reply("well")]
    talked.service.send("Think hard", Effort.HIGH)
    talked.settle()
    assert talked.of(CostForeseen)[-1] == CostForeseen()
    assert len(talked.engine.forecasts) == 2  # the effort is the chat's own now


def test_opening_a_chat_that_was_read_with_another_effort_asks_again(talked: Bench) -> None:
    known = chat_id(talked)
    talked.service.new_chat()
    talked.service.foresight.choose(Effort.HIGH)
    assert not talked.engine.forecasts
    talked.service.open_chat(known)
    talked.settle()
    assert len(talked.engine.forecasts) == 2


def test_typing_in_another_chat_has_it_read_once(talked: Bench) -> None:
    known = chat_id(talked)
    talked.service.new_chat()
    talked.service.foresight.begin_typing()
    assert talked.engine.prepared == []
    talked.service.open_chat(known)
    talked.settle()
    talked.service.foresight.begin_typing()
    talked.service.foresight.begin_typing()
    (prepared,) = talked.engine.prepared
    assert prepared.chat == str(known)
    assert prepared.conversation[1:] == (
        UserMessage("Hello"),
        AssistantMessage(Channel.FINAL, "fine"),
    )


def test_what_is_read_ahead_has_the_tools_and_the_format_of_the_next_answer(talked: Bench) -> None:
    talked.service.foresight.begin_typing()
    talked.service.form.choose(CARD)
    talked.settle()
    talked.service.foresight.begin_typing()
    talked.service.foresight.begin_typing()
    before, after = talked.engine.prepared
    assert not any(isinstance(one, DeveloperMessage) for one in before.conversation)
    assert after.conversation[1] == DeveloperMessage(response_format=CARD)
    talked.service.send("Go on", Effort.LOW)
    talked.settle()
    assert talked.engine.requests[-1].conversation[:-1] == after.conversation


def test_typing_while_the_chat_is_answered_reads_nothing_ahead(talked: Bench) -> None:
    talked.engine.scripts = [lambda _engine, _request: []]
    talked.service.send("And now?", Effort.LOW)
    talked.settle()
    talked.service.foresight.begin_typing()
    assert talked.engine.prepared == []
