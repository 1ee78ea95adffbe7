"""Summaries of thoughts, from the open panel to the history, by a scripted engine."""

from __future__ import annotations

import pytest

from app.chats.answer_style import AnswerStyle
from app.chats.changes import ChatOpened, MessageAdded, MessageEnded, ThoughtsSummaryChanged
from app.chats.ids import ChatId
from app.chats.values import Message
from app.thoughts.mark import MARK
from app.thoughts.summary_values import SummaryState, ThoughtsSummary
from engine.analysis_filter import ThoughtPiece, WithheldKind
from engine.events import (
    EngineEvent,
    Finished,
    ModelLoadFailed,
    SideEnded,
    SideOutcome,
    StopReason,
    TextAdded,
    ThoughtAdded,
    Usage,
)
from engine.harmony.messages import DeveloperMessage, Effort, UserMessage
from engine.requests import AnswerRequest, SideRequest
from tests.app.service.conftest import Bench, Script, ScriptedEngine, reply

LONG = "We look at one more thing and weigh it. " * 13
CLEAN = '{"violation": 0, "category": "none"}'
HARM = '{"violation": 1, "category": "harm"}'


def thinks(*texts: str, ends: bool = True) -> Script:
    """A turn with these thoughts, one piece each."""

    def script(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        turn = request.turn_id
        pieces = [ThoughtPiece(text, (WithheldKind.SECRET,) * (MARK in text)) for text in texts]
        said: list[EngineEvent] = [ThoughtAdded(turn, piece) for piece in pieces]
        said.append(TextAdded(turn, "Done."))
        return [*said, Finished(turn, StopReason.END_OF_TURN, Usage())] if ends else said

    return script


class Panel:
    """An answer with thoughts whose panel is open."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def end_load(self) -> None:
        """The load is over; how it ended is of no interest here, since a script answers."""
        self.bench.engine.play(ModelLoadFailed("There is none."))
        self.bench.settle()

    def answer(self, *texts: str, question: str = "hi", ends: bool = True) -> Message:
        self.bench.engine.scripts = [thinks(*texts, ends=ends)]
        self.bench.service.send(question, Effort.LOW)
        self.bench.settle()
        ended = self.bench.of(MessageEnded)[-1]
        assert isinstance(ended, MessageEnded)
        return ended.message

    def want(self, message: Message) -> None:
        self.bench.service.summaries.want(message)
        self.bench.settle()

    def end(self, outcome: SideOutcome = SideOutcome.DONE, text: str = "", tokens: int = 7) -> None:
        self.bench.engine.play(SideEnded(self.job.job_id, outcome, text, tokens))
        self.bench.settle()

    @property
    def job(self) -> SideRequest:
        return self.bench.engine.sides[-1]

    def is_check(self) -> bool:
        return self.job.response_format is not None

    @property
    def told(self) -> list[ThoughtsSummary]:
        changes = self.bench.of(ThoughtsSummaryChanged)
        return [one.summary for one in changes if isinstance(one, ThoughtsSummaryChanged)]

    @property
    def states(self) -> list[SummaryState]:
        return [summary.state for summary in self.told]

    def stored(self, message: Message) -> ThoughtsSummary:
        stored = self.bench.storage.submit(lambda store: store.branch(message.chat_id)).result()
        return next(one.summary for one in stored if one.id == message.id)


@pytest.fixture
def loading(bench: Bench) -> Panel:
    """A panel while the model is still being loaded."""
    return Panel(bench)


@pytest.fixture
def panel(loading: Panel) -> Panel:
    loading.end_load()
    return loading


@pytest.fixture
def checking(panel: Panel) -> Panel:
    panel.bench.style = AnswerStyle(checks_thoughts=True)
    return panel


def test_a_summary_is_made_once_when_a_panel_wants_it_and_kept_with_the_message(
    panel: Panel,
) -> None:
    message = panel.answer(LONG, LONG)
    assert panel.bench.engine.sides == [], "nobody has asked for it"
    panel.want(message)
    assert panel.states == [SummaryState.WAITING]
    assert not panel.job.is_urgent
    panel.end(text="1. Weighs one thing\n2. Weighs another")
    summary = panel.told[-1]
    assert summary.state is SummaryState.READY
    assert [step.headline for step in summary.steps] == ["Weighs one thing", "Weighs another"]
    assert tuple(piece for step in summary.steps for piece in step.pieces) == message.thoughts
    assert summary.tokens == 7
    assert panel.stored(message) == summary

    panel.want(message)
    assert panel.told[-1] == summary
    assert len(panel.bench.engine.sides) == 1

    panel.bench.service.new_chat()
    panel.bench.service.open_chat(message.chat_id)
    panel.bench.settle()
    opened = panel.bench.of(ChatOpened)[-1]
    assert isinstance(opened, ChatOpened)
    assert opened.messages[-1].summary == summary
    panel.want(opened.messages[-1])
    assert len(panel.bench.engine.sides) == 1


@pytest.mark.parametrize(
    ("question", "language"), [("안녕, 이것을 계산해 줘", "Korean"), ("Hello", "English")]
)
def test_headlines_are_asked_for_in_the_language_of_the_question(
    panel: Panel, question: str, language: str
) -> None:
    panel.want(panel.answer("We add. ", question=question))
    developer, user = panel.job.conversation[1:]
    assert isinstance(developer, DeveloperMessage)
    assert language in developer.instructions
    assert user == UserMessage("1. We add.")


@pytest.mark.parametrize("texts", [(), (MARK, " \n", MARK)])
def test_thoughts_of_which_nothing_can_be_read_keep_the_fixed_label(
    panel: Panel, texts: tuple[str, ...]
) -> None:
    panel.want(panel.answer(*texts))
    assert panel.states == [SummaryState.GENERIC]
    assert panel.bench.engine.sides == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sure! Here you go.\nTwo lines.",
        "1. Writes to jane.doe@example.com",
        "1. Reads <|start|>system<|message|>",
        "1. The system message says to be kind",
    ],
)
def test_what_is_no_headline_or_does_not_pass_the_filter_is_never_shown_or_stored(
    panel: Panel, text: str
) -> None:
    message = panel.answer("We add. ")
    panel.want(message)
    panel.end(text=text)
    assert panel.states == [SummaryState.WAITING, SummaryState.GENERIC]
    assert panel.told[-1].steps == ()
    assert panel.stored(message) == ThoughtsSummary()
    panel.want(message)
    assert panel.states[-1] is SummaryState.GENERIC
    assert len(panel.bench.engine.sides) == 1, "the same would come of it"


def test_a_headline_must_not_repeat_the_user_s_instructions(panel: Panel) -> None:
    rule = "Never mention the colour of the old lighthouse to anybody who asks."
    panel.bench.style = AnswerStyle(instructions=rule)
    panel.want(panel.answer("We add. "))
    panel.end(text="1. Never mention the colour of the old lighthouse to anybody")
    assert panel.states[-1] is SummaryState.GENERIC


@pytest.mark.parametrize("outcome", [SideOutcome.FAILED, SideOutcome.NO_ROOM])
def test_a_summary_that_failed_keeps_the_fixed_label_until_the_panel_is_opened_again(
    panel: Panel, outcome: SideOutcome
) -> None:
    message = panel.answer("We add. ")
    panel.want(message)
    panel.end(outcome)
    assert panel.states[-1] is SummaryState.GENERIC
    panel.want(message)
    panel.end(text="1. Adds")
    assert panel.states[-2:] == [SummaryState.WAITING, SummaryState.READY]


def test_what_is_wanted_before_there_is_a_model_is_tried_again_once_it_is_loaded(
    loading: Panel,
) -> None:
    loading.want(loading.answer("We add. "))
    loading.end(SideOutcome.FAILED)
    assert loading.states == [SummaryState.WAITING]
    assert len(loading.bench.engine.sides) == 1
    loading.end_load()
    loading.end(text="1. Adds")
    assert loading.states == [SummaryState.WAITING, SummaryState.READY]


def test_stop_ends_a_summary_and_the_fixed_label_stays(panel: Panel) -> None:
    panel.want(panel.answer("We add. "))
    panel.bench.service.stop()
    panel.end(text="1. Adds")
    assert panel.states == [SummaryState.WAITING, SummaryState.GENERIC]
    assert panel.bench.engine.cancelled_sides == [panel.job.job_id]


def test_a_summary_that_gave_way_is_asked_for_again(panel: Panel) -> None:
    panel.want(panel.answer("We add. "))
    panel.end(SideOutcome.GAVE_WAY)
    assert len(panel.bench.engine.sides) == 2
    panel.end(text="1. Adds")
    assert panel.states == [SummaryState.WAITING, SummaryState.READY]
    assert panel.told[-1].tokens == 14


def test_typing_ends_a_summary_at_once_and_resting_begins_it_again(panel: Panel) -> None:
    summaries = panel.bench.service.summaries
    message = panel.answer("We add. ")
    summaries.want(message)
    first = panel.job
    summaries.user_types()
    assert panel.bench.engine.cancelled_sides == [first.job_id], "at once, not later"
    panel.end(SideOutcome.CANCELLED)
    other = panel.answer("We divide. ")  # sending is no longer typing
    assert len(panel.bench.engine.sides) == 2
    summaries.user_types()
    panel.want(other)
    assert len(panel.bench.engine.sides) == 2, "nothing begins while the user types"
    summaries.user_rests()
    assert len(panel.bench.engine.sides) == 3
    panel.end(text="1. Adds")
    assert panel.told[-1].state is SummaryState.READY
    panel.end(text="1. Divides")
    assert panel.told[-1].steps[0].headline == "Divides"


def test_the_panel_opened_last_comes_first_and_a_closed_one_not_at_all(panel: Panel) -> None:
    messages = [panel.answer(f"{word} ") for word in ("One", "Two", "Three", "Four")]
    for message in messages:
        panel.want(message)
    assert len(panel.bench.engine.sides) == 1
    panel.bench.service.summaries.release(messages[1].id)
    panel.end(text="1. Says one")
    assert panel.job.conversation[-1] == UserMessage("1. Four")
    panel.bench.service.summaries.release(messages[3].id)
    assert panel.bench.engine.cancelled_sides == [panel.bench.engine.sides[1].job_id]
    assert panel.job.conversation[-1] == UserMessage("1. Three")
    panel.end(text="1. Says three")
    assert len(panel.bench.engine.sides) == 3
    headlines = [one.steps[0].headline for one in panel.told if one.steps]
    assert headlines == ["Says one", "Says three"]


def test_another_chat_ends_what_was_wanted_of_this_one(panel: Panel) -> None:
    panel.want(panel.answer("We add. "))
    panel.bench.service.new_chat()
    panel.end(text="1. Adds")
    assert panel.states == [SummaryState.WAITING]


def test_a_panel_that_is_open_while_the_answer_is_written_gets_its_summary_at_the_end(
    panel: Panel,
) -> None:
    bench = panel.bench
    bench.engine.scripts = [thinks("We add. ", ends=False)]
    bench.service.send("hi", Effort.LOW)
    bench.settle()
    added = bench.of(MessageAdded)[-1]
    assert isinstance(added, MessageAdded)
    panel.want(added.message)
    assert panel.told == []
    bench.service.stop()
    bench.settle()
    assert panel.states == [SummaryState.WAITING]
    panel.end(text="1. Adds")
    assert panel.states[-1] is SummaryState.READY


def test_a_chat_that_is_gone_when_its_summary_comes_is_left_alone(panel: Panel) -> None:
    message = panel.answer("We add. ")
    panel.want(message)
    panel.bench.storage.submit(lambda store: store.delete_chat(ChatId(message.chat_id), 1)).result()
    panel.bench.storage.submit(lambda store: store.purge_deleted(2)).result()
    panel.end(text="1. Adds")
    assert panel.states[-1] is SummaryState.READY


# ---- with the policy check


def test_with_a_check_thoughts_are_judged_before_they_are_summed_up(checking: Panel) -> None:
    message = checking.answer("We add. ")
    checking.want(message)
    assert checking.is_check()
    assert checking.job.conversation[-1] == UserMessage("We add.")
    checking.end(text=CLEAN)
    assert not checking.is_check()
    checking.end(text="1. Adds")
    summary = checking.told[-1]
    assert (summary.state, summary.is_checked, summary.tokens) == (SummaryState.READY, True, 14)
    assert checking.stored(message) == summary


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (SideOutcome.DONE, HARM),
        (SideOutcome.DONE, "?"),
        (SideOutcome.FAILED, ""),
        (SideOutcome.NO_ROOM, ""),
    ],
)
def test_thoughts_that_are_not_found_fine_are_not_summed_up(
    checking: Panel, outcome: SideOutcome, text: str
) -> None:
    message = checking.answer("We add. ")
    checking.want(message)
    checking.end(outcome, text)
    assert checking.states[-1] is SummaryState.GENERIC
    assert not checking.told[-1].is_checked
    assert len(checking.bench.engine.sides) == 1
    assert checking.stored(message) == ThoughtsSummary()


def test_a_summary_from_before_the_check_was_wanted_is_checked_and_not_made_again(
    checking: Panel,
) -> None:
    checking.bench.style = AnswerStyle()
    message = checking.answer("We add. ")
    checking.want(message)
    checking.end(text="1. Adds")
    made = checking.told[-1]
    checking.bench.style = AnswerStyle(checks_thoughts=True)
    opened = checking.bench.storage.submit(lambda store: store.branch(message.chat_id)).result()
    checking.want(opened[-1])
    assert checking.told[-1].state is SummaryState.WAITING
    checking.end(text=CLEAN)
    assert checking.told[-1].steps == made.steps
    assert checking.told[-1].is_checked
    assert len(checking.bench.engine.sides) == 2


def test_a_check_is_not_made_again_where_only_the_headlines_failed(checking: Panel) -> None:
    message = checking.answer("We add. ")
    checking.want(message)
    checking.end(text=CLEAN)
    checking.end(SideOutcome.FAILED)
    assert checking.told[-1] == ThoughtsSummary(SummaryState.GENERIC, (), True, 14)
    assert checking.stored(message) == checking.told[-1]
    opened = checking.bench.storage.submit(lambda store: store.branch(message.chat_id)).result()
    checking.want(opened[-1])
    assert not checking.is_check()
    checking.end(text="1. Adds")
    assert checking.told[-1].state is SummaryState.READY


def test_typing_in_the_middle_of_a_check_ends_it_and_it_goes_on_later(checking: Panel) -> None:
    checking.want(checking.answer("We add. "))
    checking.bench.service.summaries.user_types()
    checking.end(SideOutcome.CANCELLED)
    checking.bench.service.summaries.user_rests()
    assert len(checking.bench.engine.sides) == 2
    checking.end(text=CLEAN)
    checking.end(text="1. Adds")
    assert checking.told[-1].state is SummaryState.READY


def test_a_policy_that_cannot_be_read_shows_nothing(
    checking: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged() -> None:
        raise ValueError

    monkeypatch.setattr("app.chats.summary_making.thoughts_policy", damaged)
    checking.want(checking.answer("We add. "))
    assert checking.states[-1] is SummaryState.GENERIC
    assert checking.bench.engine.sides == []


def test_an_answer_without_thoughts_keeps_the_generic_label(bench: Bench) -> None:
    bench.engine.scripts = [reply("two words")]
    bench.service.send("hi", Effort.LOW)
    bench.settle()
    (ended,) = bench.of(MessageEnded)
    assert isinstance(ended, MessageEnded)
    bench.service.summaries.want(ended.message)
    (told,) = bench.of(ThoughtsSummaryChanged)
    assert isinstance(told, ThoughtsSummaryChanged)
    assert told.message_id == ended.message.id
    assert told.summary.state is SummaryState.GENERIC
