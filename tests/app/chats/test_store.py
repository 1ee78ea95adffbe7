from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.chats.database import StorageError, open_memory_database
from app.chats.ids import ChatId, MessageId
from app.chats.store import ChatStore
from app.chats.values import Chat, Message, MessageRole, MessageStatus, Problem, TitleBy
from app.chats.writer import Writer
from engine.analysis_filter import ThoughtPiece, WithheldKind
from engine.events import Usage
from engine.harmony.messages import Effort

OpenStore = Callable[..., ChatStore]

DEAD = Writer.parse("1 0.0 dead")


def ask(store: ChatStore, text: str = "Hi", *, at: int = 1000, title: str = "Chat") -> Message:
    return store.append_user(None, None, text, Effort.LOW, at, title=title)[1]


def chat_of(store: ChatStore, message: Message) -> Chat:
    found = store.chat(message.chat_id)
    assert found is not None
    return found


def turns(store: ChatStore, count: int) -> ChatId:
    """A chat of `count` finished turns."""
    parent: Message | None = None
    for number in range(count):
        _, question = store.append_user(
            parent.chat_id if parent else None,
            parent.id if parent else None,
            f"question {number}",
            Effort.LOW,
            number,
            title="long",
        )
        parent = store.begin_answer(question.id, Effort.LOW, number)
        store.finish_answer(replace(parent, text="so", status=MessageStatus.COMPLETE))
    assert parent is not None
    return parent.chat_id


def test_a_first_message_makes_its_chat_in_the_same_transaction(store: ChatStore) -> None:
    chat, message = store.append_user(None, None, "Hello", Effort.HIGH, 1234, title="Greeting")

    assert chat == Chat(chat.id, "Greeting", 1234, 1234, message.id)
    assert message == Message(
        message.id, chat.id, None, MessageRole.USER, "Hello", 1234, effort=Effort.HIGH
    )
    assert store.chats() == (chat,)
    assert store.branch(chat.id) == (message,)


def test_a_first_message_that_cannot_be_stored_leaves_no_chat(store: ChatStore) -> None:
    with pytest.raises(StorageError):
        store.append_user(None, MessageId(77), "Hello", Effort.LOW, 1, title="Greeting")

    assert store.chats() == ()


def test_everything_of_an_answer_comes_back_as_it_was(
    store: ChatStore, open_store: OpenStore
) -> None:
    question = ask(store)
    answer = store.begin_answer(question.id, Effort.HIGH, 1001)
    whole = replace(
        answer,
        text="안녕 👋\n```py\nprint('<|start|>')\n```",
        status=MessageStatus.FAILED,
        preamble="Let me look.",
        thoughts=(
            ThoughtPiece("Plain.", ()),
            ThoughtPiece("[…]", (WithheldKind.SECRET, WithheldKind.ABUSE)),
        ),
        usage=Usage(reused_tokens=3, reply_tokens=9, reply_seconds=0.25, repairs=1),
        problem=Problem("It {what}.", "Again.", "detail", {"what": "broke"}),
    )
    store.finish_answer(whole)

    assert open_store().branch(question.chat_id) == (question, whole)


@pytest.mark.parametrize(
    "text",
    [
        "  spaces around \n\n",
        "\t",
        "nul \x00 inside",
        unicodedata.normalize("NFD", "한국어 é"),
        unicodedata.normalize("NFC", "한국어 é"),
        "\r\nline ends\r\n",
        "'; DROP TABLE chat; --",
        "<|start|>assistant<|channel|>final",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u202e rtl \ufeff",
    ],
)
def test_what_the_user_wrote_is_kept_exactly(store: ChatStore, text: str) -> None:
    question = ask(store, text)

    assert question.text == text
    assert store.branch(question.chat_id)[0].text == text


@given(text=st.text(min_size=1))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
def test_any_text_is_kept_exactly(text: str) -> None:
    store = ChatStore(open_memory_database())
    try:
        question = ask(store, text, title=text)
        assert store.branch(question.chat_id)[0].text == text
        assert chat_of(store, question).title == text
    finally:
        store.close()


def test_halves_of_surrogate_pairs_are_replaced_or_joined_and_the_value_says_so(
    store: ChatStore,
) -> None:
    question = ask(store, "a\ud800b \ud83d\ude00", title="\udfff")

    assert question.text == "a\ufffdb 😀"
    assert store.branch(question.chat_id) == (question,)
    assert chat_of(store, question).title == "\ufffd"


def test_the_newest_message_puts_its_chat_first(store: ChatStore) -> None:
    old = ask(store, at=1000, title="old")
    new = ask(store, at=2000, title="new")
    assert [chat.title for chat in store.chats()] == ["new", "old"]

    store.append_user(old.chat_id, old.id, "more", Effort.LOW, 3000, title="")
    assert [chat.title for chat in store.chats()] == ["old", "new"]
    assert chat_of(store, old).title == "old"

    store.begin_answer(new.id, Effort.LOW, 3001)
    assert [chat.title for chat in store.chats()] == ["new", "old"]


def test_of_chats_of_the_same_moment_the_later_one_is_first(store: ChatStore) -> None:
    first, second = store.create_chat("a", 5), store.create_chat("b", 5)

    assert store.chats() == (second, first)
    assert first == Chat(first.id, "a", 5, 5, None)
    assert store.branch(first.id) == ()


def test_a_clock_that_was_set_back_does_not_move_a_chat_down(store: ChatStore) -> None:
    question = ask(store, at=5000)
    store.append_user(question.chat_id, question.id, "later", Effort.LOW, 10, title="")

    assert chat_of(store, question).updated_ms == 5000


def test_a_chat_is_found_by_its_exact_title_and_the_newest_wins(store: ChatStore) -> None:
    ask(store, at=1, title="Work")
    newer = ask(store, at=2, title="Work")
    ask(store, at=3, title="work")

    found = store.find_chat_by_title("Work")
    assert found is not None
    assert found.id == newer.chat_id
    assert store.find_chat_by_title("Wor%") is None


def test_renaming_changes_the_title_and_nothing_else(store: ChatStore) -> None:
    question = ask(store)
    before = chat_of(store, question)
    store.rename_chat(question.chat_id, "이름")

    assert chat_of(store, question) == replace(before, title="이름", title_by=TitleBy.USER)


def test_an_empty_title_is_refused(store: ChatStore) -> None:
    question = ask(store, title="Kept")
    with pytest.raises(StorageError):
        store.rename_chat(question.chat_id, "")
    with pytest.raises(StorageError):
        store.create_chat("", 1)

    assert [chat.title for chat in store.chats()] == ["Kept"]


def test_a_deleted_chat_is_out_of_sight_and_comes_back_whole(store: ChatStore) -> None:
    question = ask(store, title="gone")
    before = chat_of(store, question)
    store.delete_chat(question.chat_id, 9000)
    assert store.chats() == ()
    assert store.chat(question.chat_id) is None
    assert store.find_chat_by_title("gone") is None

    store.restore_chat(question.chat_id)
    assert store.chats() == (before,)
    assert store.branch(question.chat_id) == (question,)


def test_purging_destroys_what_was_deleted_before_a_time_and_nothing_else(
    store: ChatStore,
) -> None:
    long_ago, just_now, kept = (ask(store, title=name) for name in ("a", "b", "c"))
    store.delete_chat(long_ago.chat_id, 1000)
    store.delete_chat(just_now.chat_id, 2000)
    store.delete_chat(long_ago.chat_id, 5000)  # a second time does not move the first

    assert store.purge_deleted(2000) == 1
    assert store.purge_deleted(2000) == 0

    store.restore_chat(long_ago.chat_id)
    store.restore_chat(just_now.chat_id)
    assert {chat.id for chat in store.chats()} == {just_now.chat_id, kept.chat_id}
    assert store.branch(long_ago.chat_id) == ()


def test_a_chat_of_thousands_of_messages_can_be_purged(memory: ChatStore) -> None:
    memory.delete_chat(turns(memory, 700), 1)

    assert memory.purge_deleted(2) == 1


def test_ids_of_purged_chats_and_messages_are_not_used_again(store: ChatStore) -> None:
    first = ask(store)
    store.delete_chat(first.chat_id, 1)
    store.purge_deleted(2)
    second = ask(store)

    assert second.chat_id > first.chat_id
    assert second.id > first.id


def test_an_edit_makes_a_branch_and_both_can_be_shown(store: ChatStore) -> None:
    question = ask(store, "first")
    answer = store.begin_answer(question.id, Effort.LOW, 2)
    store.finish_answer(replace(answer, status=MessageStatus.COMPLETE))
    edited = store.append_user(question.chat_id, None, "edited", Effort.LOW, 3, title="")[1]

    assert [m.id for m in store.branch(question.chat_id)] == [edited.id]
    assert [m.id for m in store.branch(question.chat_id, answer.id)] == [question.id, answer.id]
    assert [m.id for m in store.tree.siblings(edited.id)] == [question.id, edited.id]

    store.set_leaf(question.chat_id, answer.id)
    assert [m.id for m in store.branch(question.chat_id)] == [question.id, answer.id]


def test_another_try_makes_a_second_child(store: ChatStore) -> None:
    question = ask(store)
    one = store.begin_answer(question.id, Effort.LOW, 2)
    two = store.begin_answer(question.id, Effort.HIGH, 3)

    assert store.tree.siblings(one.id) == store.tree.siblings(two.id) == (one, two)
    assert store.tree.siblings(MessageId(99)) == ()
    assert store.branch(question.chat_id) == (question, two)


def test_a_branch_belongs_to_its_chat(store: ChatStore) -> None:
    here, there = ask(store), ask(store)

    assert store.branch(here.chat_id, there.id) == ()
    assert store.branch(ChatId(99)) == ()
    with pytest.raises(StorageError):
        store.set_leaf(here.chat_id, there.id)
    with pytest.raises(StorageError):
        store.append_user(here.chat_id, there.id, "mixed", Effort.LOW, 1, title="")
    assert store.branch(here.chat_id) == (here,)


def test_a_message_to_a_chat_deleted_elsewhere_is_refused(
    store: ChatStore, open_store: OpenStore
) -> None:
    question = ask(store)
    open_store().delete_chat(question.chat_id, 1)

    with pytest.raises(StorageError, match="no longer there"):
        store.append_user(question.chat_id, question.id, "more", Effort.LOW, 2, title="")
    with pytest.raises(StorageError, match="no longer there"):
        store.begin_answer(question.id, Effort.LOW, 2)
    with pytest.raises(StorageError, match="no longer there"):
        store.begin_answer(MessageId(99), Effort.LOW, 2)


def test_a_partial_answer_is_there_for_others_at_once(
    store: ChatStore, open_store: OpenStore
) -> None:
    question = ask(store)
    answer = store.begin_answer(question.id, Effort.LOW, 2)
    partial = replace(answer, text="So fa", preamble="First", thoughts=(ThoughtPiece("Hm."),))
    store.update_answer(replace(partial, status=MessageStatus.COMPLETE))

    assert open_store().branch(question.chat_id)[-1] == partial


def test_an_answer_that_has_ended_stays_as_it_ended(store: ChatStore) -> None:
    answer = store.begin_answer(ask(store).id, Effort.LOW, 2)
    ended = replace(answer, text="whole", status=MessageStatus.STOPPED)
    store.finish_answer(ended)
    store.update_answer(replace(answer, text="late"))
    store.finish_answer(replace(answer, text="again", status=MessageStatus.COMPLETE))

    assert store.branch(answer.chat_id)[-1] == ended


def test_finishing_needs_a_final_status(store: ChatStore) -> None:
    answer = store.begin_answer(ask(store).id, Effort.LOW, 2)

    with pytest.raises(ValueError, match="final status"):
        store.finish_answer(answer)


def test_an_answer_whose_chat_was_purged_is_let_go(store: ChatStore) -> None:
    answer = store.begin_answer(ask(store).id, Effort.LOW, 2)
    store.delete_chat(answer.chat_id, 1)
    store.purge_deleted(2)
    store.update_answer(replace(answer, text="more"))
    store.finish_answer(replace(answer, text="more", status=MessageStatus.COMPLETE))

    assert store.tree.siblings(answer.id) == ()
    assert store.branch(answer.chat_id) == ()


def test_answers_of_a_process_that_died_are_marked_and_keep_their_text(
    store: ChatStore, open_store: OpenStore
) -> None:
    dead = open_store(DEAD)
    answer = dead.begin_answer(ask(dead).id, Effort.LOW, 2)
    dead.update_answer(replace(answer, text="half"))

    assert store.mark_interrupted() == 1
    assert store.mark_interrupted() == 0
    found = store.branch(answer.chat_id)[-1]
    assert (found.text, found.status) == ("half", MessageStatus.INTERRUPTED)


def test_answers_that_a_living_process_writes_are_left_alone(
    store: ChatStore, open_store: OpenStore
) -> None:
    window = open_store()
    answer = window.begin_answer(ask(window).id, Effort.LOW, 2)

    assert store.mark_interrupted() == 0
    assert store.branch(answer.chat_id)[-1].status is MessageStatus.STREAMING


def test_a_writer_that_was_wrongly_taken_for_dead_puts_it_right(
    store: ChatStore, open_store: OpenStore
) -> None:
    thought_dead = open_store(DEAD)
    answer = thought_dead.begin_answer(ask(thought_dead).id, Effort.LOW, 2)
    store.mark_interrupted()

    thought_dead.update_answer(replace(answer, text="on and on"))
    assert store.branch(answer.chat_id)[-1].status is MessageStatus.STREAMING
    store.mark_interrupted()
    ended = replace(answer, text="on and on.", status=MessageStatus.COMPLETE)
    thought_dead.finish_answer(ended)
    assert store.branch(answer.chat_id)[-1] == ended


def test_closing_leaves_no_answer_in_progress(store: ChatStore, open_store: OpenStore) -> None:
    leaving = open_store()
    answer = leaving.begin_answer(ask(leaving).id, Effort.LOW, 2)
    mine = store.begin_answer(ask(store).id, Effort.LOW, 2)
    leaving.close()

    assert store.branch(answer.chat_id)[-1].status is MessageStatus.INTERRUPTED
    assert store.branch(mine.chat_id)[-1].status is MessageStatus.STREAMING


def test_a_long_branch_comes_back_in_order(memory: ChatStore) -> None:
    branch = memory.branch(turns(memory, 300))

    assert len(branch) == 600
    assert [m.parent_id for m in branch[1:]] == [m.id for m in branch[:-1]]


def test_nothing_but_the_list_of_chats_grows_with_the_number_of_chats(
    open_store: OpenStore,
) -> None:
    store = open_store()
    database = store._database
    statements: list[str] = []
    database._connection.set_trace_callback(statements.append)
    question = ask(store)
    answer = store.begin_answer(question.id, Effort.LOW, 2)
    store.update_answer(answer)
    store.finish_answer(replace(answer, status=MessageStatus.COMPLETE))
    store.branch(question.chat_id)
    store.branch(question.chat_id, answer.id)
    store.tree.siblings(question.id)
    store.tree.siblings(answer.id)
    store.tree.forks(question.chat_id)
    store.tree.show(question.chat_id, question.id)
    deleted = store.trash.delete_messages(answer.id, 1)
    store.trash.parts()
    store.trash.restore_messages(deleted.number)
    store.set_leaf(question.chat_id, question.id)
    store.mark_interrupted()
    store.chat(question.chat_id)
    store.rename_chat(question.chat_id, "Other")
    store.delete_chat(question.chat_id, 1)
    store.restore_chat(question.chat_id)
    database._connection.set_trace_callback(None)

    reading = [one for one in statements if one.split()[0] not in {"BEGIN", "COMMIT"}]
    assert len(reading) > 15
    for statement in reading:
        plan = [str(row[3]) for row in database.rows(f"EXPLAIN QUERY PLAN {statement}")]
        scans = [step for step in plan if step.startswith(("SCAN message", "SCAN chat"))]
        assert [step for step in scans if "message_in_progress" not in step] == [], statement


def test_what_is_typed_and_not_sent_is_kept_by_chat(open_store: OpenStore) -> None:
    store = open_store()
    chat = turns(store, 1)
    store.drafts.keep(None, "a new thought")
    store.drafts.keep(chat, "half")
    store.drafts.keep(chat, " half a\nquestion \ud83d ")
    store.close()

    store = open_store()
    assert store.drafts.all() == {None: "a new thought", chat: " half a\nquestion \ufffd "}
    store.drafts.keep(None, "")
    assert list(store.drafts.all()) == [chat]


def test_drafts_go_with_their_chat(store: ChatStore) -> None:
    chat = turns(store, 1)
    store.drafts.keep(chat, "half")
    store.delete_chat(chat, 5)
    assert store.drafts.all(), "it can be brought back"
    store.purge_deleted(6)
    assert store.drafts.all() == {}
    store.drafts.keep(chat, "too late")
    assert store.drafts.all() == {}
