"""Rules and the record in the database.  Storage thread only."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from app.chats.call_rows import storable
from app.chats.database import Database
from app.chats.ids import ChatId
from app.permissions.judging import Judgement
from app.permissions.record import Entry, Event, ListedRule, RecordedCall
from app.permissions.rule_text import rule_text
from app.permissions.rules import Pattern, Rule
from app.tools.values import TargetKind

_RULE: Final = (
    "SELECT permission_rule.id, kind, value, folder, is_read_only, chat_id,"
    " permission_rule.created_ms, expires_ms, last_used_ms FROM permission_rule"
    " LEFT JOIN chat ON chat.id = chat_id"
    " WHERE revoked_ms IS NULL AND (chat_id IS NULL OR chat.deleted_ms IS NULL)"
)
_ENTRY_FIELDS: Final = tuple(field.name for field in fields(Entry))
_ENTRY: Final = f"SELECT {', '.join(_ENTRY_FIELDS)} FROM permission_record"  # noqa: S608 - our names
_ADD: Final = (
    f"INSERT INTO permission_record ({', '.join(_ENTRY_FIELDS)})"  # noqa: S608 - as above
    f" VALUES ({', '.join('?' for _ in _ENTRY_FIELDS)})"
)


class StoredPermissions:
    """The rules and the record; each method is one transaction, as in `ChatStore`.

    Several processes may use the same file, so a rule counts by what the file says now.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- decisions

    def judge(
        self,
        judge: Callable[[Sequence[Rule]], Judgement],
        entry_of: Callable[[Judgement], Entry],
    ) -> Judgement:
        """Hold a call against the rules and put what follows from it into the record.

        Args:
            judge: given the rules, the newest first.
            entry_of: the entry to write.
        """
        with self._database.transaction():
            found = judge(self._rules())
            entry = entry_of(found)
            if found.rule is not None:
                self._database.rows(
                    "UPDATE permission_rule SET last_used_ms = max(last_used_ms, ?) WHERE id = ?",
                    (entry.at_ms, found.rule.id),
                )
            self._append(entry)
            return found

    def decide(self, entry: Entry, rule: Rule | None) -> int:
        """Put a person's decision into the record, with the rule that it makes, if any.

        A rule about the same thing gives way to the new one.

        Returns:
            The rule's id; 0 for none, which is so too where its chat is gone.
        """
        with self._database.transaction():
            rule_id = self._insert_rule(rule) if rule is not None else 0
            self._append(replace(entry, rule_id=rule_id))
            if rule is not None and rule_id:
                self._append(_of_rule(entry.at_ms, Event.RULE_MADE, replace(rule, id=rule_id)))
            return rule_id

    def append(self, entry: Entry) -> None:
        """Put one entry into the record."""
        with self._database.transaction():
            self._append(entry)

    # ---- rules

    def rules(self, now_ms: int) -> tuple[Rule, ...]:
        """The rules that count, the newest first."""
        return tuple(
            rule for rule in self._rules() if not rule.expires_ms or now_ms < rule.expires_ms
        )

    def listed_rules(self, now_ms: int) -> tuple[ListedRule, ...]:
        """The same with the titles of the chats they count in."""
        titles = dict(self._database.rows("SELECT id, title FROM chat"))
        return tuple(ListedRule(rule, titles.get(rule.chat_id, "")) for rule in self.rules(now_ms))

    def revoke(self, ids: Collection[int], now_ms: int) -> None:
        """Have rules count no more; `restore` brings them back."""
        with self._database.transaction():
            for rule in self._rules():
                if rule.id in ids:
                    self._set_revoked(rule.id, now_ms)
                    self._append(_of_rule(now_ms, Event.RULE_REVOKED, rule))

    def restore(self, ids: Collection[int], now_ms: int) -> None:
        """Have revoked rules count again."""
        with self._database.transaction():
            before = {rule.id for rule in self._rules()}
            for rule_id in ids:
                self._set_revoked(rule_id, None)
            for rule in self._rules():
                if rule.id in ids and rule.id not in before:
                    self._append(_of_rule(now_ms, Event.RULE_RESTORED, rule))

    # ---- the record

    def recorded_calls(
        self, words: str = "", before_id: int = 0, limit: int = 50
    ) -> tuple[RecordedCall, ...]:
        """A page of the record, what was begun last first.

        Args:
            words: what the entries of a call have to mention; "" for all.
            before_id: the id of the first entry of the last call of the page before; 0 begins.
            limit: calls of a page.
        """
        pattern = "%" + _escaped(storable(words)) + "%"
        calls = self._database.rows(
            "SELECT call FROM permission_record WHERE (?1 = '%%' OR"
            r" (tool || char(10) || target || char(10) || body || char(10) || reason || char(10)"
            r" || suggested_by) LIKE ?1 ESCAPE '\')"
            " GROUP BY call HAVING ?2 = 0 OR (SELECT min(id) FROM permission_record AS every"
            " WHERE every.call = permission_record.call) < ?2"
            " ORDER BY (SELECT min(id) FROM permission_record AS every"
            " WHERE every.call = permission_record.call) DESC LIMIT ?3",
            (pattern, before_id, limit),
        )
        return tuple(
            RecordedCall(
                tuple(
                    _to_entry(row)
                    for row in self._database.rows(f"{_ENTRY} WHERE call = ? ORDER BY id", call)
                )
            )
            for call in calls
        )

    def entries_after(self, after_id: int, limit: int) -> tuple[Entry, ...]:
        """A page of all entries, the oldest first; for an export.

        Args:
            after_id: the id of the last entry of the page before; 0 begins.
            limit: entries of a page.
        """
        rows = self._database.rows(f"{_ENTRY} WHERE id > ? ORDER BY id LIMIT ?", (after_id, limit))
        return tuple(_to_entry(row) for row in rows)

    def clear_record(self, now_ms: int) -> int:
        """Destroy the record, which only the user may ask for; returns how many entries.

        One entry remains: that this was done.  What was there is overwritten in the file.
        """
        with self._database.transaction():
            self._database.rows("INSERT INTO permission_clearing VALUES (?)", (now_ms,))
            gone = self._database.rows("DELETE FROM permission_record RETURNING id")
            self._database.rows("DELETE FROM permission_clearing")
            self._append(
                Entry(now_ms, Event.CLEARED, call=f"cleared {now_ms}", target=str(len(gone)))
            )
        self._database.fold_log()
        return len(gone)

    # ---- rows

    def _rules(self) -> list[Rule]:
        rows = self._database.rows(f"{_RULE} ORDER BY permission_rule.id DESC")
        return [_to_rule(row) for row in rows]

    def _insert_rule(self, rule: Rule) -> int:
        pattern = rule.pattern
        values = (
            rule.chat_id,
            pattern.kind.value,
            storable(pattern.value),
            storable(pattern.folder),
            pattern.is_read_only,
        )
        self._database.rows(
            "DELETE FROM permission_rule WHERE expires_ms BETWEEN 1 AND ?6 OR (chat_id IS ?1"
            " AND kind = ?2 AND value = ?3 AND folder = ?4 AND is_read_only = ?5)",
            (*values, rule.created_ms),
        )
        rows = self._database.rows(
            "INSERT INTO permission_rule (chat_id, kind, value, folder, is_read_only, created_ms,"
            " expires_ms) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ?1 IS NULL OR EXISTS"
            " (SELECT 1 FROM chat WHERE id = ?1) RETURNING id",
            (*values, rule.created_ms, rule.expires_ms),
        )
        return int(rows[0][0]) if rows else 0

    def _set_revoked(self, rule_id: int, at_ms: int | None) -> None:
        self._database.rows(
            "UPDATE permission_rule SET revoked_ms = ? WHERE id = ?", (at_ms, rule_id)
        )

    def _append(self, entry: Entry) -> None:
        self._database.rows(_ADD, tuple(_values(entry).values()))


def _values(entry: Entry) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(entry, name) for name in _ENTRY_FIELDS}
    values["suggested_by"] = json.dumps(entry.suggested_by, ensure_ascii=False)
    values["id"] = None  # the database gives it
    return {
        name: storable(value) if isinstance(value, str) else value for name, value in values.items()
    }


def _of_rule(at_ms: int, event: Event, rule: Rule) -> Entry:
    return Entry(
        at_ms,
        event,
        call=f"rule {rule.id} {event} {at_ms}",
        chat_id=rule.chat_id,
        target=rule_text(rule.pattern),
        rule_id=rule.id,
    )


def _to_rule(row: tuple[Any, ...]) -> Rule:
    pattern = Pattern(TargetKind(row[1]), row[2], row[3], bool(row[4]))
    chat_id = ChatId(row[5]) if row[5] is not None else None
    return Rule(pattern, row[0], chat_id, *row[6:])


def _to_entry(row: tuple[Any, ...]) -> Entry:
    values = dict(zip(_ENTRY_FIELDS, row, strict=True))
    values["event"] = Event(values["event"])
    values["suggested_by"] = tuple(json.loads(values["suggested_by"]))
    return Entry(**values)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
