from __future__ import annotations

import pytest

from app.safeguard.checking import Checking
from app.safeguard.policy_check import PART_CHARACTERS, PolicyCheck
from app.safeguard.policy_file import thoughts_policy
from app.safeguard.values import UNDECIDED, Ruling, Verdict
from app.side_desk import SideDesk
from engine.events import SideEnded, SideOutcome
from engine.requests import SideJobId, SideRequest

FINE = '{"violation": 0, "category": "none"}'
HARM = '{"violation": 1, "category": "harm"}'
CHECK = PolicyCheck(thoughts_policy(), "2026-01-02")


class Jobs:
    """Takes side jobs and ends them when it is told to."""

    def __init__(self) -> None:
        self.asked: list[SideRequest] = []
        self.cancelled: list[SideJobId] = []
        self.desk = SideDesk(self)

    def side(self, request: SideRequest) -> None:
        self.asked.append(request)

    def cancel_side(self, job_id: SideJobId) -> None:
        self.cancelled.append(job_id)
        self.end(SideOutcome.CANCELLED)

    def end(self, outcome: SideOutcome, text: str = "") -> None:
        self.desk.handle(SideEnded(self.asked[-1].job_id, outcome, text, 10))


class Stage:
    def __init__(self, text: str) -> None:
        self.jobs = Jobs()
        self.verdicts: list[Verdict] = []
        self.gave_way = 0
        self.checking = Checking(
            CHECK,
            text,
            self.jobs.desk,
            is_urgent=False,
            on_verdict=self.verdicts.append,
            on_gave_way=self._give_way,
        )
        self.checking.begin()

    def _give_way(self) -> None:
        self.gave_way += 1


def test_a_text_is_fine_when_each_part_is() -> None:
    stage = Stage("word " * (PART_CHARACTERS // 5 * 2))
    while not stage.verdicts:
        stage.jobs.end(SideOutcome.DONE, FINE)
    assert stage.verdicts == [Verdict(Ruling.FINE)]
    assert len(stage.jobs.asked) == 3
    assert stage.checking.tokens == 30
    assert len({request.job_id for request in stage.jobs.asked}) == 3


@pytest.mark.parametrize(
    ("said", "verdict"), [(HARM, Verdict(Ruling.VIOLATION, "harm")), ("?", UNDECIDED)]
)
def test_the_first_part_that_is_not_fine_decides(said: str, verdict: Verdict) -> None:
    stage = Stage("word " * PART_CHARACTERS)
    stage.jobs.end(SideOutcome.DONE, FINE)
    stage.jobs.end(SideOutcome.DONE, said)
    assert stage.verdicts == [verdict]
    assert len(stage.jobs.asked) == 2


def test_nothing_is_fine_without_a_question() -> None:
    stage = Stage(" \n")
    assert stage.verdicts == [Verdict(Ruling.FINE)]
    assert not stage.jobs.asked


def test_a_check_that_gave_way_goes_on_where_it_was() -> None:
    stage = Stage("word " * (PART_CHARACTERS // 5 * 2))
    stage.jobs.end(SideOutcome.DONE, FINE)
    stage.jobs.end(SideOutcome.GAVE_WAY)
    assert (stage.gave_way, stage.verdicts) == (1, [])
    stage.checking.begin()
    assert stage.jobs.asked[-1].conversation == stage.jobs.asked[-2].conversation
    stage.jobs.end(SideOutcome.DONE, HARM)
    assert stage.verdicts == [Verdict(Ruling.VIOLATION, "harm")]


def test_a_cancelled_check_is_undecided_and_a_dropped_one_says_nothing() -> None:
    stage = Stage("some words")
    stage.checking.cancel()
    assert stage.verdicts == [UNDECIDED]
    other = Stage("some words")
    other.checking.drop()
    assert other.jobs.cancelled == [other.jobs.asked[0].job_id]
    assert other.verdicts == []


def test_ends_of_jobs_that_nobody_waits_for_are_ignored() -> None:
    stage = Stage("some words")
    stage.jobs.end(SideOutcome.DONE, FINE)
    stage.jobs.end(SideOutcome.DONE, HARM)
    stage.jobs.desk.cancel(SideJobId(1))
    stage.jobs.desk.drop(SideJobId(9))
    assert stage.verdicts == [Verdict(Ruling.FINE)]
    assert stage.jobs.cancelled == []
