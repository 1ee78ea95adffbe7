"""Calls that wait for people, and what becomes of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.chats.changes import NoticeRaised, PermissionAsked, PermissionSettled, RuleMade
from app.chats.ids import MessageId
from app.permissions.desk import NOT_RECORDED
from app.permissions.gate import Gate
from app.permissions.record import Event, digest
from app.permissions.rule_text import parse_rule, rule_text
from app.permissions.strictness import Strictness
from app.permissions.values import By, Decision, Scope
from app.tools.records import CallStatus
from app.tools.tool import CallRefusedError
from app.tools.values import CallTarget, CallView, TargetKind
from tests.app.permissions.calls import NOW, function, page, python, search
from tests.app.permissions.conftest import ANSWER, Bench, Loop

YES = Decision(is_allowed=True)
NO = Decision(is_allowed=False)
CHAT = Decision(is_allowed=True, scope=Scope.CHAT)
ALWAYS = Decision(is_allowed=True, scope=Scope.ALWAYS)
PAGE = page("https://example.com/a")


def ask(bench: Bench, view: CallView, **more: object) -> None:
    bench.loop.ask(view, chat=more.pop("chat", bench.chat), **more)  # type: ignore[arg-type]
    bench.settle()


def decide(bench: Bench, decision: Decision) -> None:
    bench.loop.desk.decide(bench.loop.asked[-1].id, decision)
    bench.settle()


def events(bench: Bench) -> list[Event]:
    return [entry.event for entry in bench.entries()]


def test_the_desk_is_a_gate(bench: Bench) -> None:
    gate: Gate = bench.desk
    gate.withdraw(ANSWER)


def test_everything_asks_at_first(bench: Bench) -> None:
    for view in (python(), PAGE, search("brave"), function("/data/chats/1/a")):
        ask(bench, view)
    assert len(bench.loop.asked) == 4
    assert bench.loop.verdicts == []
    assert bench.desk.waiting == tuple(bench.loop.asked)
    assert [one.request for one in bench.changes] == bench.loop.asked  # type: ignore[union-attr]
    assert events(bench) == [Event.ASKED] * 4


def test_a_yes_lets_one_call_run_and_no_second(bench: Bench) -> None:
    ask(bench, PAGE)
    decide(bench, YES)
    ask(bench, PAGE)
    (verdict,) = bench.loop.verdicts
    assert verdict.answered.is_allowed
    assert verdict.answered.by is By.PERSON
    assert verdict.body == PAGE.body
    assert len(bench.desk.waiting) == 1
    assert bench.changes[1] == PermissionSettled(bench.loop.asked[0].id)


def test_a_no_is_told_with_its_reason(bench: Bench) -> None:
    ask(bench, PAGE)
    decide(bench, replace(NO, reason="Use the other site."))
    (verdict,) = bench.loop.verdicts
    assert not verdict.answered.is_allowed
    assert verdict.answered.reason == "Use the other site."
    assert bench.entries()[-1].reason == "Use the other site."


def test_a_yes_for_the_chat_counts_in_the_chat(bench: Bench) -> None:
    ask(bench, PAGE)
    decide(bench, CHAT)
    ask(bench, page("https://example.com/b"))
    assert [one.answered.by for one in bench.loop.verdicts] == [By.PERSON, By.RULE]
    assert bench.loop.verdicts[1].answered.scope is Scope.CHAT
    ask(bench, page("https://www.example.com/b"))
    ask(bench, PAGE, chat=bench.new_chat("Two"))
    assert len(bench.desk.waiting) == 2


def test_a_yes_for_always_outlives_the_program(bench: Bench) -> None:
    ask(bench, python())
    decide(bench, ALWAYS)
    bench.loop = Loop(bench.open_desk())
    ask(bench, python(), chat=bench.new_chat("Two"))
    (verdict,) = bench.loop.verdicts
    assert verdict.answered.scope is Scope.ALWAYS
    (rule,) = bench.in_store(lambda store: store.permissions.rules(NOW))
    assert verdict.answered.rule_id == rule.id
    assert rule.last_used_ms == NOW


def test_a_rule_ends_when_it_expires(bench: Bench) -> None:
    ask(bench, python())
    decide(bench, replace(ALWAYS, expires_ms=NOW + 1000))
    bench.now_ms += 999
    ask(bench, python())
    bench.now_ms += 1
    ask(bench, python())
    assert len(bench.loop.verdicts) == 2
    assert len(bench.desk.waiting) == 1
    assert bench.in_store(lambda store: store.permissions.rules(bench.now_ms)) == ()


def test_a_rule_of_a_chat_ends_with_the_chat_and_comes_back_with_it(bench: Bench) -> None:
    ask(bench, python())
    decide(bench, CHAT)
    bench.in_store(lambda store: store.delete_chat(bench.chat, NOW))
    assert bench.in_store(lambda store: store.permissions.rules(NOW)) == ()
    bench.in_store(lambda store: store.restore_chat(bench.chat))
    assert len(bench.in_store(lambda store: store.permissions.rules(NOW))) == 1
    bench.in_store(lambda store: store.delete_chat(bench.chat, NOW))
    bench.in_store(lambda store: store.purge_deleted(NOW + 1))
    assert bench.in_store(lambda store: store.permissions.rules(NOW)) == ()
    assert Event.RULE_MADE in events(bench)


def test_reading_in_the_chats_folder_is_remembered_with_one_yes(bench: Bench) -> None:
    folder = f"/data/chats/{bench.chat}"
    ask(bench, function(f"{folder}/a.csv"))
    decide(bench, ALWAYS)
    ask(bench, function(f"{folder}/b.csv", name="list"))
    other = bench.new_chat("Two")
    ask(bench, function(f"/data/chats/{other}/c.csv"), chat=other)
    assert [one.answered.by for one in bench.loop.verdicts] == [By.PERSON, By.RULE, By.RULE]
    ask(bench, function(f"{folder}/b.csv", name="write", is_read_only=False))
    ask(bench, function(f"{folder}/b.csv"), chat=other)
    ask(bench, function("/etc/hosts"))
    assert len(bench.desk.waiting) == 3


def test_what_strangers_suggest_is_asked_about_though_a_rule_exists(bench: Bench) -> None:
    ask(bench, PAGE)
    decide(bench, ALWAYS)
    ask(bench, PAGE, in_turn=("evil.example",))
    assert bench.desk.waiting[0].suggested_by == ("evil.example",)
    decide(bench, YES)
    assert bench.loop.verdicts[-1].suggested_by == ("evil.example",)
    assert bench.loop.verdicts[-1].answered.by is By.PERSON
    assert [one.suggested_by for one in bench.entries()[-2:]] == [("evil.example",)] * 2
    ask(bench, PAGE, in_chat=("evil.example",))
    assert bench.desk.waiting == ()


def test_strict_goes_by_the_whole_chat(bench: Bench) -> None:
    ask(bench, python())
    decide(bench, ALWAYS)
    bench.strictness = Strictness.STRICT
    ask(bench, python(), in_chat=("evil.example",))
    assert bench.desk.waiting[0].suggested_by == ("evil.example",)


def test_to_look_at_a_page_that_is_there_needs_no_question(bench: Bench) -> None:
    view = replace(PAGE, target=CallTarget(TargetKind.PAGE, "https://example.com/a"))
    ask(bench, view, in_turn=("evil.example",))
    (verdict,) = bench.loop.verdicts
    assert verdict.answered.by is By.MODE
    assert events(bench) == [Event.ALLOWED]


def test_what_runs_outside_is_asked_about_whatever_it_looks_at(bench: Bench) -> None:
    ask(bench, replace(PAGE, target=CallTarget(TargetKind.PAGE), runs_outside=True))
    assert bench.loop.verdicts == []
    assert len(bench.desk.waiting) == 1


def test_what_runs_outside_is_never_remembered(bench: Bench) -> None:
    ask(bench, replace(python(), runs_outside=True))
    request = bench.desk.waiting[0]
    assert request.pattern is None
    assert (request.offers_chat, request.offers_always) == (False, False)
    assert request.why
    decide(bench, ALWAYS)
    assert bench.loop.verdicts[0].answered.scope is Scope.ONCE
    assert bench.in_store(lambda store: store.permissions.rules(NOW)) == ()


@pytest.mark.parametrize(
    "view",
    [
        page("https://me@example.com/"),
        page("https://xn--80ak6aa92e.com/"),
        function("/home/me/../etc/passwd"),
    ],
)
def test_doubts_are_told(bench: Bench, view: CallView) -> None:
    ask(bench, view)
    assert len(bench.desk.waiting[0].why) == 1


def test_the_command_line_lets_through_what_it_names(bench: Bench) -> None:
    bench.loop = Loop(bench.open_desk(parse_rule("host:example.com")))
    ask(bench, PAGE, in_turn=("evil.example",))
    ask(bench, page("https://example.org/"))
    assert [one.answered.by for one in bench.loop.verdicts] == [By.COMMAND_LINE]
    bench.strictness = Strictness.STRICT
    ask(bench, PAGE, in_turn=("evil.example",))
    assert len(bench.loop.asked) == 2


def review(body: str) -> CallView:
    """As the browser's tool would: the address is the target."""
    try:
        return page(json.loads(body)["id"])
    except (ValueError, KeyError) as error:
        raise CallRefusedError("open takes an id.") from error


def test_an_edited_call_runs_as_edited(bench: Bench) -> None:
    ask(bench, PAGE, review=review)
    edited = '{"id": "https://example.com/b"}'
    decide(bench, replace(CHAT, arguments=edited))
    (verdict,) = bench.loop.verdicts
    assert verdict.body == edited
    assert verdict.view.target.value == "https://example.com/b"
    assert bench.entries()[1].body == verdict.view.body
    assert rule_text(bench.in_store(lambda store: store.permissions.rules(NOW))[0].pattern) == (
        "host:example.com"
    )


def test_an_edit_that_makes_another_call_of_it_is_asked_about_anew(bench: Bench) -> None:
    ask(bench, PAGE, review=review)
    decide(bench, replace(ALWAYS, arguments='{"id": "https://example.org/"}'))
    assert bench.loop.verdicts == []
    first, second = bench.loop.asked
    assert first.id != second.id
    assert bench.desk.waiting == (second,)
    assert second.view.target.value == "https://example.org/"
    assert bench.in_store(lambda store: store.permissions.rules(NOW)) == ()
    decide(bench, YES)
    assert bench.loop.verdicts[0].view == second.view


def test_an_edit_its_tool_does_not_take_is_told_and_the_question_stays(bench: Bench) -> None:
    ask(bench, PAGE, review=review)
    request = bench.loop.asked[0]
    assert bench.desk.objection(request.id, "{") == "open takes an id."
    assert bench.desk.objection(request.id, PAGE.body) == ""
    with pytest.raises(CallRefusedError):
        bench.desk.decide(request.id, replace(YES, arguments="{"))
    bench.settle()
    assert bench.desk.waiting == (request,)
    assert bench.loop.verdicts == []
    decide(bench, replace(NO, arguments="{"))
    assert not bench.loop.verdicts[0].answered.is_allowed


def test_an_edit_beyond_what_would_be_remembered_makes_no_rule(bench: Bench) -> None:
    ask(bench, function("/home/me/a.md"), review=lambda body: function("/home/me/a.md", body=body))
    decide(bench, replace(ALWAYS, arguments='{"paths": ["/home/me/a.md"], "to": "/etc/x"}'))
    assert bench.loop.verdicts[0].answered.is_allowed
    assert bench.loop.verdicts[0].answered.scope is Scope.ONCE
    assert bench.in_store(lambda store: store.permissions.rules(NOW)) == ()


def test_several_are_decided_together(bench: Bench) -> None:
    for view in (python(), PAGE, search("brave")):
        ask(bench, view)
    bench.desk.decide_all([one.id for one in bench.desk.waiting][:2], CHAT)
    bench.settle()
    assert len(bench.loop.verdicts) == 2
    assert [one.view for one in bench.desk.waiting] == [search("brave")]
    assert len(bench.in_store(lambda store: store.permissions.rules(NOW))) == 2


def test_an_answer_that_ends_takes_its_questions_back(bench: Bench) -> None:
    other = MessageId(4)
    ask(bench, python())
    ask(bench, PAGE, message=other)
    bench.desk.withdraw(ANSWER)
    bench.desk.decide(bench.loop.asked[0].id, YES)
    bench.settle()
    assert [one.message_id for one in bench.desk.waiting] == [other]
    assert bench.loop.verdicts == []
    assert Event.WITHDRAWN in events(bench)
    assert PermissionSettled(bench.loop.asked[0].id) in bench.changes


def test_what_was_withdrawn_before_it_was_written_down_runs_no_more(bench: Bench) -> None:
    ask(bench, python())
    bench.desk.decide(bench.loop.asked[0].id, YES)
    bench.desk.withdraw(ANSWER)
    bench.loop.ask(PAGE, chat=bench.chat)
    bench.desk.withdraw(ANSWER)
    bench.settle()
    assert bench.loop.verdicts == []
    assert len(bench.loop.asked) == 1
    assert events(bench) == [
        Event.ASKED,
        Event.ALLOWED,
        Event.WITHDRAWN,
        Event.ASKED,
        Event.WITHDRAWN,
    ]


def test_a_question_is_answered_once(bench: Bench) -> None:
    ask(bench, python())
    decide(bench, NO)
    decide(bench, YES)
    bench.desk.decide(99, YES)
    assert len(bench.loop.verdicts) == 1


def test_how_a_call_ended_is_recorded_without_its_text(bench: Bench) -> None:
    ask(bench, python())
    decide(bench, YES)
    bench.desk.ended(bench.loop.verdicts[0].request_id, CallStatus.DONE, "a secret", 120)
    bench.desk.ended(bench.loop.verdicts[0].request_id, CallStatus.DONE, "again", 1)
    bench.settle()
    entries = bench.entries()
    assert [one.event for one in entries] == [Event.ASKED, Event.ALLOWED, Event.ENDED]
    assert len({one.call for one in entries}) == 1
    last = entries[-1]
    assert (last.status, last.took_ms, last.result_chars) == ("done", 120, 8)
    assert last.result_digest == digest("a secret")
    assert "a secret" not in str(entries)


def test_a_call_that_made_no_sense_is_recorded(bench: Bench) -> None:
    bench.desk.refused(bench.chat, ANSWER, "functions.nope", "{\ud800", "No such tool.")
    bench.settle()
    (entry,) = bench.entries()
    assert (entry.event, entry.tool, entry.body) == (Event.REFUSED, "functions.nope", "{\ufffd")


def test_what_cannot_be_written_down_does_not_run(bench: Bench) -> None:
    ask(bench, python())

    bench.in_store(
        lambda store: store._database.rows(
            "CREATE TRIGGER full BEFORE INSERT ON permission_record"
            " BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    )
    decide(bench, ALWAYS)
    ask(bench, PAGE)
    assert [one.answered.is_allowed for one in bench.loop.verdicts] == [False, False]
    assert bench.loop.verdicts[0].answered.reason == NOT_RECORDED
    assert len([one for one in bench.changes if isinstance(one, NoticeRaised)]) == 2
    assert bench.in_store(lambda store: store.permissions.rules(NOW)) == ()


def test_a_change_is_told_after_the_loop_knows(bench: Bench) -> None:
    seen: list[int] = []
    bench.desk.subscribe(
        lambda change: (
            seen.append(len(bench.loop.asked)) if isinstance(change, PermissionAsked) else None
        )
    )
    ask(bench, python())
    assert seen == [1]


def test_a_rule_that_was_made_is_told_and_can_be_taken_back(bench: Bench) -> None:
    ask(bench, PAGE)
    decide(bench, replace(CHAT, expires_ms=NOW + 1000))
    (told,) = (change for change in bench.changes if isinstance(change, RuleMade))
    assert (told.rule,) == bench.in_store(lambda store: store.permissions.rules(NOW))
    bench.desk.revoke_rule(told.rule.id)
    ask(bench, PAGE)
    assert len(bench.desk.waiting) == 1


def test_no_rule_is_told_of_where_none_was_made(bench: Bench) -> None:
    for view, decision in ((PAGE, YES), (PAGE, NO), (replace(python(), runs_outside=True), CHAT)):
        ask(bench, view)
        decide(bench, decision)
    assert not any(isinstance(change, RuleMade) for change in bench.changes)


def test_a_typed_folder_may_be_a_link_to_one(bench: Bench, tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    (real / "out").symlink_to("/etc")
    bench.loop = Loop(bench.open_desk(parse_rule(f"files/*@{link}")))
    ask(bench, function(f"{link}/a.md"))
    ask(bench, function(f"{real}/a.md"))
    assert [one.answered.by for one in bench.loop.verdicts] == [By.COMMAND_LINE] * 2
    ask(bench, function(f"{link}/out/passwd"))
    assert len(bench.loop.asked) == 1


def test_a_remembered_folder_that_is_made_a_link_is_asked_about(
    bench: Bench, tmp_path: Path
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    ask(bench, function(f"{folder}/a.md"))
    decide(bench, ALWAYS)
    ask(bench, function(f"{folder}/b.md"))
    assert len(bench.loop.verdicts) == 2
    folder.rename(tmp_path / "old")
    folder.symlink_to("/etc")
    ask(bench, function(f"{folder}/passwd"))
    assert len(bench.desk.waiting) == 1
