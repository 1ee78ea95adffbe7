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
    (
        # What may run without a question.  value and folder: `app.permissions.rules`.
        """
        CREATE TABLE permission_rule (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            chat_id INTEGER REFERENCES chat (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('code', 'search', 'host', 'function')),
            value TEXT NOT NULL,
            folder TEXT NOT NULL,
            is_read_only INTEGER NOT NULL CHECK (is_read_only IN (0, 1)),
            created_ms INTEGER NOT NULL,
            expires_ms INTEGER NOT NULL,
            last_used_ms INTEGER NOT NULL DEFAULT 0,
            revoked_ms INTEGER
        ) STRICT
        """,
        "CREATE INDEX permission_rule_by_chat ON permission_rule (chat_id)",
        # Every call, decision and outcome.  chat_id is no reference: what was let run stays
        # known when its chat is gone.
        """
        CREATE TABLE permission_record (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at_ms INTEGER NOT NULL,
            event TEXT NOT NULL CHECK (event IN ('asked', 'allowed', 'denied', 'withdrawn',
                'ended', 'refused', 'rule_made', 'rule_revoked', 'rule_restored', 'cleared')),
            call TEXT NOT NULL CHECK (call <> ''),
            chat_id INTEGER,
            message_id INTEGER,
            tool TEXT NOT NULL,
            target TEXT NOT NULL,
            body TEXT NOT NULL,
            decided_by TEXT NOT NULL,
            scope TEXT NOT NULL,
            reason TEXT NOT NULL,
            rule_id INTEGER NOT NULL,
            suggested_by TEXT NOT NULL,
            status TEXT NOT NULL,
            took_ms INTEGER NOT NULL,
            result_chars INTEGER NOT NULL,
            result_digest TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX permission_record_by_call ON permission_record (call, id)",
        # Only ever appended to.  The user may delete all of it, which puts a row in here for
        # as long as it takes.
        "CREATE TABLE permission_clearing (asked_ms INTEGER NOT NULL) STRICT",
        """
        CREATE TRIGGER permission_record_is_not_changed BEFORE UPDATE ON permission_record
        BEGIN SELECT RAISE(ABORT, 'the record is only ever appended to'); END
        """,
        """
        CREATE TRIGGER permission_record_is_not_deleted BEFORE DELETE ON permission_record
        WHEN NOT EXISTS (SELECT 1 FROM permission_clearing)
        BEGIN SELECT RAISE(ABORT, 'the record is only ever appended to'); END
        """,
        # INSERT OR REPLACE deletes without the trigger above
        # (https://sqlite.org/lang_conflict.html).
        """
        CREATE TRIGGER permission_record_is_not_replaced BEFORE INSERT ON permission_record
        WHEN EXISTS (SELECT 1 FROM permission_record WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the record is only ever appended to'); END
        """,
    ),
    (
        # The files of the folder that python works in, as after its last call.
        """
        CREATE TABLE chat_file (
            chat_id INTEGER NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
            name TEXT NOT NULL CHECK (name <> ''),
            changed_ms INTEGER NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (chat_id, name)
        ) STRICT
        """,
        # Chats that had a notebook, whose variables are gone when it is.
        """
        CREATE TABLE notebook (
            chat_id INTEGER PRIMARY KEY REFERENCES chat (id) ON DELETE CASCADE
        ) STRICT
        """,
    ),
    ("ALTER TABLE chat ADD COLUMN instructions TEXT NOT NULL DEFAULT ''",),
    (
        # Evaluations of the model (`app.lab`).  model, settings and record: `app.lab.values`
        # as JSON.
        """
        CREATE TABLE lab_run (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            evaluation TEXT NOT NULL,
            model TEXT NOT NULL,
            digest TEXT NOT NULL,
            settings TEXT NOT NULL,
            started_ms INTEGER NOT NULL,
            changed_ms INTEGER NOT NULL,
            total INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX lab_run_by_model ON lab_run (digest, id)",
        """
        CREATE TABLE lab_outcome (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES lab_run (id) ON DELETE CASCADE,
            item_id TEXT NOT NULL,
            effort TEXT NOT NULL,
            variant TEXT NOT NULL,
            record TEXT NOT NULL,
            UNIQUE (run_id, item_id, effort, variant)
        ) STRICT
        """,
    ),
    (
        # The model's own summary of the thoughts (`app.chats.summary_rows`); NULL is none yet.
        "ALTER TABLE message ADD COLUMN summary TEXT",
    ),
    # `app.safeguard.message_check.MessageCheck` as JSON; "" where nothing was to be checked.
    ("ALTER TABLE message ADD COLUMN checked TEXT NOT NULL DEFAULT ''",),
    (
        # What the model gets of a file (`app.attachments.values.AttachedFile`); about: the rest
        # of it as JSON.
        """
        CREATE TABLE message_file (
            message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            about TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (message_id, number)
        ) STRICT, WITHOUT ROWID
        """,
    ),
    (
        # What thinking took (`app.chats.effort_times`).  No reference: numbers may outlive a chat.
        """
        CREATE TABLE effort_time (
            message_id INTEGER PRIMARY KEY,
            model TEXT NOT NULL,
            effort TEXT NOT NULL,
            thought_tokens INTEGER NOT NULL,
            thought_seconds REAL NOT NULL
        ) STRICT
        """,
        "CREATE INDEX effort_time_by_model ON effort_time (model, effort, message_id)",
    ),
    (
        # Prompts of the user's own (`app.prompts`), and what was last filled into their blanks;
        # "prompt" there is `app.prompts.values.Prompt.key`.
        """
        CREATE TABLE prompt (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL CHECK (name <> ''),
            text TEXT NOT NULL CHECK (text <> '')
        ) STRICT
        """,
        """
        CREATE TABLE prompt_blank (
            prompt TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (prompt, name)
        ) STRICT, WITHOUT ROWID
        """,
        # Words that the spell check is to let pass: names of people, so they are kept here.
        "CREATE TABLE known_word (word TEXT PRIMARY KEY CHECK (word <> '')) STRICT, WITHOUT ROWID",
    ),
    (
        # Folders of the sidebar.  A deleted one keeps its chats until it is purged, so that it
        # can come back; chats of it count as in none.
        """
        CREATE TABLE folder (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL CHECK (name <> ''),
            position INTEGER NOT NULL,
            is_open INTEGER NOT NULL DEFAULT 1 CHECK (is_open IN (0, 1)),
            deleted_ms INTEGER
        ) STRICT
        """,
        "ALTER TABLE chat ADD COLUMN folder_id INTEGER REFERENCES folder (id) ON DELETE SET NULL",
        "CREATE INDEX chat_by_folder ON chat (folder_id) WHERE folder_id IS NOT NULL",
        "ALTER TABLE chat ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0",
        # A JSON list of strings, sorted.
        "ALTER TABLE chat ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",
        # Nobody knows any more whose titles the older ones are: they are left as they are.
        "ALTER TABLE chat ADD COLUMN title_by TEXT NOT NULL DEFAULT 'user'",
    ),
    (
        # The words of messages (`app.search.index`) and what has yet to be done for it:
        # messages to be indexed, and whether something is left of words of messages that are gone.
        """
        CREATE VIRTUAL TABLE message_index USING fts5 (
            text, content = '', contentless_delete = 1,
            tokenize = 'unicode61 remove_diacritics 2'
        )
        """,
        "CREATE TABLE unindexed (message_id INTEGER PRIMARY KEY) STRICT",
        "CREATE TABLE unindexed_remains (id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT",
        "INSERT INTO unindexed SELECT id FROM message WHERE status <> 'streaming'",
        """
        CREATE TRIGGER message_came AFTER INSERT ON message WHEN NEW.status <> 'streaming'
        BEGIN INSERT OR IGNORE INTO unindexed VALUES (NEW.id); END
        """,
        """
        CREATE TRIGGER message_changed AFTER UPDATE OF text, preamble, status, checked ON message
        WHEN NEW.status <> 'streaming'
        BEGIN INSERT OR IGNORE INTO unindexed VALUES (NEW.id); END
        """,
        """
        CREATE TRIGGER message_file_came AFTER INSERT ON message_file BEGIN
            INSERT OR IGNORE INTO unindexed
                SELECT id FROM message WHERE id = NEW.message_id AND status <> 'streaming';
        END
        """,
        """
        CREATE TRIGGER message_went AFTER DELETE ON message BEGIN
            DELETE FROM unindexed WHERE message_id = OLD.id;
            DELETE FROM message_index WHERE rowid = OLD.id;
            INSERT OR IGNORE INTO unindexed_remains VALUES (1);
        END
        """,
    ),
    (
        # Where chats that were brought in come from (`app.archive`), so that none comes twice.
        """
        CREATE TABLE imported (
            source TEXT PRIMARY KEY,
            chat_id INTEGER NOT NULL REFERENCES chat (id) ON DELETE CASCADE
        ) STRICT
        """,
        "CREATE INDEX imported_by_chat ON imported (chat_id)",
    ),
    (
        # A message that was deleted with all that follows it (`app.chats.stored_tree`), until
        # it is purged or brought back.
        """
        CREATE TABLE deletion (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            chat_id INTEGER NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
            message_id INTEGER NOT NULL,
            deleted_ms INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX deletion_by_chat ON deletion (chat_id)",
        # Each message that is not there any more has the number of its deletion.
        "ALTER TABLE message ADD COLUMN deletion_id INTEGER",
        "CREATE INDEX message_by_deletion ON message (deletion_id) WHERE deletion_id IS NOT NULL",
        # Where several messages follow one: which of them was on the branch that was shown last.
        "ALTER TABLE message ADD COLUMN shown_child_id INTEGER",
        # With the deletion, so that the forks of a chat are found in the index alone.
        "DROP INDEX message_by_parent",
        "CREATE INDEX message_by_parent ON message (chat_id, parent_id, deletion_id)",
    ),
    (
        # Files that wait in the composer: `app.attachments.parts.DraftFile` as JSON; chat_id as
        # in draft.
        """
        CREATE TABLE draft_file (
            chat_id INTEGER REFERENCES chat (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            record TEXT NOT NULL
        ) STRICT
        """,
        "CREATE UNIQUE INDEX draft_file_by_chat ON draft_file (coalesce(chat_id, 0), number)",
    ),
)
