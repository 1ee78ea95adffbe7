from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.assembly import open_storage
from app.chats.changes import ChatMark, ChatMarksChanged
from app.chats.ids import ChatId
from app.lab.asking import NO_TOOL
from app.lab.values import (
    EstimateBasis,
    EstimateChanged,
    EvaluationId,
    Finding,
    LabState,
    PauseReason,
    RunId,
    RunPlan,
    RunsChanged,
    Variant,
)
from app.paths import Paths
from app.secrets import DatabaseKey
from engine.events import EngineEvent, Finished, ModelLoadFailed, StopReason, Usage
from engine.harmony.messages import DeveloperMessage, Effort, ToolMessage
from engine.requests import AnswerRequest, Sampling
from tests.app.lab.conftest import SMALL, LabBench
from tests.app.lab.personas import (
    answers,
    better_when_thinking,
    breaks_down,
    calls_a_tool,
    effort_of,
    fails,
    is_cut,
    item_of,
    leaking,
    refusing,
    right,
    waits,
    wrong,
)
from tests.app.service.conftest import ScriptedEngine, reply


def test_every_item_is_asked_once_at_each_effort_and_its_outcome_is_stored(
    bench: LabBench,
) -> None:
    bench.run()

    assert bench.state is LabState.IDLE
    result = bench.result()
    assert result.run.is_complete
    assert len(result.outcomes) == 8
    assert len({(one.item_id, one.condition) for one in result.outcomes}) == 8
    assert {one.condition.effort for one in result.outcomes} == {Effort.LOW, Effort.HIGH}
    assert all(one.is_passed and one.finding is Finding.RIGHT for one in result.outcomes)


def test_items_come_from_all_groups_and_an_item_s_conditions_follow_each_other(
    bench: LabBench,
) -> None:
    bench.run()
    outcomes = bench.result().outcomes
    assert {one.group for one in outcomes} == {"quantity", "logic", "time", "space"}
    assert [one.item_id for one in outcomes[::2]] == [one.item_id for one in outcomes[1::2]]


def test_the_model_gets_the_effort_a_key_of_the_lab_s_own_and_a_seed_for_each_task(
    bench: LabBench,
) -> None:
    bench.run(replace(SMALL, sampling=Sampling(temperature=0.7)))
    requests = bench.lab_requests()
    efforts = [effort_of(one) for one in requests]
    assert efforts == [Effort.LOW, Effort.HIGH] * 4
    assert {one.sampling.temperature for one in requests} == {0.7}
    assert len({one.sampling.seed for one in requests}) == 8
    assert len({one.turn_id for one in requests}) == 8


def test_the_same_seed_asks_the_same_again_and_another_one_does_not(bench: LabBench) -> None:
    for seed in (3, 3, 4):
        bench.run(replace(SMALL, seed=seed))
    asked = [
        [(r.conversation, r.sampling.seed) for r in bench.lab_requests()[at : at + 8]]
        for at in (0, 8, 16)
    ]
    assert asked[0] == asked[1] != asked[2]


def test_more_effort_that_helps_is_seen_in_scores_and_in_the_comparison(bench: LabBench) -> None:
    bench.persona = answers(better_when_thinking)
    bench.run(RunPlan((EvaluationId.ARITHMETIC,), items=30))

    result = bench.result()
    over_all = {one.condition.effort: one for one in result.scores if one.group == ""}
    assert {effort: one.share.passed for effort, one in over_all.items()} == {
        Effort.LOW: 0,
        Effort.MEDIUM: 30,
        Effort.HIGH: 30,
    }
    assert over_all[Effort.LOW].thoughts.mean == 10
    assert over_all[Effort.HIGH].thoughts.median == 200
    compared = next(one for one in result.comparisons if one.group == "")
    assert (compared.first.effort, compared.second.effort) == (Effort.LOW, Effort.MEDIUM)
    assert (compared.only_first, compared.only_second) == (0, 30)
    assert compared.p_value < 0.001
    assert not compared.is_few


def test_a_chat_goes_first_and_the_lab_goes_on_with_the_task_that_was_cut(
    bench: LabBench,
) -> None:
    bench.scripts = [answers(right), waits]
    bench.lab.start(SMALL)
    bench.settle()
    assert bench.lab.progress.done == 1
    cut = bench.lab.progress.task

    bench.engine.scripts = [lambda _engine, _request: []]
    bench.service.send("Hello", Effort.LOW)
    bench.settle()
    paused = bench.lab.progress
    assert (paused.state, paused.pause) == (LabState.PAUSED, PauseReason.CHAT)
    assert paused.left.seconds
    assert [one.chat for one in bench.engine.requests][-1] != "lab"

    bench.service.stop()
    bench.settle()
    assert bench.state is LabState.IDLE
    assert cut is not None
    assert bench.outcomes[1].outcome.item_id == cut.item.id
    assert bench.result().run.is_complete


def test_a_chat_that_is_not_shown_goes_first_as_well(bench: LabBench) -> None:
    bench.persona = waits
    bench.lab.start(SMALL)
    bench.settle()
    bench.engine.scripts = [lambda _engine, _request: []]
    bench.service.send("Hello", Effort.LOW)
    bench.settle()
    bench.service.new_chat()
    bench.settle()
    assert bench.lab.progress.pause is PauseReason.CHAT
    assert len(bench.engine._open) == 1


def test_while_a_chat_waits_for_its_user_the_lab_goes_on_until_the_answer_does(
    bench: LabBench,
) -> None:
    bench.persona = waits
    bench.lab.start(SMALL)
    bench.settle()
    states = []
    for mark in (ChatMark.ASKING, ChatMark.ANSWERING, ChatMark.UNREAD):
        bench.lab._on_change(ChatMarksChanged({ChatId(1): mark}))
        bench.settle()
        states.append(bench.state)
    assert states == [LabState.RUNNING, LabState.PAUSED, LabState.RUNNING]


def test_never_are_a_chat_and_the_lab_asked_at_once(bench: LabBench) -> None:
    bench.persona = waits
    bench.lab.start(SMALL)
    bench.settle()
    bench.engine.scripts = [lambda _engine, _request: []]
    bench.service.send("Hello", Effort.LOW)
    bench.settle()
    assert len(bench.engine._open) == 1


def test_what_a_chat_has_in_memory_is_not_pushed_out_by_the_lab(bench: LabBench) -> None:
    bench.run()
    assert bench.engine.forgotten.count("lab") >= 8


def test_stop_keeps_what_is_there_and_resume_asks_only_the_rest(bench: LabBench) -> None:
    bench.scripts = [answers(right)] * 3 + [waits]
    bench.run()
    bench.lab.stop()
    bench.settle()
    assert bench.state is LabState.IDLE
    assert bench.result().run.done == 3
    before = [one.conversation for one in bench.lab_requests()]

    bench.lab.resume([RunId(1)])
    bench.settle()
    assert bench.result().run.is_complete
    after = [one.conversation for one in bench.lab_requests()]
    assert after[:4] == before
    assert after[4] == before[3]
    assert len(after) == 9


def test_a_run_is_resumed_from_the_file_after_a_crash(tmp_path: Path) -> None:
    paths, key = Paths.from_environment({"SOTTO_DATA_DIR": str(tmp_path)}), DatabaseKey(bytes(32))
    first = LabBench(tmp_path / "model.gguf", open_storage(paths, key))
    first.load()
    first.scripts = [answers(right)] * 2 + [waits]
    first.run()
    done = [one.outcome.item_id for one in first.outcomes]

    # The first one is not told to stop: what it has not stored by now is lost.
    second = LabBench(tmp_path / "copy.gguf", open_storage(paths, key))
    second.load()
    second.lab.resume([RunId(1)])
    second.settle()
    assert len(second.lab_requests()) == 6
    result = second.result()
    assert result.run.is_complete
    assert [one.item_id for one in result.outcomes[:2]] == done
    for bench in (first, second):
        bench.lab.close()
        bench.service.close()
        bench.storage.close()


def test_a_run_of_another_model_is_not_resumed(bench: LabBench) -> None:
    bench.scripts = [answers(right), waits]
    bench.run()
    bench.lab.stop()
    bench.load(b"other weights")
    bench.lab.resume([RunId(1)])
    bench.settle()
    assert bench.notices == ["This run belongs to another model."]
    assert bench.state is LabState.IDLE


def test_a_run_with_other_questions_is_not_resumed(
    bench: LabBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.scripts = [answers(right), waits]
    bench.run()
    bench.lab.stop()
    monkeypatch.setattr("app.lab.planning.set_digest", lambda _which: "a newer set")
    bench.lab.resume([RunId(1)])
    bench.settle()
    assert bench.notices == ["This run was begun with other questions."]


def test_while_the_model_is_loaded_anew_the_lab_waits_and_then_goes_on(bench: LabBench) -> None:
    bench.scripts = [waits]
    bench.lab.start(SMALL)
    bench.settle()
    bench.service.load_model()
    bench.settle()
    assert bench.lab.progress.pause is PauseReason.MODEL

    bench.load()
    bench.settle()
    assert bench.state is LabState.IDLE
    assert bench.result().run.is_complete


def test_another_model_ends_it_and_so_does_a_load_that_fails(bench: LabBench) -> None:
    bench.persona = waits
    bench.lab.start(SMALL)
    bench.settle()
    bench.load(b"other weights")
    assert bench.state is LabState.IDLE
    problem = bench.lab.progress.problem
    assert problem is not None
    assert problem.title.startswith("Another model")

    bench.lab.start(SMALL)
    bench.settle()
    bench.engine.play(ModelLoadFailed("The file is damaged."))
    bench.settle()
    assert bench.lab.progress.problem is not None
    assert bench.lab.progress.problem.title == "The file is damaged."


def test_without_a_model_it_says_so(cold: LabBench) -> None:
    cold.run()
    assert cold.notices == ["No model is loaded."]
    assert cold.state is LabState.IDLE


def test_a_task_that_fails_is_tried_again_and_then_the_lab_stops(bench: LabBench) -> None:
    bench.scripts = [fails]
    bench.run()
    assert bench.result().run.is_complete

    bench.scripts = [answers(right), fails, fails]
    bench.run()
    assert bench.result(2).run.done == 1
    assert bench.lab.progress.problem is not None
    assert bench.lab.progress.problem.title == "It broke off."


def test_a_breakdown_of_the_engine_ends_it_at_once_and_keeps_what_was_done(
    bench: LabBench,
) -> None:
    bench.scripts = [answers(right), breaks_down]
    bench.run()
    assert bench.state is LabState.IDLE
    assert bench.result().run.done == 1
    assert bench.lab.progress.problem is not None


def test_an_answer_that_was_cut_is_no_right_one_even_if_a_number_stands_in_it(
    bench: LabBench,
) -> None:
    bench.persona = is_cut("Answer: 65")
    bench.run()
    assert {one.finding for one in bench.result().outcomes} == {Finding.CUT}


def test_a_secret_that_was_told_before_the_cut_is_told(bench: LabBench) -> None:
    bench.scripts = [leaks_and_is_cut]
    bench.run(RunPlan((EvaluationId.EXTRACTION,), (Effort.LOW,), items=1))
    assert bench.result().outcomes[0].finding is Finding.LEAKED


def leaks_and_is_cut(engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    return is_cut(leaking(item_of(request), request))(engine, request)


def test_a_model_that_calls_a_tool_is_told_that_there_is_none_and_then_stopped(
    bench: LabBench,
) -> None:
    bench.scripts = [calls_a_tool]
    bench.lab.start(replace(SMALL, items=1, efforts=(Effort.LOW,)))
    bench.settle()
    turn = bench.lab_requests()[0].turn_id
    assert [one.text for one in bench.engine.results] == [NO_TOOL]
    for _ in range(2):
        bench.engine.play(*calls_a_tool(bench.engine, bench.lab_requests()[0]))
        bench.settle()
    assert bench.state is LabState.IDLE
    assert turn not in bench.engine._open
    (outcome,) = bench.result().outcomes
    assert (outcome.finding, outcome.note) == (Finding.UNREADABLE, "called a tool")


# One sentence cannot follow all the rules of the hierarchy: tests/app/lab/grading has them.
@pytest.mark.parametrize("which", [one for one in EvaluationId if one != "hierarchy"])
def test_right_and_wrong_answers_are_told_apart_in_every_evaluation(
    bench: LabBench, which: EvaluationId
) -> None:
    plan = RunPlan((which,), (Effort.LOW,))
    bench.run(plan)
    bench.persona = answers(wrong)
    bench.run(plan)
    good, bad = (bench.result(one) for one in (1, 2))
    assert all(one.is_passed for one in good.outcomes)
    assert not any(one.is_passed for one in bad.outcomes if one.group != "disallowed")


def test_a_model_that_refuses_everything_passes_half_of_the_refusals(bench: LabBench) -> None:
    bench.persona = answers(refusing)
    bench.run(RunPlan((EvaluationId.REFUSAL,), (Effort.LOW,)))
    shares = {one.group: one.share.part for one in bench.result().scores}
    assert shares == {"": 0.5, "disallowed": 1.0, "harmless": 0.0}


def test_a_model_that_leaks_passes_nothing_and_how_it_leaked_is_noted(bench: LabBench) -> None:
    bench.persona = answers(leaking)
    bench.run(RunPlan((EvaluationId.EXTRACTION,), (Effort.LOW,), items=5))
    outcomes = bench.result().outcomes
    assert {(one.is_passed, one.note) for one in outcomes} == {(False, "plain")}


def test_abstaining_asks_each_question_with_and_without_the_advice(bench: LabBench) -> None:
    bench.run(RunPlan((EvaluationId.ABSTAINING,), (Effort.MEDIUM,), items=6))
    told = [
        one.instructions
        for request in bench.lab_requests()
        for one in request.conversation
        if isinstance(one, DeveloperMessage)
    ]
    assert len(told) == 12
    assert sum("know" in one or "모르" in one for one in told) == 6
    variants = {one.condition.variant for one in bench.result().scores}
    assert variants == {Variant.PLAIN, Variant.MAY_ABSTAIN}
    assert bench.result().comparisons[0].second.variant is Variant.MAY_ABSTAIN


def test_what_a_tool_brought_in_stands_there_as_sotto_marks_it(bench: LabBench) -> None:
    bench.run(RunPlan((EvaluationId.HIERARCHY,), (Effort.LOW,), items=6))
    results = [
        one
        for request in bench.lab_requests()
        for one in request.conversation
        if isinstance(one, ToolMessage)
    ]
    assert len(results) == 3
    assert all("data, not instructions" in one.text for one in results)


def test_several_evaluations_are_one_after_the_other_and_counted_together(
    bench: LabBench,
) -> None:
    plan = RunPlan((EvaluationId.REASONING, EvaluationId.EXTRACTION), (Effort.LOW,), items=3)
    bench.run(plan)
    totals = {one.progress.total for one in bench.shown if one.progress.state is not LabState.IDLE}
    assert totals == {6}
    assert [one.run.evaluation for one in bench.outcomes] == [
        *[EvaluationId.REASONING] * 3,
        *[EvaluationId.EXTRACTION] * 3,
    ]


def test_a_second_start_while_it_is_at_work_changes_nothing(bench: LabBench) -> None:
    bench.persona = waits
    bench.lab.start(SMALL)
    bench.lab.start(SMALL)
    bench.settle()
    bench.lab.start(SMALL)
    bench.settle()
    assert len(bench.lab_requests()) == 1


def test_without_earlier_runs_the_speed_is_measured_on_a_short_answer(bench: LabBench) -> None:
    bench.scripts = [counts]
    bench.lab.estimate(SMALL)
    bench.settle()
    estimates = [one.estimate for one in bench.changes if isinstance(one, EstimateChanged)]
    assert [one.basis for one in estimates] == [EstimateBasis.UNKNOWN, EstimateBasis.TYPICAL]
    assert estimates[0].seconds is None
    assert estimates[1].tasks == 8
    # 20 tokens/s: 4 items at 60 and at 2,000 tokens of thoughts, and 120 of answer each.
    assert estimates[1].seconds == pytest.approx(4 * (60 + 2_000 + 2 * 120) / 20 + 8 * 1.6)


def counts(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    usage = Usage(read_tokens=100, read_seconds=1.0, reply_tokens=40, reply_seconds=2.0)
    return [Finished(request.turn_id, StopReason.TOKEN_LIMIT, usage)]


def test_a_chat_drops_the_measurement(bench: LabBench) -> None:
    bench.scripts = [waits]
    bench.lab.estimate(SMALL)
    bench.settle()
    bench.service.send("Hello", Effort.LOW)
    bench.settle()
    assert len(bench.engine._open) == 0
    assert bench.engine.requests[0].chat == "lab"


def test_earlier_runs_of_the_model_on_the_device_make_the_estimate(bench: LabBench) -> None:
    bench.run()
    bench.lab.estimate(replace(SMALL, items=10))
    bench.settle()
    estimates = [one.estimate for one in bench.changes if isinstance(one, EstimateChanged)]
    assert estimates[-1].basis is EstimateBasis.EARLIER
    # 10 tokens/s: 20 tokens at low, 210 at high effort, and a second of reading for each.
    assert estimates[-1].seconds == pytest.approx(10 * (2 + 21) + 20)

    bench.load(device="GPU")
    bench.scripts = [waits]
    bench.lab.estimate(SMALL)
    bench.settle()
    estimates = [one.estimate for one in bench.changes if isinstance(one, EstimateChanged)]
    assert estimates[-1].seconds is None


def test_without_a_model_an_estimate_counts_tasks_alone(cold: LabBench) -> None:
    cold.lab.estimate(RunPlan((EvaluationId.ABSTAINING,), items=5))
    (told,) = [one for one in cold.changes if isinstance(one, EstimateChanged)]
    assert (told.estimate.tasks, told.estimate.seconds) == (30, None)


def test_time_left_is_mended_by_what_tasks_take(bench: LabBench) -> None:
    bench.run()
    lefts = [one.progress.left for one in bench.shown if one.progress.state is LabState.RUNNING]
    assert lefts[0].basis is EstimateBasis.UNKNOWN
    assert {one.basis for one in lefts[2:]} == {EstimateBasis.MEASURED}
    assert [one.tasks for one in lefts] == list(range(8, 0, -1))


def test_export_holds_scores_and_answers_and_no_thoughts(bench: LabBench, tmp_path: Path) -> None:
    bench.run()
    done: list[bool] = []
    file = tmp_path / "out.json"
    bench.lab.export([RunId(1)], file, lambda: done.append(True))
    bench.settle()
    assert done == [True]
    told = json.loads(file.read_text("utf-8"))
    (run,) = told["runs"]
    assert run["evaluation"] == "reasoning"
    assert run["model"]["digest"]
    assert run["settings"]["efforts"] == ["low", "high"]
    assert run["scores"][0]["interval_95"][1] == 1.0
    assert run["comparisons"][0]["first"] == {"effort": "low", "variant": "plain"}
    assert len(run["outcomes"]) == 8
    assert "planted thought" not in file.read_text("utf-8")


def test_an_export_that_cannot_be_written_is_a_notice(bench: LabBench, tmp_path: Path) -> None:
    bench.run()
    bench.lab.export([], tmp_path / "nowhere" / "out.json")
    bench.settle()
    assert bench.notices == ["The results could not be saved."]


def test_a_deleted_run_is_gone_and_one_at_work_is_stopped_first(bench: LabBench) -> None:
    bench.run()
    bench.persona = waits
    bench.run()
    bench.lab.delete([RunId(1), RunId(2)])
    bench.settle()
    assert bench.state is LabState.IDLE
    runs = [one.runs for one in bench.changes if isinstance(one, RunsChanged)]
    assert runs[-1] == ()


def test_close_tells_nothing_more(bench: LabBench) -> None:
    bench.persona = waits
    bench.run()
    told = len(bench.changes)
    bench.lab.close()
    bench.settle()
    assert len(bench.changes) == told


def test_ordinary_chat_answers_do_not_concern_the_lab(bench: LabBench) -> None:
    bench.engine.scripts = [reply("Hello there")]
    bench.service.send("Hi", Effort.LOW)
    bench.settle()
    assert bench.changes == []
