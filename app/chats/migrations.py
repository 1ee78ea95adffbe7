"""The shape of the chat history, as the steps that led to it.  Only ever append."""

from __future__ import annotations

from typing import Final

# One entry per version of the file, one statement per string.  PRAGMA user_version counts
# the steps already taken (https://sqlite.org/pragma.html#pragma_user_version).
#
# AUTOINCREMENT: an id is never used again, so that one that is still held somewhere (an
# undo, a view, another process) can never mean another chat.
# parent_id < id: a tree by construction, no cycle can be stored.
# No ON DELETE CASCADE along parent_id: SQLite runs it as nested triggers and gives up at
# 1,000 levels (https://sqlite.org/limits.html#max_trigger_depth), so chats longer than that
# could not be deleted.  Deferred, it is checked when all messages of a chat are gone.
MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """
        CREATE TABLE chat (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL CHECK (title <> ''),
            created_ms INTEGER NOT NULL,
            updated_ms INTEGER NOT NULL,
            deleted_ms INTEGER,
            leaf_id INTEGER
        ) STRICT
        """,
        "CREATE INDEX chat_by_time ON chat (updated_ms DESC, id DESC) WHERE deleted_ms IS NULL",
        """
        CREATE TABLE message (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            chat_id INTEGER NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
            parent_id INTEGER CHECK (parent_id < id),
            role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
            text TEXT NOT NULL,
            created_ms INTEGER NOT NULL,
            status TEXT NOT NULL CHECK (status IN
                ('streaming', 'complete', 'stopped', 'limit', 'failed', 'interrupted')),
            effort TEXT NOT NULL,
            preamble TEXT NOT NULL DEFAULT '',
            thoughts TEXT NOT NULL DEFAULT '[]',
            usage TEXT NOT NULL DEFAULT '{}',
            problem TEXT,
            writer TEXT,
            UNIQUE (chat_id, id),
            FOREIGN KEY (chat_id, parent_id) REFERENCES message (chat_id, id)
                DEFERRABLE INITIALLY DEFERRED
        ) STRICT
        """,
        "CREATE INDEX message_by_parent ON message (chat_id, parent_id)",
        "CREATE INDEX message_in_progress ON message (id) WHERE status = 'streaming'",
    ),
    (
        "ALTER TABLE chat ADD COLUMN response_format TEXT",
        "ALTER TABLE message ADD COLUMN format_name TEXT NOT NULL DEFAULT ''",
    ),
    (
        # What was typed and not sent; chat_id is NULL for a chat that is not there yet.
        """
        CREATE TABLE draft (
            chat_id INTEGER REFERENCES chat (id) ON DELETE CASCADE,
            text TEXT NOT NULL CHECK (text <> '')
        ) STRICT
        """,
        "CREATE UNIQUE INDEX draft_by_chat ON draft (coalesce(chat_id, 0))",
    ),
    (
        # record: `app.tools.records.CallRecord` as JSON; status stands beside it, since a
        # crash changes it.
        """
        CREATE TABLE tool_call (
            message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            status TEXT NOT NULL,
            record TEXT NOT NULL,
            PRIMARY KEY (message_id, number)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE attachment (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            text TEXT NOT NULL,
            data BLOB NOT NULL
        ) STRICT
        """,
        "CREATE INDEX attachment_by_call ON attachment (message_id, number)",
        # lines and links: JSON lists of strings.
        """
        CREATE TABLE source_page (
            message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            cursor INTEGER NOT NULL,
            url TEXT NOT NULL,
            title TEXT NOT NULL,
            lines TEXT NOT NULL,
            links TEXT NOT NULL,
            PRIMARY KEY (message_id, number)
        ) STRICT, WITHOUT ROWID
        """,
        # Names of switched-on tools as a JSON list; NULL follows the settings.
        "ALTER TABLE chat ADD COLUMN tools TEXT",
    ),
)
