from __future__ import annotations

from app.attachments.parts import DraftFile, FileChoice, FileNote, FilePart, ReadFile, attached
from app.attachments.values import FileKind, PartUnit
from app.chats.ids import ChatId
from app.chats.store import ChatStore

PARTS = (FilePart("One", 1, 1, tokens=2), FilePart("Two \ud83d", 2, 2, "Two", 3))
FILE = ReadFile("r.pdf", FileKind.PDF, PartUnit.PAGE, 3, PARTS, FileNote.REST_UNREAD, "head")
CHOICE = FileChoice(FILE, frozenset({1}), "In short")
WHOLE = DraftFile(attached(FILE, {0, 1}))


def test_files_that_wait_are_kept_by_chat_with_all_their_parts(store: ChatStore) -> None:
    drafts = store.drafts.files
    chat = store.create_chat("A", 1)
    plain = ReadFile("a.txt", FileKind.TEXT, PartUnit.LINE, 1, (FilePart("Hi\n", 1, 1),))
    first = DraftFile(attached(plain, {0}), FileChoice(plain, frozenset({0})))
    drafts.keep(None, (first,))
    drafts.keep(chat.id, (WHOLE, first))
    found = drafts.all()
    assert found[None] == (first,)
    assert found[chat.id][1] == first
    assert found[chat.id][0].attached.text == "OneTwo \ufffd"
    drafts.keep(None, ())
    assert set(drafts.all()) == {chat.id}


def test_a_choice_comes_back_as_it_was(memory: ChatStore) -> None:
    draft = DraftFile(CHOICE.attached, CHOICE)
    memory.drafts.files.keep(None, (draft,))
    (kept,) = memory.drafts.files.all()[None]
    assert kept.choice is not None
    assert kept.choice.chosen == CHOICE.chosen
    assert kept.choice.summary == "In short"
    assert kept.choice.file.note is FileNote.REST_UNREAD
    assert kept.attached.is_summary


def test_nothing_is_kept_for_a_chat_that_is_gone(memory: ChatStore) -> None:
    memory.drafts.files.keep(ChatId(99), (WHOLE,))
    assert memory.drafts.files.all() == {}
