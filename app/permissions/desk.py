"""Where calls wait for people: the gate of the agent loop, and what the window asks of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from app.chats.background import Background
from app.chats.changes import (
    ChatChange,
    NoticeRaised,
    PermissionAsked,
    PermissionSettled,
    RuleMade,
)
from app.chats.ids import ChatId, MessageId
from app.chats.store import ChatStore
from app.chats.subscribers import Subscribers
from app.chats.values import Problem
from app.permissions.book import PermissionBook
from app.permissions.disk import is_folder, resolve
from app.permissions.folders import canonical_path
from app.permissions.gate import CallInQuestion, Review, Verdict
from app.permissions.judging import Judge, Judgement, to_tell, to_tell_of_paths
from app.permissions.matching import Surroundings, pattern_covers, same_target
from app.permissions.record import Entry, Event, digest, target_text
from app.permissions.rules import CHAT_FOLDER, Pattern, Rule
from app.permissions.strictness import Strictness
from app.permissions.values import Answered, By, Decision, PermissionRequest, Scope
from app.tools.records import CallStatus
from app.tools.tool import CallRefusedError

NOT_RECORDED: Final = "It could not be written into the record of calls, so it did not run."
"""The reason the model is told where the store fails."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A question on its way, with those who wait for its answer."""

    id: int
    call: str
    question: CallInQuestion
    review: Review
    on_asked: Callable[[PermissionRequest], None]
    on_answered: Callable[[Verdict], None]
    suggested_by: tuple[str, ...] = ()

    def entry(self, at_ms: int, event: Event) -> Entry:
        """For the record, with the whole call."""
        view = self.question.view
        return Entry(
            at_ms,
            event,
            call=self.call,
            chat_id=self.question.chat_id,
            message_id=self.question.message_id,
            tool=view.tool,
            target=target_text(view),
            body=view.body,
            suggested_by=self.suggested_by,
        )

    def edited(self, body: str) -> _Case:
        """The same with another body.

        Raises:
            CallRefusedError: its tool does not take that.
        """
        question = replace(self.question, body=body, view=self.review(body))
        return replace(self, question=question)


class PermissionDesk:
    """The gate (`app.permissions.gate.Gate`) with the people behind it.

    Confined to the service's thread.  What is decided is in the record before anyone hears of
    it; where it cannot be written, nothing runs.

    Args:
        background: the way to the store.
        clock_ms: Unix time in milliseconds.
        strictness: the setting, asked anew for each call.
        chat_folder: the own folder of a chat by its full path; "" where there is none.  Called
            on the storage thread.
        allowed: rules of the command line (`app.permissions.judging.Judge`).

    Attributes:
        book: reads and changes what is decided by.
    """

    def __init__(
        self,
        background: Background,
        *,
        clock_ms: Callable[[], int],
        strictness: Callable[[], Strictness],
        chat_folder: Callable[[ChatId], str],
        allowed: Sequence[Pattern] = (),
    ) -> None:
        self._background = background
        self.book = PermissionBook(background, clock_ms)
        self._subscribers = Subscribers()
        self._tell = self._subscribers.tell
        self._clock_ms = clock_ms
        self._strictness = strictness
        self._chat_folder = chat_folder
        self._allowed = tuple(_settled(pattern) for pattern in allowed)
        self._ids = count(1)
        self._open: dict[int, _Case] = {}  # being considered, asked or written down
        self._asked: dict[int, PermissionRequest] = {}
        self._let_through: dict[int, _Case] = {}

    # ---- the loop's side

    def consider(
        self,
        question: CallInQuestion,
        review: Review,
        *,
        on_asked: Callable[[PermissionRequest], None],
        on_answered: Callable[[Verdict], None],
    ) -> None:
        """See `Gate.consider`."""
        call = secrets.token_hex(8)  # other processes write into the same record
        self._consider(_Case(next(self._ids), call, question, review, on_asked, on_answered))

    def withdraw(self, message_id: MessageId) -> None:
        """See `Gate.withdraw`."""
        gone = [one for one in self._open.values() if one.question.message_id == message_id]
        for case in gone:
            del self._open[case.id]
            if self._asked.pop(case.id, None) is not None:
                self._tell(PermissionSettled(case.id))
            self._append(case.entry(self._clock_ms(), Event.WITHDRAWN))

    def ended(self, request_id: int, status: CallStatus, result: str, took_ms: int) -> None:
        """See `Gate.ended`."""
        case = self._let_through.pop(request_id, None)
        if case is None:
            return
        self._append(
            replace(
                case.entry(self._clock_ms(), Event.ENDED),
                body="",
                status=status.value,
                took_ms=took_ms,
                result_chars=len(result),
                result_digest=digest(result),
            )
        )

    def refused(
        self, chat_id: ChatId, message_id: MessageId, recipient: str, body: str, why: str
    ) -> None:
        """See `Gate.refused`."""
        self._append(
            Entry(
                self._clock_ms(),
                Event.REFUSED,
                call=secrets.token_hex(8),
                chat_id=chat_id,
                message_id=message_id,
                tool=recipient,
                body=body,
                reason=why,
            )
        )

    # ---- the people's side

    def subscribe(self, callback: Callable[[ChatChange], None]) -> Callable[[], None]:
        """Call `callback` with every question and its end; returns the way to unsubscribe."""
        return self._subscribers.add(callback)

    @property
    def waiting(self) -> tuple[PermissionRequest, ...]:
        """The questions that wait for an answer, the oldest first."""
        return tuple(self._asked.values())

    def objection(self, request_id: int, body: str) -> str:
        """Why a call cannot run with an edited body, in English; "" where it can."""
        try:
            if request_id in self._asked:
                self._open[request_id].edited(body)
        except CallRefusedError as error:
            return str(error)
        return ""

    def decide(self, request_id: int, decision: Decision) -> None:
        """Answer a question; one that is settled already is left alone.

        Where an edited body makes another call of it (another host, say), that one is
        considered anew: `PermissionAsked` follows, unless a rule covers it.

        Raises:
            CallRefusedError: the tool does not take the edited body; the question stays.
        """
        if request_id not in self._asked:
            return
        shown = case = self._open[request_id]
        if decision.is_allowed and decision.arguments is not None:
            case = case.edited(decision.arguments)
        request = self._asked.pop(request_id)
        self._tell(PermissionSettled(request_id))
        if same_target(shown.question.view, case.question.view):
            self._open[request_id] = case
            self._write_decision(case, request, decision)
        else:
            del self._open[request_id]
            self._consider(replace(case, id=next(self._ids)))

    def decide_all(self, request_ids: Collection[int], decision: Decision) -> None:
        """Answer several questions alike, without edits."""
        for request_id in request_ids:
            self.decide(request_id, replace(decision, arguments=None))

    def revoke_rule(self, rule_id: int) -> None:
        """Undo a rule that an answer made; the call that it was made for has run."""
        self.book.revoke([rule_id], lambda: None)

    # ---- between the two

    def _consider(self, case: _Case) -> None:
        self._open[case.id] = case
        question, now_ms = case.question, self._clock_ms()
        judge = Judge(self._strictness(), self._allowed)

        def judged(found: Judgement) -> None:
            if case.id not in self._open:
                return
            self._open[case.id] = told = replace(case, suggested_by=found.suggested_by)
            if found.by is None:
                self._ask(told, found, now_ms)
            else:
                self._answer(told, _answered(found, now_ms))

        def in_store(store: ChatStore) -> Judgement:
            around = self._around(question.chat_id, now_ms)
            return store.permissions.judge(
                lambda rules: judge(
                    question.view,
                    around,
                    rules,
                    question.origins_in_turn,
                    question.origins_in_chat,
                ),
                lambda found: _entry_of(case, found, now_ms),
            )

        self._background.store(in_store, judged, lambda problem: self._give_up(case, problem))

    def _around(self, chat_id: ChatId, now_ms: int) -> Surroundings:
        """Storage thread: file systems can be slow."""
        return Surroundings(chat_id, now_ms, resolve, self._chat_folder(chat_id), is_folder)

    def _ask(self, case: _Case, found: Judgement, now_ms: int) -> None:
        question, can_remember = case.question, found.pattern is not None
        request = PermissionRequest(
            id=case.id,
            chat_id=question.chat_id,
            message_id=question.message_id,
            call_number=question.call_number,
            view=question.view,
            asked_ms=now_ms,
            suggested_by=case.suggested_by,
            offers_chat=can_remember,
            offers_always=can_remember,
            why=to_tell(question.view) + to_tell_of_paths(question.view, found.pattern),
            pattern=found.pattern,
        )
        self._asked[case.id] = request
        case.on_asked(request)
        self._tell(PermissionAsked(request))

    def _write_decision(self, case: _Case, request: PermissionRequest, decision: Decision) -> None:
        question, now_ms = case.question, self._clock_ms()
        event = Event.ALLOWED if decision.is_allowed else Event.DENIED

        def in_store(store: ChatStore) -> Answered:
            rule = _rule_of(decision, request, now_ms)
            around = self._around(question.chat_id, now_ms)
            if rule is not None and not pattern_covers(rule.pattern, question.view, around):
                rule = None  # the edit has made something of it that is not to be remembered
            scope = decision.scope if rule is not None else Scope.ONCE
            entry = replace(
                case.entry(now_ms, event),
                decided_by=By.PERSON.value,
                scope=scope.value,
                reason=decision.reason,
            )
            rule_id = store.permissions.decide(entry, rule)
            return Answered(decision.is_allowed, By.PERSON, scope, decision.reason, rule_id, now_ms)

        def decided(answered: Answered) -> None:
            rule = _rule_of(decision, request, now_ms)
            if rule is not None and answered.rule_id:
                self._tell(RuleMade(replace(rule, id=answered.rule_id)))
            self._answer(case, answered)

        self._background.store(in_store, decided, lambda problem: self._give_up(case, problem))

    def _answer(self, case: _Case, answered: Answered) -> None:
        if self._open.pop(case.id, None) is None:
            return  # withdrawn in the meantime
        if answered.is_allowed:
            self._let_through[case.id] = case
        question = case.question
        case.on_answered(
            Verdict(answered, question.body, question.view, case.suggested_by, case.id)
        )

    def _give_up(self, case: _Case, problem: Problem) -> None:
        self._tell(NoticeRaised(problem))
        self._answer(case, Answered(False, By.MODE, reason=NOT_RECORDED, at_ms=self._clock_ms()))

    def _append(self, entry: Entry) -> None:
        self._background.store(lambda store: store.permissions.append(entry))


def _settled(pattern: Pattern) -> Pattern:
    """A typed rule about where its folder leads to now, as a rule from a card would be."""
    if not pattern.folder or pattern.folder == CHAT_FOLDER:
        return pattern
    return replace(pattern, folder=canonical_path(pattern.folder, resolve) or pattern.folder)


def _rule_of(decision: Decision, request: PermissionRequest, now_ms: int) -> Rule | None:
    """The rule that a yes makes."""
    if not decision.is_allowed or request.pattern is None or decision.scope is Scope.ONCE:
        return None
    return Rule(
        request.pattern,
        chat_id=request.chat_id if decision.scope is Scope.CHAT else None,
        created_ms=now_ms,
        expires_ms=decision.expires_ms,
    )


def _answered(found: Judgement, now_ms: int) -> Answered:
    """The answer where nobody has to be asked."""
    assert found.by is not None  # noqa: S101 - that is how the caller got here
    if found.rule is None:
        return Answered(True, found.by, at_ms=now_ms)
    scope = Scope.ALWAYS if found.rule.chat_id is None else Scope.CHAT
    return Answered(True, found.by, scope, rule_id=found.rule.id, at_ms=now_ms)


def _entry_of(case: _Case, found: Judgement, now_ms: int) -> Entry:
    case = replace(case, suggested_by=found.suggested_by)
    if found.by is None:
        return case.entry(now_ms, Event.ASKED)
    answered = _answered(found, now_ms)
    return replace(
        case.entry(now_ms, Event.ALLOWED),
        decided_by=answered.by.value,
        scope=answered.scope.value,
        rule_id=answered.rule_id,
    )
