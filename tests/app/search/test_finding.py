from __future__ import annotations

import pytest

from app.chats.database import StorageError
from app.search.finding import LOOKED_AT
from tests.app.search.conftest import NOW_MS, History, marked


def test_a_message_is_found_with_the_words_around_it(history: History) -> None:
    message = history.ask("Where do walruses sleep in winter?", title="Animals")

    found = history.find("WALRUS winter")

    (hit,) = found.hits
    assert (hit.chat_id, hit.chat_title) == (message.chat_id, "Animals")
    assert (hit.message_id, hit.role, hit.created_ms) == (message.id, message.role, NOW_MS)
    assert hit.snippet == "Where do walruses sleep in winter?"
    assert marked(hit) == ["walrus", "winter"]
    assert (found.total, found.is_more, found.waiting) == (1, False, 0)


def test_a_long_message_is_cut_around_the_words(history: History) -> None:
    history.ask("before " * 100 + "the walrus sleeps" + " after" * 100)

    (hit,) = history.find("walrus").hits

    assert hit.snippet.startswith("…before ")
    assert hit.snippet.endswith(" after…")
    assert len(hit.snippet) <= 162
    assert marked(hit) == ["walrus"]


def test_the_words_stand_where_even_a_narrow_list_shows_them(history: History) -> None:
    history.ask(
        "제주도에서는 바다코끼리를 볼 수 없지만 물범을 볼 수 있어요. 1일차는 동쪽 여행이에요."
    )
    history.ask("a text that is short, but too long for two lines of the list: a walrus")

    (korean,) = history.find("여행").hits
    (english,) = history.find("walrus").hits

    assert korean.snippet == "…있어요. 1일차는 동쪽 여행이에요."
    assert english.snippet == "…lines of the list: a walrus"


def test_the_place_with_most_of_the_words_is_shown(history: History) -> None:
    history.ask("walrus " + "x " * 300 + "a walrus in winter" + " y" * 300)

    (hit,) = history.find("walrus winter").hits

    assert marked(hit) == ["walrus", "winter"]


def test_a_snippet_of_an_answer_has_no_marks_of_markdown(history: History) -> None:
    text = (
        "# Walruses\n\n- **They** `sleep` on [ice](https://ice.example/a)\n\n```py\nsnake_case\n```"
    )
    history.answer(history.ask("Hello"), text)

    (hit,) = history.find("walruses").hits

    assert hit.snippet == "Walruses They sleep on ice snake_case"


def test_what_the_user_wrote_is_shown_as_it_is(history: History) -> None:
    history.ask("# walrus **and** `co`")

    (hit,) = history.find("walrus").hits

    assert hit.snippet == "# walrus **and** `co`"


def test_chats_are_found_by_their_titles_newest_first(history: History) -> None:
    history.ask("x", title="Trip to Jeju", days_ago=2)
    newer = history.ask("y", title="A trip", days_ago=1)
    history.ask("z", title="Other")

    found = history.find("trip")

    assert [hit.title for hit in found.titles] == ["A trip", "Trip to Jeju"]
    assert found.titles[0].chat_id == newer.chat_id
    assert found.titles[0].marks == ((2, 6),)
    assert found.hits == ()


def test_a_title_is_found_in_the_middle_of_a_word_too(history: History) -> None:
    history.ask("x", title="Notebook")

    (title,) = history.find("Book").titles

    assert title.marks == ((4, 8),)


def test_hits_of_a_chat_follow_each_other_the_best_chat_first(history: History) -> None:
    weak = history.ask("one walrus among " + "many other words " * 60, days_ago=3)
    history.ask("walrus " + "and other words " * 60, chat=weak.chat_id, after=weak, days_ago=3)
    strong = history.ask("walrus walrus walrus", days_ago=3)

    hits = history.find("walrus").hits

    assert [hit.chat_id for hit in hits] == [strong.chat_id, weak.chat_id, weak.chat_id]


def test_the_newer_of_two_that_are_as_good_comes_first(history: History) -> None:
    new = history.ask("a walrus", days_ago=1)
    old = history.ask("a walrus", days_ago=200)

    assert history.hits("walrus") == [new.id, old.id]


def test_one_chat_does_not_fill_the_list(history: History) -> None:
    first = history.ask("walrus")
    for _ in range(10):
        history.ask("walrus", chat=first.chat_id, after=first)
    assert len(history.find("walrus").hits) == 11

    others = [history.ask("a walrus elsewhere", days_ago=100).id for _ in range(19)]
    found = history.find("walrus")

    assert [hit.chat_id for hit in found.hits].count(first.chat_id) == 3
    assert set(others) < {hit.message_id for hit in found.hits}
    assert found.total == 30


def test_of_very_many_the_newest_are_looked_at_and_that_is_said(history: History) -> None:
    first = history.ask("walrus")
    for _ in range(LOOKED_AT):
        history.ask("walrus", chat=first.chat_id, after=first)

    found = history.find("walrus")

    assert (found.total, found.is_more) == (LOOKED_AT, True)
    assert first.id not in [hit.message_id for hit in found.hits]


def test_a_search_that_nobody_waits_for_is_given_up(history: History) -> None:
    for _ in range(30):
        history.ask("walrus")
    history.store.search.index.work(60)
    database = history.store.database
    slow = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    asked: list[bool] = []

    def is_wanted() -> bool:
        asked.append(True)
        return len(asked) < 3

    with pytest.raises(StorageError) as caught, database.while_wanted(is_wanted):
        database.rows(slow)
    assert "INTERRUPT" in caught.value.detail
    assert len(asked) == 3
    assert history.hits("walrus")


def test_only_some_chats_can_be_looked_into(history: History) -> None:
    one, _ = history.ask("walrus", title="walrus one"), history.ask("walrus", title="walrus two")
    history.store.search.index.work(60)
    chats = tuple(chat for chat in history.store.chats() if chat.id == one.chat_id)

    found = history.store.search.find("walrus", chats, NOW_MS, only_these=True)

    assert [hit.message_id for hit in found.hits] == [one.id]
    assert [title.title for title in found.titles] == ["walrus one"]
    assert history.store.search.find("walrus", (), NOW_MS, only_these=True).hits == ()


def test_an_empty_query_finds_nothing(history: History) -> None:
    history.ask("walrus", title="walrus")

    for text in ("", "  ", "-walrus", '"', "?"):
        found = history.find(text)
        assert (found.titles, found.hits) == ((), ())
