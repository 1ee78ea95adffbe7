"""From a query to the messages and chats that a person will want to see.  Storage thread only."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.chats.database import Database
from app.chats.ids import ChatId
from app.chats.message_files import files_of
from app.chats.rows import SELECT_MESSAGES, to_message
from app.chats.values import Chat, Message
from app.search.folding import Folded, Folding
from app.search.index import SearchIndex, searched_texts
from app.search.query import Query, parse
from app.search.snippets import file_snippet, snippet
from app.search.values import SearchHit, SearchResults, TitleHit

LOOKED_AT: Final = 150
"""So many messages are ranked, the newest of those that were found."""

_OF_A_CHAT: Final = 3
"""So many of each chat are shown at least, and more where there are few chats."""
_SHOWN: Final = 45
_TITLES: Final = 20
_TITLES_KNOWN: Final = 1_000
_WORDS_SEEN: Final = 3000
"""Characters at the beginning of a message that its rank is made of."""

# Okapi BM25 (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009), without the
# weights of rare words: every word of the query is in every message that is found.
_K1: Final = 1.2
_B: Final = 0.5
_USUAL_LENGTH: Final = 600
_HALF_LIFE_MS: Final = 45 * 24 * 3600 * 1000
_AGE_WEIGHT: Final = 1.0
_WHOLE_WORD: Final = 0.3

# By number, the newest first: FTS5 gives rows in this order without sorting, so that the broadest
# search costs no more than its first rows.  Sorting by its own bm25() reads all of them.
_FOUND: Final = """
    SELECT message_index.rowid FROM message_index
    CROSS JOIN message ON message.id = message_index.rowid
    CROSS JOIN chat ON chat.id = message.chat_id
    WHERE message_index MATCH ?1 AND chat.deleted_ms IS NULL AND message.deletion_id IS NULL
        AND (?3 IS NULL OR chat.id IN (SELECT value FROM json_each(?3)))
    ORDER BY message_index.rowid DESC LIMIT ?2
"""


@dataclass(frozen=True, slots=True)
class _Ranked:
    message: Message
    score: float


class Finder:
    """Finds messages and titles.  Storage thread only.

    Args:
        database: the history's.

    Attributes:
        index: what it finds them in; somebody has to have it `work`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.index = SearchIndex(database)
        self._folded: dict[str, Folded] = {}

    def find(
        self, text: str, chats: Sequence[Chat], now_ms: int, *, only_these: bool = False
    ) -> SearchResults:
        """What a typed text finds.

        Args:
            text: any.
            chats: those that are listed, the newest first.
            now_ms: Unix time in milliseconds.
            only_these: look into no other chats.
        """
        query = parse(text)
        if not query.terms:
            return SearchResults(text, waiting=self.index.waiting())
        among = json.dumps([chat.id for chat in chats]) if only_these else None
        found = self._database.rows(_FOUND, (query.match, LOOKED_AT + 1, among))
        # Sorted: private chats (`app.chats.split_database`) are found in an index of their own.
        ids = sorted((row[0] for row in found), reverse=True)
        is_more, ids = len(ids) > LOOKED_AT, ids[:LOOKED_AT]
        ranked = [_rank(one, query, self.index.folding, now_ms) for one in self._read(ids)]
        titles = {chat.id: chat.title for chat in chats}
        hits = tuple(self._hit(one, titles, query) for one in _by_chat(ranked)[:_SHOWN])
        return SearchResults(
            text,
            self._titles(query, chats),
            hits,
            total=len(ids),
            is_more=is_more,
            waiting=self.index.waiting(),
        )

    def _read(self, ids: Sequence[Any]) -> list[Message]:
        marks = ", ".join("?" * len(ids))
        rows = self._database.rows(f"{SELECT_MESSAGES} WHERE id IN ({marks})", ids)
        return [to_message(row).veiled() for row in rows]

    def _titles(self, query: Query, chats: Sequence[Chat]) -> tuple[TitleHit, ...]:
        known = self._folded
        if len(known) > _TITLES_KNOWN + 2 * len(chats):
            known.clear()  # most of them are the titles of once
        found: list[TitleHit] = []
        plain = self.index.folding.fold(query.text).text
        for chat in chats:
            folded = known.get(chat.title)
            if folded is None:
                folded = known[chat.title] = self.index.folding.fold(chat.title)
            if all(pattern.search(folded.text) for pattern in query.patterns):
                marks = query.marks(chat.title, self.index.folding)
            elif (place := folded.text.find(plain)) >= 0:
                marks = (folded.original(place, place + len(plain)),)  # in the middle of a word
            else:
                continue
            found.append(TitleHit(chat.id, chat.title, chat.updated_ms, marks))
            if len(found) == _TITLES:
                break
        return tuple(found)

    def _hit(self, message: Message, titles: dict[ChatId, str], query: Query) -> SearchHit:
        line, marks = snippet(message, query, self.index.folding)
        if not marks and (files := files_of(self._database, (message.id,))):
            whole = replace(message, files=files[message.id])
            of_files, marks_there = file_snippet(whole, query, self.index.folding)
            line, marks = (of_files, marks_there) if marks_there else (line, marks)
        return SearchHit(
            chat_id=message.chat_id,
            chat_title=titles.get(message.chat_id, ""),
            message_id=message.id,
            role=message.role,
            created_ms=message.created_ms,
            snippet=line,
            marks=marks,
        )


def _rank(message: Message, query: Query, folding: Folding, now_ms: int) -> _Ranked:
    text = "\n".join(searched_texts(message))
    folded = folding.fold(text[:_WORDS_SEEN]).text
    long = 1 - _B + _B * len(folded) / _USUAL_LENGTH
    score = 0.0
    for pattern, whole in zip(query.patterns, query.whole_words, strict=True):
        often = len(pattern.findall(folded))
        if often:
            score += often * (_K1 + 1) / (often + _K1 * long)
            score += _WHOLE_WORD if whole.search(folded) else 0.0
    age_ms = max(0, now_ms - message.created_ms)
    return _Ranked(message, score + _AGE_WEIGHT * math.exp2(-age_ms / _HALF_LIFE_MS))


def _by_chat(ranked: Sequence[_Ranked]) -> list[Message]:
    """The best of each chat, the chat with the best one first."""
    chats: dict[ChatId, list[Message]] = {}
    for one in sorted(ranked, key=lambda one: (-one.score, -one.message.id)):
        chats.setdefault(one.message.chat_id, []).append(one.message)
    most = max(_OF_A_CHAT, _SHOWN // max(1, len(chats)))
    return [message for found in chats.values() for message in found[:most]]
