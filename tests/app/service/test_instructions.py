"""Custom instructions on their way from a person to the prompt."""

from __future__ import annotations

from app.assembly import chosen_style
from app.chats.answer_style import AnswerStyle
from app.chats.changes import ChatsChanged, CostCause, CostForeseen, InstructionsChanged
from app.chats.ids import ChatId
from app.settings import Settings
from engine.events import Forecast
from engine.harmony.messages import DeveloperMessage, Effort, HarmonyMessage, SystemMessage
from tests.app.service.conftest import Bench, reply


def second(conversation: tuple[HarmonyMessage, ...]) -> HarmonyMessage:
    assert isinstance(conversation[0], SystemMessage)
    return conversation[1]


def listed(bench: Bench) -> ChatId:
    change = bench.of(ChatsChanged)[-1]
    assert isinstance(change, ChatsChanged)
    return change.chats[0].id


def ask(bench: Bench, text: str = "Hello") -> None:
    bench.engine.scripts = [reply("fine")]
    bench.service.send(text, Effort.LOW)
    bench.settle()


def test_those_for_all_and_those_of_the_chat_are_one_developer_message(bench: Bench) -> None:
    bench.style = AnswerStyle(instructions="Be brief.")
    bench.service.instructions.choose("Write Korean.")
    ask(bench)
    assert second(bench.engine.requests[0].conversation) == DeveloperMessage(
        "Be brief.\n\nWrite Korean."
    )


def test_a_new_chat_s_own_are_kept_with_it_and_not_taken_to_the_next(bench: Bench) -> None:
    bench.service.instructions.choose("  Write Korean. ")
    assert bench.of(InstructionsChanged)[-1] == InstructionsChanged("Write Korean.")
    ask(bench)
    chat_id = listed(bench)
    bench.service.new_chat()
    assert bench.of(InstructionsChanged)[-1] == InstructionsChanged("")
    bench.service.open_chat(chat_id)
    bench.settle()
    assert bench.of(InstructionsChanged)[-1] == InstructionsChanged("Write Korean.")
    assert bench.service.instructions.own == "Write Korean."
    stored = bench.storage.submit(lambda store: store.chat(chat_id)).result()
    assert stored is not None
    assert stored.instructions == "Write Korean."


def test_a_change_holds_from_the_next_message_on_and_blank_takes_away(bench: Bench) -> None:
    ask(bench)
    bench.service.instructions.choose("Write Korean.")
    ask(bench, "And now?")
    bench.service.instructions.choose(" \n")
    ask(bench, "And then?")
    said = [request.conversation[1] for request in bench.engine.requests]
    assert said[1] == DeveloperMessage("Write Korean.")
    assert not isinstance(said[0], DeveloperMessage)
    assert not isinstance(said[2], DeveloperMessage)


def test_what_a_change_costs_is_told_before_anything_is_sent(bench: Bench) -> None:
    bench.service.foresight.choose(Effort.LOW)
    ask(bench)
    assert not bench.engine.forecasts
    bench.service.instructions.choose("Write Korean.")
    before, after = bench.engine.forecasts
    assert not isinstance(second(before.conversation), DeveloperMessage)
    assert second(after.conversation) == DeveloperMessage("Write Korean.")
    bench.engine.play(Forecast(before.number, 3000, 0, None), Forecast(after.number, 0, 3000, 8.0))
    bench.settle()
    assert bench.of(CostForeseen) == [CostForeseen(3000, 8.0, CostCause.INSTRUCTIONS)]
    bench.service.instructions.choose("")
    assert bench.of(CostForeseen)[-1] == CostForeseen()


def test_changed_ones_for_all_chats_are_foreseen_too(bench: Bench) -> None:
    bench.service.foresight.choose(Effort.LOW)
    ask(bench)
    bench.style = AnswerStyle(instructions="Be brief.")
    bench.service.instructions.refresh()
    assert second(bench.engine.forecasts[-1].conversation) == DeveloperMessage("Be brief.")


def test_after_an_answer_with_them_they_cost_nothing_more(bench: Bench) -> None:
    bench.service.foresight.choose(Effort.LOW)
    ask(bench)
    bench.service.instructions.choose("Write Korean.")
    asked = len(bench.engine.forecasts)
    ask(bench, "And now?")
    assert len(bench.engine.forecasts) == asked


def test_typing_has_the_chat_read_with_the_new_ones(bench: Bench) -> None:
    bench.service.foresight.choose(Effort.LOW)
    ask(bench)
    bench.service.foresight.begin_typing()
    bench.service.instructions.choose("Write Korean.")
    bench.service.foresight.begin_typing()
    said = [second(one.conversation) for one in bench.engine.prepared]
    assert said[-1] == DeveloperMessage("Write Korean.")
    assert len(said) == 2


def test_the_settings_give_those_for_all_chats() -> None:
    settings = Settings(instructions="Be brief.")
    assert {chosen_style(settings, effort).instructions for effort in Effort} == {"Be brief."}
