from __future__ import annotations

from ui.palette.entries import CHATS_WITHOUT_WORDS, MOST, Entry, EntryIndex, EntryKind


def action(title: str, also: str = "", why_not: str = "") -> Entry:
    return Entry(title.lower(), EntryKind.ACTION, title, "Chats", also=also, why_not=why_not)


def chat(title: str) -> Entry:
    return Entry(title, EntryKind.CHAT, title, "2026-11-26")


def titles(index: EntryIndex, query: str) -> list[str]:
    return [hit.entry.title for hit in index.find(query)]


def test_without_words_what_was_used_last_comes_first_and_chats_come_last() -> None:
    chats = [chat(f"Chat {number}") for number in range(20)]
    setting = Entry("t", EntryKind.SETTING, "Temperature", "Answers")
    entries = [action("New chat"), action("Settings"), setting, *chats]
    shown = titles(EntryIndex(entries, recent=["settings", "gone"]), " ")
    assert shown[:2] == ["Settings", "New chat"]
    assert shown[2:] == [one.title for one in chats[:CHATS_WITHOUT_WORDS]]


def test_a_name_goes_before_other_words_for_it() -> None:
    index = EntryIndex([action("Look", also="dark light"), action("Dark look")])
    assert titles(index, "dark") == ["Dark look", "Look"]


def test_what_was_used_last_goes_before_its_equals() -> None:
    entries = [action("Rename A"), action("Rename B")]
    assert titles(EntryIndex(entries), "rename") == ["Rename A", "Rename B"]
    assert titles(EntryIndex(entries, ["rename b"]), "rename")[0] == "Rename B"


def test_an_action_goes_before_a_chat_of_the_same_name() -> None:
    found = EntryIndex([chat("Settings"), action("Settings")]).find("settings")
    assert [hit.entry.kind for hit in found] == [EntryKind.ACTION, EntryKind.CHAT]


def test_what_cannot_be_done_goes_behind_what_can() -> None:
    entries = [action("Stop it", why_not="Nothing is written."), action("Stop this")]
    assert titles(EntryIndex(entries), "stop") == ["Stop this", "Stop it"]


def test_letters_strewn_over_a_title_do_not_stand_beside_a_real_name() -> None:
    index = EntryIndex([action("New chat"), chat("Brennholz, Wachs und Harz")])
    assert titles(index, "new") == ["New chat"]


def test_a_chat_is_found_by_its_title_alone() -> None:
    assert titles(EntryIndex([chat("Heat pump")]), "2026") == []


def test_the_letters_of_the_title_are_marked() -> None:
    (hit,) = EntryIndex([action("New chat")]).find("nc")
    assert hit.marks == (0, 4)


def test_no_more_are_found_than_anybody_reads() -> None:
    chats = [chat(f"Chat {number}") for number in range(500)]
    assert len(EntryIndex(chats).find("chat")) == MOST
