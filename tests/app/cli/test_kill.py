"""SIGKILL at random moments of real turns: nothing that was committed is lost."""

from __future__ import annotations

import os
import random
import select
import subprocess

import pytest

from app.chats.database import open_database
from app.chats.store import ChatStore
from app.chats.values import Message, MessageRole, MessageStatus
from app.paths import Paths
from app.secrets import DatabaseKey, KeyVault
from tests.program import SOTTO

KILLS_PER_HISTORY = 10
SECONDS_TO_START = 30.0


def ask_and_kill(environ: dict[str, str], question: str, chance: random.Random) -> bool:
    """Ask in a process of its own and kill it somewhere; returns whether it had begun to answer.

    The first line on stdout proves that question and answer were committed, since the
    engine hears of a turn only after that.  The moment after that line is drawn at random,
    and so is, every third time, a moment before it.
    """
    command = [SOTTO, "ask", question, "--json"]
    process = subprocess.Popen(
        [*command, "--chat", "kills", "--effort", "medium"],
        stdout=subprocess.PIPE,
        env=os.environ | environ,
    )
    assert process.stdout is not None
    patience = chance.uniform(0.3, 1.5) if chance.random() < 1 / 3 else SECONDS_TO_START
    has_begun = bool(select.select([process.stdout], [], [], patience)[0])
    if has_begun:
        # A time-out is the wait here: the stream is watched for a line that never counts.
        reading, writing = os.pipe()
        select.select([reading], [], [], chance.uniform(0.0, 0.25))
        os.close(reading)
        os.close(writing)
    process.kill()
    process.communicate()
    return has_begun


def history(paths: Paths, key: DatabaseKey) -> tuple[Message, ...]:
    """The whole chat, read after a crash as a new process does."""
    database = open_database(paths.database, key)
    try:
        assert database.rows("PRAGMA integrity_check") == [("ok",)]
        store = ChatStore(database)
        store.mark_interrupted()
        chat = store.find_chat_by_title("kills")
        return store.branch(chat.id) if chat else ()
    finally:
        database.close()


@pytest.mark.parametrize("seed", range(5))
def test_no_committed_message_is_lost_and_the_history_always_opens(
    environ: dict[str, str], seed: int
) -> None:
    chance = random.Random(seed)
    paths = Paths.from_environment(environ)
    key: DatabaseKey | None = None  # stays the same, and half a second is needed to find it out
    committed: list[str] = []
    for number in range(KILLS_PER_HISTORY):
        question = f"Question {number}: how do I fix my bike?"
        if ask_and_kill(environ, question, chance):
            committed.append(question)
        if not paths.database.exists():
            assert not committed
            continue
        key = key or KeyVault(paths.data, environ).open_unattended()
        messages = history(paths, key)
        asked = [message.text for message in messages if message.role is MessageRole.USER]
        assert [text for text in asked if text in committed] == committed
        assert not [m for m in messages if m.status is MessageStatus.STREAMING]
    assert committed
