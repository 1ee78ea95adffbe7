"""Long chats in the real window over a real encrypted history: opening them, and what they weigh.

Each run is a process of its own, so that its memory is that of these chats alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from app.chats.database import Database, open_database
from app.chats.ids import ChatId, MessageId
from app.chats.rows import insert_chat, insert_message
from app.chats.values import Message, MessageRole
from app.paths import Paths
from app.secrets import DatabaseKey

LENGTHS: Final = (10, 1_000, 10_000)
MOST_MS: Final = {1_000: 100.0, 10_000: 150.0}
"""To the first paint."""

_PARTS: Final = (
    "The explicit scheme is stable only while the time step stays small against the spacing. ",
    "격자를 반으로 줄이면 시간 간격은 네 배로 줄어야 해요. ",
    "Write each mode as `g` and put it into the rule; **halving** costs four times as many steps. ",
    "1. Choose the spacing.\n2. Choose the step.\n3. Look at the result.\n\n",
    "```python\nfor n in range(10):\n    print(n)\n```\n\n",
)
_ROOT: Final = Path(__file__).parents[2]


def run(folder: Path) -> dict[str, Any]:
    """Milliseconds from the click to the first paint by length, and MiB for 1,000 messages."""
    folder = folder / "long_chats"  # a history of its own, with a key that no key file holds
    environ = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    environ |= {f"SOTTO_{name}_DIR": str(folder / name.lower()) for name in ("DATA", "CONFIG")}
    environ |= {f"SOTTO_{name}_DIR": str(folder / name.lower()) for name in ("CACHE", "STATE")}
    paths = Paths.from_environment(environ)
    chats = _write(open_database(paths.database, bench_key()))
    output = subprocess.run(
        [sys.executable, "-m", "tests.bench.long_chats_probe", json.dumps(chats)],
        stdout=subprocess.PIPE,
        env=environ,
        check=True,
        cwd=_ROOT,
    ).stdout
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    checks = [
        {
            "what": f"first paint of a chat of {length:,} messages, ms, median",
            "budget": f"<= {most:g}",
            "measured": found["first_paint_ms"][str(length)]["median"],
            "kept": found["first_paint_ms"][str(length)]["median"] <= most,
        }
        for length, most in MOST_MS.items()
    ]
    return {**found, "checks": checks}


def bench_key() -> DatabaseKey:
    """Not secret; the history is encrypted as a user's is."""
    return DatabaseKey(hashlib.sha256(b"bench").digest())


def _write(database: Database) -> dict[str, int]:
    """A chat of each length, in one transaction; returns their ids."""
    made = {}
    with database.transaction():
        for length in LENGTHS:
            chat = insert_chat(database, f"A chat of {length}", 1)
            made[str(length)] = int(chat.id)
            parent: MessageId | None = None
            for number in range(length):
                parent = _insert(database, chat.id, parent, number)
            database.rows("UPDATE chat SET leaf_id = ? WHERE id = ?", (parent, chat.id))
    database.close()
    return made


def _insert(
    database: Database, chat_id: ChatId, parent: MessageId | None, number: int
) -> MessageId:
    is_user = number % 2 == 0
    text = "".join(_PARTS[(number + part) % len(_PARTS)] for part in range(1 + number % 7))
    message = Message(
        MessageId(0),
        chat_id,
        parent,
        MessageRole.USER if is_user else MessageRole.ASSISTANT,
        text[:120] if is_user else text,
        1,
    )
    return insert_message(database, message, writer=None).id
