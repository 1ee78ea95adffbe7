"""Messages and answers held against the user's policy, with an engine that plays the verdicts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.chats.answer_style import AnswerStyle, SafeguardStyle
from app.chats.changes import (
    AnswerCheckChanged,
    AnswerTextAdded,
    ChatMark,
    ChatMarksChanged,
    ChatOpened,
    ChatsChanged,
    CheckStage,
    MessageEnded,
    NoticeRaised,
)
from app.chats.ids import ChatId
from app.chats.values import Message, MessageStatus
from app.safeguard.message_check import CheckState, MessageCheck
from engine.events import (
    Finished,
    PreambleAdded,
    SideEnded,
    SideOutcome,
    StopReason,
    TextAdded,
    Usage,
)
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    UserMessage,
)
from tests.app.service.conftest import Bench, reply

POLICY = "## Rude words\nNo insults."
FINE = '{"violation": 0, "category": "none"}'
RUDE = '{"violation": 1, "category": "Rude words"}'
FOUND = MessageCheck(CheckState.VIOLATION, "Rude words")
UNDECIDED = MessageCheck(CheckState.UNDECIDED)


def watch(bench: Bench, *, questions: bool = False, answers: bool = False) -> None:
    bench.style = AnswerStyle(safeguard=SafeguardStyle(questions, answers, POLICY))


def ask(bench: Bench, text: str = "You fool", answer: str = "fine") -> None:
    bench.engine.scripts = [reply(answer)]
    bench.service.send(text, Effort.LOW)
    bench.settle()


def judge(bench: Bench, text: str, outcome: SideOutcome = SideOutcome.DONE) -> None:
    """The engine's answer to the newest check."""
    bench.engine.emit(SideEnded(bench.engine.sides[-1].job_id, outcome, text))
    bench.settle()


def ended(bench: Bench) -> Message:
    change = bench.of(MessageEnded)[-1]
    assert isinstance(change, MessageEnded)
    return change.message


def texts(bench: Bench) -> str:
    return "".join(
        one.text for one in bench.of(AnswerTextAdded) if isinstance(one, AnswerTextAdded)
    )


def chat_id(bench: Bench) -> ChatId:
    listed = bench.of(ChatsChanged)[-1]
    assert isinstance(listed, ChatsChanged)
    return listed.chats[0].id


def opened(bench: Bench) -> tuple[Message, ...]:
    """The chat's messages, read anew from the store."""
    bench.service.new_chat()
    bench.service.open_chat(chat_id(bench))
    bench.settle()
    change = bench.of(ChatOpened)[-1]
    assert isinstance(change, ChatOpened)
    return change.messages


def test_with_the_settings_off_nothing_is_checked(bench: Bench) -> None:
    ask(bench)
    assert bench.engine.sides == []
    assert ended(bench).check is None
    assert bench.of(AnswerCheckChanged) == []


# ---- what the user sends


def test_a_question_is_answered_once_it_is_found_fine(bench: Bench) -> None:
    watch(bench, questions=True)
    ask(bench, "Hello")
    assert bench.engine.requests == []
    (side,) = bench.engine.sides
    developer, user = side.conversation[1:]
    assert isinstance(developer, DeveloperMessage)
    assert "No insults." in developer.instructions
    assert user == UserMessage("Hello")
    assert side.is_urgent
    judge(bench, FINE)
    assert bench.engine.requests[0].conversation[-1] == UserMessage("Hello")
    stages = [one.stage for one in bench.of(AnswerCheckChanged) if hasattr(one, "stage")]
    assert stages == [CheckStage.QUESTION, CheckStage.NONE]
    assert ended(bench).text == "fine"
    question, answer = opened(bench)
    assert question.check == MessageCheck(CheckState.FINE)
    assert answer.check is None


def test_a_question_against_the_policy_is_kept_and_not_answered(bench: Bench) -> None:
    watch(bench, questions=True)
    ask(bench)
    judge(bench, RUDE)
    assert bench.engine.requests == []
    assert not bench.service.is_busy
    assert ended(bench).check == replace(FOUND, is_of_question=True)
    assert ended(bench).status is MessageStatus.STOPPED
    question, answer = opened(bench)
    assert (question.text, question.check) == ("You fool", FOUND)
    assert answer.check == replace(FOUND, is_of_question=True)


def test_the_model_does_not_read_it_with_later_questions(bench: Bench) -> None:
    watch(bench, questions=True)
    ask(bench)
    judge(bench, RUDE)
    ask(bench, "Good day")
    judge(bench, FINE)
    said = [one for one in bench.engine.requests[0].conversation if isinstance(one, UserMessage)]
    assert said == [UserMessage("Good day")]


def test_an_appealed_question_is_answered_without_another_check(bench: Bench) -> None:
    watch(bench, questions=True)
    ask(bench)
    judge(bench, RUDE)
    bench.service.appeal(ended(bench).id)
    bench.settle()
    assert len(bench.engine.sides) == 1
    assert bench.engine.requests[0].conversation[-1] == UserMessage("You fool")
    assert ended(bench).text == "fine"
    question, answer = opened(bench)
    assert question.check == replace(FOUND, is_appealed=True)
    assert answer.text == texts(bench) == "fine"
    assert answer.check == replace(FOUND, is_appealed=True, is_of_question=True)


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (SideOutcome.DONE, "Well, it depends."),
        (SideOutcome.FAILED, ""),
        (SideOutcome.NO_ROOM, ""),
        (SideOutcome.CANCELLED, ""),
    ],
)
def test_a_check_without_a_verdict_is_told_and_left_to_the_user(
    bench: Bench, outcome: SideOutcome, text: str
) -> None:
    watch(bench, questions=True)
    ask(bench)
    judge(bench, text, outcome)
    assert bench.engine.requests == []
    assert ended(bench).check == replace(UNDECIDED, is_of_question=True)


def test_a_policy_that_cannot_be_read_decides_nothing(bench: Bench) -> None:
    bench.style = AnswerStyle(safeguard=SafeguardStyle(True, True, " "))
    ask(bench)
    assert bench.engine.sides == []
    assert ended(bench).check == replace(UNDECIDED, is_of_question=True)


def test_stop_ends_the_check_of_a_question(bench: Bench) -> None:
    watch(bench, questions=True)
    ask(bench)
    bench.service.stop()
    bench.settle()
    assert bench.engine.cancelled_sides == [bench.engine.sides[0].job_id]
    assert ended(bench).check == replace(UNDECIDED, is_of_question=True)
    judge(bench, FINE)  # it comes too late
    assert bench.engine.requests == []
    bench.service.appeal(ended(bench).id)
    bench.settle()
    assert ended(bench).text == "fine"


def test_a_question_waits_for_the_model_before_it_is_checked(impatient: Bench) -> None:
    watch(impatient, questions=True)
    impatient.service.start()
    impatient.settle_storage()
    impatient.service.send("Hello", Effort.LOW)
    impatient.settle_storage()
    assert impatient.engine.sides == []
    impatient.found.set()
    impatient.settle()
    assert len(impatient.engine.sides) == 1


def test_stopped_before_its_check_a_question_is_not_answered(impatient: Bench) -> None:
    watch(impatient, questions=True)
    impatient.service.start()
    impatient.settle_storage()
    impatient.service.send("Hello", Effort.LOW)
    impatient.settle_storage()
    impatient.service.stop()
    impatient.settle_storage()
    assert ended(impatient).check == replace(UNDECIDED, is_of_question=True)
    impatient.found.set()
    impatient.settle()
    assert impatient.engine.sides == []


# ---- what the model answers


def test_nothing_of_an_answer_is_told_before_it_is_checked(bench: Bench) -> None:
    watch(bench, answers=True)
    ask(bench, "Hello", "So it is")
    assert texts(bench) == ""
    assert bench.service.is_busy
    assert bench.engine.sides[0].conversation[-1] == UserMessage("Soitis")
    assert not any(message.text for message in opened(bench)[1:])
    judge(bench, FINE)
    assert texts(bench) == "Soitis"
    assert (ended(bench).text, ended(bench).check) == ("Soitis", MessageCheck(CheckState.FINE))
    assert opened(bench)[1].text == "Soitis"


def test_a_withheld_answer_is_nowhere_until_the_user_wants_it(bench: Bench) -> None:
    watch(bench, answers=True)
    ask(bench, "Hello", "fool")
    judge(bench, RUDE)
    answer = ended(bench)
    assert (answer.text, answer.status, answer.check) == ("", MessageStatus.COMPLETE, FOUND)
    assert opened(bench)[1] == answer
    assert "fool" not in repr(bench.changes)
    ask(bench, "Go on")
    said = bench.engine.requests[-1].conversation
    assert not any(isinstance(one, AssistantMessage) for one in said)
    bench.engine.emit(SideEnded(bench.engine.sides[-1].job_id, SideOutcome.DONE, FINE))
    bench.settle()

    bench.service.appeal(answer.id)
    bench.settle()
    assert ended(bench).text == "fool"
    assert ended(bench).check == replace(FOUND, is_appealed=True)
    assert opened(bench)[1].text == "fool"
    ask(bench, "And now?")
    assert AssistantMessage(Channel.FINAL, "fool") in bench.engine.requests[-1].conversation


def test_stop_while_an_answer_is_written_has_what_is_there_checked(bench: Bench) -> None:
    watch(bench, answers=True)
    bench.engine.scripts = [lambda _, request: [TextAdded(request.turn_id, "fool")]]
    bench.service.send("Hello", Effort.LOW)
    bench.settle()
    bench.service.stop()
    bench.settle()
    assert texts(bench) == ""
    judge(bench, FINE)
    assert (ended(bench).text, ended(bench).status) == ("fool", MessageStatus.STOPPED)


def test_stop_while_an_answer_is_checked_leaves_it_withheld(bench: Bench) -> None:
    watch(bench, answers=True)
    ask(bench, "Hello", "fool")
    bench.service.stop()
    bench.settle()
    assert not bench.service.is_busy
    assert (ended(bench).text, ended(bench).check) == ("", UNDECIDED)
    judge(bench, FINE)
    assert ended(bench).text == ""


def test_an_answer_without_words_needs_no_check(bench: Bench) -> None:
    watch(bench, answers=True)
    bench.engine.scripts = [
        lambda _, request: [Finished(request.turn_id, StopReason.CANCELLED, Usage())]
    ]
    bench.service.send("Hello", Effort.LOW)
    bench.settle()
    assert bench.engine.sides == []
    assert not ended(bench).is_withheld


def test_closing_while_an_answer_is_checked_keeps_it_withheld(bench: Bench) -> None:
    watch(bench, answers=True)
    ask(bench, "Hello", "fool")
    stored: list[Message] = []
    known = chat_id(bench)
    bench.service._answers.abandon()
    bench.storage.submit(lambda store: stored.extend(store.branch(known))).result()
    assert (stored[1].status, stored[1].text) == (MessageStatus.STOPPED, "")
    assert stored[1].check == MessageCheck()


def test_an_appeal_where_nothing_is_withheld_changes_nothing(bench: Bench) -> None:
    ask(bench)
    before = list(bench.changes)
    bench.service.appeal(ended(bench).id)
    bench.settle()
    assert bench.changes == before


def test_a_changed_policy_holds_from_the_next_message_on(bench: Bench) -> None:
    watch(bench, questions=True)
    ask(bench, "Hello")
    judge(bench, FINE)
    bench.style = AnswerStyle(safeguard=SafeguardStyle(True, False, "## Spam\nNo spam."))
    ask(bench, "Buy")
    developer = bench.engine.sides[-1].conversation[1]
    assert isinstance(developer, DeveloperMessage)
    assert "No spam." in developer.instructions
    assert "Rude" not in developer.instructions


def test_how_long_checks_take_is_measured_where_they_come_to_a_verdict(bench: Bench) -> None:
    watch(bench, questions=True)
    for took_ms, verdict in ((4_000, FINE), (2_000, RUDE), (90_000, "Hm.")):
        ask(bench, "Hello")
        bench.now_ms += took_ms
        judge(bench, verdict)
    assert bench.service.check_times.seconds == 3.0


def test_what_was_said_before_a_call_is_checked_with_the_answer(bench: Bench) -> None:
    watch(bench, answers=True)
    bench.engine.scripts = [
        lambda _, request: [
            PreambleAdded(request.turn_id, "I will look."),
            TextAdded(request.turn_id, "Found it."),
            Finished(request.turn_id, StopReason.END_OF_TURN, Usage()),
        ]
    ]
    bench.service.send("Hello", Effort.LOW)
    bench.settle()
    assert bench.engine.sides[0].conversation[-1] == UserMessage("I will look.\n\nFound it.")
    judge(bench, RUDE)
    assert (ended(bench).preamble, ended(bench).text) == ("", "")


def test_what_is_withheld_while_another_chat_is_shown_is_marked_as_unread(bench: Bench) -> None:
    watch(bench, questions=True)
    ask(bench)
    known = chat_id(bench)
    bench.service.new_chat()
    bench.settle()
    judge(bench, RUDE)
    marks = bench.of(ChatMarksChanged)[-1]
    assert isinstance(marks, ChatMarksChanged)
    assert marks.marks == {known: ChatMark.UNREAD}


def test_an_earlier_question_cannot_be_answered_in_its_place(bench: Bench) -> None:
    watch(bench, questions=True)
    ask(bench)
    judge(bench, RUDE)
    earlier = ended(bench)
    ask(bench, "Good day")
    judge(bench, FINE)
    bench.service.appeal(earlier.id)
    bench.settle()
    assert len(bench.engine.requests) == 1
    (notice,) = bench.of(NoticeRaised)
    assert isinstance(notice, NoticeRaised)
    assert notice.problem.title.startswith("More was said since")


def test_asking_twice_for_an_answer_begins_one(bench: Bench) -> None:
    watch(bench, questions=True)
    ask(bench)
    judge(bench, RUDE)
    withheld = ended(bench).id
    bench.engine.scripts = [lambda _engine, _request: []]
    bench.service.appeal(withheld)
    bench.service.appeal(withheld)
    bench.settle()
    assert len(bench.engine.requests) == 1
