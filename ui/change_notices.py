"""Which changes of the chat service are told by a notice, and what its button does."""

from __future__ import annotations

from functools import partial

from app.chats.changes import ChatChange, ChatForked, NoticeRaised, RuleMade, UndoOffered
from app.words import Words
from ui.chat_commands import ChatCommands
from ui.notices import Notice, copy_notice, problem_notice, rule_notice, undo_notice


def notice_of(change: ChatChange, words: Words, service: ChatCommands) -> Notice | None:
    """What to tell of a change; None for those that are shown elsewhere.

    Args:
        change: what the service told.
        words: the user's language.
        service: undoes what can be undone.
    """
    match change:
        case UndoOffered():
            return undo_notice(words, change.subject, partial(service.undo, change.subject))
        case ChatForked():
            return copy_notice(words, change.origin.title)
        case RuleMade():
            revoke = partial(service.permissions.revoke_rule, change.rule.id)
            return rule_notice(words, change.rule, revoke)
        case NoticeRaised():
            return problem_notice(change.problem, words)
        case _:
            return None
