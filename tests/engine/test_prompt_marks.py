from __future__ import annotations

from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    SystemMessage,
    UserMessage,
)
from engine.harmony.tokens import START
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.prompt_marks import (
    ASSISTANT_ROLE,
    FIRST_MARK_TOKENS,
    MARK_SPACING_TOKENS,
    USER_ROLE,
    checkpoint_marks,
)


def test_marks_stand_before_user_messages_some_distance_apart_and_before_the_last() -> None:
    ids = [0] * 6000
    for place in (10, 600, 900, 1700, 2600, 5000, 5500):
        ids[place : place + 2] = [START, USER_ROLE]
    assert checkpoint_marks(ids) == (600, 1700, 5000, 5500)
    assert FIRST_MARK_TOKENS < 600
    assert MARK_SPACING_TOKENS > 900


def test_the_last_answer_has_a_mark_where_it_begins(writer: HarmonyWriter) -> None:
    history = (
        SystemMessage(Effort.LOW, "2026-01-02"),
        UserMessage("blue sky " * 400),
        AssistantMessage(Channel.FINAL, "Green tree."),
        UserMessage("And now?"),
        AssistantMessage(Channel.FINAL, "A red house."),
    )
    starts = [len(writer.render(history[:count])) for count in range(len(history))]
    opening = len(writer.next_assistant())
    # A question costs little to read again, so only the last one and the last answer count.
    assert checkpoint_marks(writer.render(history)) == (
        starts[2] + opening,
        starts[3],
        starts[4] + opening,
    )


def test_a_prompt_ends_where_the_answer_begins_and_needs_no_mark_there(
    writer: HarmonyWriter,
) -> None:
    ids = writer.prompt((SystemMessage(Effort.LOW, "2026-01-02"), UserMessage("blue " * 600)))
    assert checkpoint_marks(ids) == ()


def test_the_words_user_and_assistant_have_the_ids_that_marks_look_for(
    vocabulary: Vocabulary,
) -> None:
    assert vocabulary.encode("user") == [USER_ROLE]
    assert vocabulary.encode("assistant") == [ASSISTANT_ROLE]
