"""A service over a file that may die, a view that applies what it hears, and what must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.chats.branch_places import BranchPlace
from app.chats.changes import (
    AnswerTextAdded,
    AnswerThoughtAdded,
    BranchesChanged,
    BusyChanged,
    ChatChange,
    ChatOpened,
    ChatsChanged,
    MessageAdded,
    MessageEnded,
    SendRefused,
)
from app.chats.database import open_database
from app.chats.ids import ChatId, MessageId
from app.chats.storage_thread import StorageThread
from app.chats.store import ChatStore
from app.chats.values import Message, MessageRole
from app.chats.writer import Writer
from app.secrets import DatabaseKey
from engine.events import EngineEvent, Finished, StopReason, Usage
from engine.harmony.messages import Effort
from tests.app.service.conftest import Bench, ScriptedEngine
from tests.app.service.test_chats_walk import LineEngine

KEY = DatabaseKey(bytes(range(32)))
DEAD = Writer.parse("1 0.0 dead")


class MortalStore(ChatStore):
    """A store whose process may be killed: then nothing is put in order any more."""

    is_killed = False

    def close(self) -> None:
        if self.is_killed:
            self.database.close()
        else:
            super().close()


class View:
    """What a window shows that applies the changes, and nothing else."""

    def __init__(self) -> None:
        self.chat: ChatId | None = None
        self.branch: list[Message] = []
        self.places: dict[MessageId, BranchPlace] = {}
        self.listed: tuple[ChatId, ...] = ()
        self.refused: list[str] = []
        self.is_busy = False

    @property
    def ids(self) -> list[MessageId]:
        return [one.id for one in self.branch]

    def apply(self, change: ChatChange) -> None:
        match change:
            case ChatOpened(chat=chat, messages=messages):
                self.chat = chat.id if chat else None
                self.branch, self.places = list(messages), {}
            case ChatsChanged(chats=chats):
                self.listed = tuple(chat.id for chat in chats)
            case MessageAdded(message=message):
                assert message.parent_id == (self.ids[-1] if self.branch else None)
                self.branch.append(message)
            case MessageEnded(message=message):
                self.branch[self.ids.index(message.id)] = message
            case AnswerTextAdded(message_id=id_, text=text):
                at = self.ids.index(id_)
                self.branch[at] = replace(self.branch[at], text=self.branch[at].text + text)
            case AnswerThoughtAdded(message_id=id_, piece=piece):
                at = self.ids.index(id_)
                thoughts = (*self.branch[at].thoughts, piece)
                self.branch[at] = replace(self.branch[at], thoughts=thoughts)
            case BranchesChanged(places=places):
                self.places = dict(places)
            case BusyChanged(is_busy=is_busy):
                self.is_busy = is_busy
            case SendRefused(text=text):
                self.refused.append(text)
            case _:
                pass


class TreeBench(Bench):
    """A service over a file, with a view of it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.view = View()
        super().__init__()
        self.service.subscribe(self.view.apply)
        assert isinstance(self.engine, LineEngine)
        self.line = self.engine
        self.found.set()
        self.service.start()
        self.settle()

    def make_storage(self) -> StorageThread:
        return StorageThread(self._opened)

    def make_engine(self, emit: Callable[[EngineEvent], None]) -> ScriptedEngine:
        return LineEngine(emit)

    def _opened(self) -> ChatStore:
        self.store = MortalStore(open_database(self.file, KEY), DEAD)
        self.store.mark_interrupted()
        return self.store

    def die(self) -> None:
        """The process is killed, wherever it is."""
        self.store.is_killed = True
        self.storage.close()
        self.chores.shutdown()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.storage.submit(lambda store: store.database.rows(statement)).result()

    # ---- what must hold

    def check(self) -> None:
        """Everything that holds whenever nothing is under way."""
        self.check_tree()
        self.check_view()

    def check_tree(self) -> None:
        """Each chat has exactly one branch that is shown, from a beginning to an end."""
        messages = {row[0]: row[1:] for row in self.rows(_MESSAGES)}
        living = {id_ for id_, (_, _, _, deletion) in messages.items() if deletion is None}
        deletions = {row[0] for row in self.rows("SELECT id FROM deletion")}
        parents = {messages[id_][1] for id_ in living}
        for chat_id, parent, _, deletion in messages.values():
            assert deletion is None or deletion in deletions
            assert parent is None or messages[parent][0] == chat_id
            assert parent is None or parent in living or deletion is not None, "it hangs on nothing"
        for chat_id, leaf in self.rows("SELECT id, leaf_id FROM chat"):
            assert leaf is not None or not any(messages[id_][0] == chat_id for id_ in living)
            if leaf is not None:
                assert leaf in living
                assert leaf not in parents, "the branch goes on"
                assert messages[leaf][0] == chat_id
        streaming = [id_ for id_, row in messages.items() if row[2] == "streaming"]
        assert len(streaming) == len(self.line.chats)
        assert len(set(self.line.chats.values())) == len(self.line.chats), "one answer in a chat"

    def check_view(self) -> None:
        """The view shows what the store says."""
        view = self.view
        assert view.is_busy == self.service.is_busy
        if view.chat is None:
            assert view.branch == []
            return
        chat_id = view.chat
        stored = self.storage.submit(lambda store: store.branch(chat_id)).result()
        assert view.ids == [one.id for one in stored]
        running = self.service._answers.message_id(chat_id)
        live = self.service._answers.with_live(stored)
        for shown, kept, is_so in zip(view.branch, stored, live, strict=True):
            if kept.id == running:
                assert (shown.text, shown.thoughts) == (is_so.text, is_so.thoughts)
                assert shown.text.startswith(kept.text)
            else:
                assert shown == kept
        assert view.places == _places(self.rows(_LIVING.format(chat_id)), view.ids)

    def texts(self) -> set[str]:
        """Everything that a user wrote and that is in the file."""
        return {row[0] for row in self.rows("SELECT text FROM message WHERE role = 'user'")}


class Deeds:
    """What a person does, and what the model does; a number picks among what there is.

    Attributes:
        bench: where it is done.
        written: every text that was sent.
    """

    bench: TreeBench
    written: set[str]

    @property
    def ids(self) -> list[MessageId]:
        return self.bench.view.ids

    def settle(self) -> None:
        self.bench.settle()
        self.bench.settle()

    def text(self) -> str:
        made = f"text {len(self.written)}"
        self.written.add(made)
        return made

    # ---- what people do

    def do_send(self, pick: int) -> None:
        self.bench.service.send(self.text(), _EFFORTS[pick % 3])

    def do_edit(self, pick: int) -> None:
        asked = [one.id for one in self.bench.view.branch if one.role is MessageRole.USER]
        if asked:
            text = self.text()
            self.bench.service.tree.edit(asked[-1 - pick % len(asked)], text, _EFFORTS[pick % 3])

    def do_again(self, pick: int) -> None:
        if self.ids:
            effort = [None, *_EFFORTS][pick % 4]
            self.bench.service.tree.answer_again(self.ids[-1 - pick % len(self.ids)], effort)

    def do_go_on(self, _pick: int) -> None:
        if self.ids:
            self.bench.service.tree.go_on(self.ids[-1])

    def do_show(self, pick: int) -> None:
        ids = [one for place in self.bench.view.places.values() for one in place.ids]
        if ids:
            self.bench.service.tree.show(ids[pick % len(ids)])

    def do_delete(self, pick: int) -> None:
        if self.ids:
            self.bench.service.tree.delete(self.ids[-1 - pick % len(self.ids)])

    def do_undo(self, _pick: int) -> None:
        self.bench.service.undo()

    def do_fork(self, pick: int) -> None:
        if self.ids:
            self.bench.service.tree.fork(self.ids[-1 - pick % len(self.ids)])

    def do_open(self, pick: int) -> None:
        if listed := self.bench.view.listed:
            self.bench.service.open_chat(listed[pick % len(listed)])

    def do_new(self, _pick: int) -> None:
        self.bench.service.new_chat()

    def do_delete_chat(self, pick: int) -> None:
        if listed := self.bench.view.listed:
            self.bench.service.delete_chat(listed[pick % len(listed)])

    def do_stop(self, _pick: int) -> None:
        self.bench.service.stop()

    # ---- what the model does

    def do_words(self, _pick: int) -> None:
        self.bench.line.compute("text")

    def do_thought(self, _pick: int) -> None:
        self.bench.line.compute("thought")

    def do_end(self, pick: int) -> None:
        if pick % 3 == 2 and self.bench.line.line:
            turn = self.bench.line.line[0]
            self.bench.line._end(Finished(turn, StopReason.TOKEN_LIMIT, Usage(reply_tokens=1)))
        else:
            self.bench.line.compute(["end", "fail"][pick % 2])


_EFFORTS = list(Effort)
_MESSAGES = "SELECT id, chat_id, parent_id, status, deletion_id FROM message"
_LIVING = "SELECT id, parent_id FROM message WHERE chat_id = {} AND deletion_id IS NULL ORDER BY id"


def _places(living: list[tuple[Any, ...]], branch: list[MessageId]) -> dict[MessageId, BranchPlace]:
    """From the rows themselves, in the plainest way."""
    parent_of = dict(living)
    places = {}
    for id_ in branch:
        siblings = tuple(one for one, parent in living if parent == parent_of[id_])
        if len(siblings) > 1:
            places[id_] = BranchPlace(siblings, siblings.index(id_))
    return places
