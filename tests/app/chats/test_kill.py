"""Kills a process that stores turns, 50 times and more, and looks for what it had promised."""

from __future__ import annotations

import hashlib
import json
import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.chats.database import open_database
from app.chats.ids import ChatId, MessageId
from app.chats.store import ChatStore
from app.chats.values import Message, MessageStatus
from app.secrets import DatabaseKey

ROOT = Path(__file__).resolve().parents[3]
KEY = DatabaseKey(bytes(range(32)))

# Imports once and forks a fresh writer for every line it reads; the writer says what is
# committed as one line of JSON right after the commit, in one write that is small enough for
# a pipe to take it whole or not at all (4 KiB).  Forking happens before any thread or
# connection exists.
NURSERY = """
import hashlib, json, os, sys
from dataclasses import replace
from pathlib import Path
from app.chats.database import open_database
from app.chats.storage_thread import StorageThread
from app.chats.store import ChatStore
from app.chats.values import MessageStatus
from app.secrets import DatabaseKey
from engine.analysis_filter import ThoughtPiece
from engine.harmony.messages import Effort

def say(*words):
    os.write(1, (json.dumps(words) + "\\n").encode())

def committed(kind, message):
    digest = hashlib.sha256(message.text.encode()).hexdigest()
    say(kind, message.chat_id, message.id, len(message.text), digest)

def open_store(file):
    database = open_database(file, DatabaseKey(bytes(range(32))))
    database.rows("PRAGMA wal_autocheckpoint = 16")  # so that kills fall into checkpoints, too
    return ChatStore(database)

def write(file, round_number):
    storage = StorageThread(lambda: open_store(file))
    do = lambda function: storage.submit(function).result()
    do(ChatStore.mark_interrupted)
    chat_id = parent_id = None
    for turn in range(10_000):
        text = f"question {round_number} {turn} " + "질문 " * (turn * 37 % 500)
        def ask(store):
            chat, question = store.append_user(
                chat_id, parent_id, text, Effort.LOW, turn, title=f"round {round_number}")
            return question, store.begin_answer(question.id, Effort.LOW, turn)
        question, answer = do(ask)
        chat_id, parent_id = question.chat_id, answer.id
        committed("asked", question)
        for length in range(500, 3000, 500):
            answer = replace(answer, text="답 " * length, thoughts=(ThoughtPiece("so"),) * 9)
            do(lambda store: store.update_answer(answer))
            committed("partial", answer)
        done = replace(answer, status=MessageStatus.COMPLETE)
        do(lambda store: store.finish_answer(done))
        committed("finished", done)

say("ready")
for line in sys.stdin:
    file, round_number = json.loads(line)
    pid = os.fork()
    if pid == 0:
        try:
            write(Path(file), round_number)
        finally:
            os._exit(1)
    say("born", pid)
    os.waitpid(pid, 0)
    say("dead")
"""


@dataclass(frozen=True)
class Promise:
    """What a writer said it had committed: a message whose text is, or begins with, this."""

    kind: str
    chat_id: int
    message_id: int
    length: int
    sha256: str


@dataclass
class Nursery:
    """The parent of all writers."""

    process: subprocess.Popen[bytes]
    random: random.Random
    _unread: bytearray = field(default_factory=bytearray)

    def line(self) -> list[Any]:
        assert self.process.stdout is not None
        while b"\n" not in self._unread:
            chunk = os.read(self.process.stdout.fileno(), 1 << 16)
            assert chunk, "the nursery has ended"
            self._unread += chunk
        line, _, rest = self._unread.partition(b"\n")
        self._unread = bytearray(rest)
        read = json.loads(line)
        assert isinstance(read, list)
        return read

    def kill_one(self, file: Path, number: int, *, after_lines: int) -> list[Promise]:
        """Have a writer work on a file, kill it, and return what it said it had committed.

        It dies a random few milliseconds after its so-many-th line.
        """
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([str(file), number]).encode() + b"\n")
        self.process.stdin.flush()
        born, pid = self.line()
        assert born == "born"
        assert isinstance(pid, int)
        said = [Promise(*self.line()) for _ in range(after_lines)]
        # Not a wait for something: the moment of death is to fall anywhere in the next commits.
        select.select([], [], [], self.random.uniform(0, 0.02))
        os.kill(pid, signal.SIGKILL)
        while (line := self.line()) != ["dead"]:
            said.append(Promise(*line))
        return said


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        made = Nursery(process, random.Random(20))
        assert made.line() == ["ready"]
        yield made
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0


def look_for(said: list[Promise], file: Path) -> None:
    """Open what a dead writer left and find everything it had promised."""
    database = open_database(file, KEY)
    store = ChatStore(database)
    assert database.rows("PRAGMA cipher_integrity_check") == []
    assert database.rows("PRAGMA integrity_check") == [("ok",)]
    store.mark_interrupted()
    kept: dict[MessageId, Message] = {}
    for chat in store.chats():
        kept |= {message.id: message for message in store.branch(ChatId(chat.id))}
    assert all(message.status is not MessageStatus.STREAMING for message in kept.values())
    for promised in said:
        message = kept[MessageId(promised.message_id)]
        start = message.text[: promised.length].encode()
        assert hashlib.sha256(start).hexdigest() == promised.sha256
        if promised.kind == "partial":
            assert len(message.thoughts) == 9
        else:
            assert len(message.text) == promised.length
            assert message.status is MessageStatus.COMPLETE
    store.close()


@pytest.mark.serial
def test_fifty_kills_in_mid_turn_lose_nothing_that_was_committed(
    nursery: Nursery, file: Path
) -> None:
    said: list[Promise] = []
    for number in range(50):
        lines = nursery.random.randrange(25)
        said += nursery.kill_one(file, number, after_lines=lines)
        look_for(said, file)

    kinds = {kind: sum(one.kind == kind for one in said) for kind in ("asked", "finished")}
    assert kinds["asked"] > kinds["finished"] > 25


@pytest.mark.serial
def test_a_kill_while_the_file_is_made_leaves_one_that_opens(
    nursery: Nursery, tmp_path: Path
) -> None:
    for number in range(15):
        file = tmp_path / f"{number}.db"
        look_for(nursery.kill_one(file, number, after_lines=0), file)
