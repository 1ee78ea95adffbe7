from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.archive import json_form
from app.archive.sources import ChatFile
from app.archive.values import (
    ArchivedChat,
    ArchivedMessage,
    ArchiveError,
    ExportForm,
    ExportWish,
    LeftOut,
)
from app.archive.writing import ChatWriter
from app.chats.ids import ChatId
from app.chats.store import ChatStore
from app.chats.values import MessageRole, MessageStatus
from app.words import Words
from engine.harmony.messages import Effort

JSON = ExportWish(ExportForm.JSON, has_thoughts=True)


def comparable(chat: ArchivedChat) -> ArchivedChat:
    """The chat with numbers of its own: places in place of ids."""
    places = {one.id: at for at, one in enumerate(chat.messages)}
    made = {old.id: at for one in chat.messages for at, old in enumerate(one.attachments)}
    return replace(
        chat,
        leaf=places[chat.leaf] if chat.leaf is not None else None,
        messages=tuple(
            replace(
                one,
                id=places[one.id],
                parent=places[one.parent] if one.parent is not None else None,
                attachments=tuple(replace(old, id=made[old.id]) for old in one.attachments),
                calls=tuple(
                    replace(
                        call,
                        attachments=tuple(
                            replace(ref, id=made[ref.id]) for ref in call.attachments
                        ),
                    )
                    for call in one.calls
                ),
            )
            for one in chat.messages
        ),
    )


def write(chat: ArchivedChat, path: Path, words: Words, wish: ExportWish = JSON) -> Path:
    with ChatWriter(path, wish, words) as writer:
        writer.add(chat)
        writer.keep()
    return path


def test_a_whole_chat_comes_back_from_json_as_it_was(
    filled: ChatId,
    store: ChatStore,
    open_memory: Callable[[], ChatStore],
    target: Path,
    words: Words,
) -> None:
    before = store.archive.read(filled)
    assert before is not None
    write(before, target, words)
    other = open_memory()
    other.create_chat("so that ids differ", 1)
    other.append_user(None, None, "so that these differ", Effort.LOW, 5, title="x")
    with ChatFile(target) as file:
        (found,) = file.chats()
    assert found.left_out == {}
    assert found.chat is not None
    (made,) = other.archive.add((found.chat,))
    assert made is not None
    after = other.archive.read(made)
    assert after is not None
    assert after.messages[0].id != before.messages[0].id
    assert comparable(after) == comparable(before)
    shown = [one.text for one in other.branch(made)]
    assert shown == [one.text for one in store.branch(filled)]
    ref = other.branch(made)[1].calls[0].attachments[0]
    attachment = other.tool_results.attachment(ref.id)
    assert attachment is not None
    assert attachment.data.startswith(b"\x89PNG")


def test_nothing_comes_twice(filled: ChatId, store: ChatStore) -> None:
    chat = store.archive.read(filled)
    assert chat is not None
    assert store.archive.present([chat.source]) == {chat.source}
    assert store.archive.add((chat,)) == (None,)
    store.delete_chat(filled, 1)
    (made,) = store.archive.add((chat,))
    assert made not in (None, filled)
    assert store.archive.add((chat,)) == (None,)


def test_an_import_is_taken_back_into_the_trash(filled: ChatId, store: ChatStore) -> None:
    chat = store.archive.read(filled)
    assert chat is not None
    other = replace(chat, source="sotto:1:x")
    (made,) = store.archive.add((other,))
    assert made is not None
    store.archive.take_back((made,), 7)
    assert [one.id for one in store.chats()] == [filled]
    store.restore_chat(made)
    assert store.archive.read(made) is not None


def test_thoughts_stay_where_they_are_unless_they_are_wanted(
    filled: ChatId, store: ChatStore, target: Path, words: Words
) -> None:
    chat = store.archive.read(filled)
    assert chat is not None
    unchecked = replace(chat, messages=tuple(replace(one, summary="") for one in chat.messages))
    plain = ExportWish(ExportForm.JSON)
    only_checked = replace(plain, has_thoughts=True, only_checked_thoughts=True)
    for source, wish, is_there in (
        (chat, plain, False),
        (chat, JSON, True),
        (chat, only_checked, True),
        (unchecked, only_checked, False),
    ):
        text = write(source, target, words, wish).read_text("utf-8")
        assert ("A quiet thought." in text) is is_there
        assert ("Looking" in text) is (is_there and source is chat)


def test_an_answer_in_progress_is_written_as_one_that_broke_off(store: ChatStore) -> None:
    chat, question = store.append_user(None, None, "Hi", Effort.LOW, 1, title="Hi")
    answer = store.begin_answer(question.id, Effort.LOW, 2)
    store.update_answer(replace(answer, text="so f"))
    found = store.archive.read(chat.id)
    assert found is not None
    assert found.messages[1].status is MessageStatus.INTERRUPTED
    assert found.messages[1].text == "so f"


def test_a_file_that_cannot_be_finished_leaves_what_was_there(
    filled: ChatId, store: ChatStore, target: Path, words: Words
) -> None:
    target.write_text("before", "utf-8")
    chat = store.archive.read(filled)
    assert chat is not None
    with pytest.raises(RuntimeError), ChatWriter(target, JSON, words) as writer:  # noqa: PT012
        writer.add(chat)
        raise RuntimeError
    assert target.read_text("utf-8") == "before"
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, words: Words) -> None:
    with pytest.raises(ArchiveError):
        ChatWriter(tmp_path / "nowhere" / "x.json", JSON, words)


@given(st.text(), st.text(), st.lists(st.tuples(st.booleans(), st.text()), max_size=6))
def test_any_text_survives_json(title: str, source: str, said: list[tuple[bool, str]]) -> None:
    messages = tuple(
        ArchivedMessage(
            at + 1,
            at or None,
            MessageRole.USER if is_user else MessageRole.ASSISTANT,
            text,
            at,
        )
        for at, (is_user, text) in enumerate(said)
    )
    chat = ArchivedChat(source, title, 1, 2, len(messages) or None, messages)
    assert json_form.read(json_form.written(chat)) == chat


@pytest.mark.parametrize(
    "change",
    [
        {"leaf": 99},
        {"messages": [{"id": 1, "parent": 2, "role": "user", "text": "", "created_ms": 0}]},
        {"messages": [{"id": 1, "parent": None, "role": "boss", "text": "", "created_ms": 0}]},
        {"title": 7},
    ],
)
def test_a_chat_that_makes_no_sense_is_left_out(change: dict[str, object], target: Path) -> None:
    chat = {"source": "s", "title": "t", "created_ms": 1, "updated_ms": 1, "leaf": None}
    whole = {**chat, "messages": []}
    target.write_text(
        json_form.HEAD + json.dumps({**whole, **change}) + "," + json.dumps(whole) + json_form.TAIL,
        "utf-8",
    )
    with ChatFile(target) as file:
        found = list(file.chats())
    assert found[0].chat is None
    assert found[0].left_out == {LeftOut.DAMAGED: 1}
    assert found[1].chat is not None


def test_a_newer_form_is_refused(target: Path) -> None:
    target.write_text('{"sotto_chats": 2, "chats": []}', "utf-8")
    with ChatFile(target) as file, pytest.raises(ArchiveError, match="newer"):
        list(file.chats())


def test_the_schema_in_the_docs_is_the_form() -> None:
    told = (Path(__file__).parents[3] / "docs" / "EXPORT.schema.json").read_text("utf-8")
    assert told == json_form.schema(), "python -m app.archive.json_form >docs/EXPORT.schema.json"
