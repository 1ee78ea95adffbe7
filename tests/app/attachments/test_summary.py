from __future__ import annotations

from dataclasses import dataclass, field

from app.attachments.parts import FileChoice, FilePart, ReadFile, all_of
from app.attachments.ranges import indexes_of, typed
from app.attachments.summary import (
    FAILED,
    NO_ROOM,
    STRETCH_CHARACTERS,
    FileSummary,
    Progress,
    stretches,
)
from app.attachments.values import FileKind, PartUnit
from app.chats.values import Problem
from app.side_desk import SideDesk
from engine.events import SideEnded, SideOutcome
from engine.requests import SideJobId, SideRequest


def book(pages: int, size: int = 2_500) -> ReadFile:
    parts = tuple(FilePart("x" * size, page, page) for page in range(1, pages + 1))
    return ReadFile("b.pdf", FileKind.PDF, PartUnit.PAGE, pages, parts)


@dataclass
class Model:
    """Takes side jobs and answers them when a test says so."""

    asked: list[SideRequest] = field(default_factory=list)
    cancelled: list[SideJobId] = field(default_factory=list)

    def side(self, request: SideRequest) -> None:
        self.asked.append(request)

    def cancel_side(self, job_id: SideJobId) -> None:
        self.cancelled.append(job_id)


@dataclass
class Making:
    """A summary with what it told."""

    model: Model = field(default_factory=Model)
    told: list[Progress] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def begin(self, file: ReadFile) -> FileSummary:
        self.desk = SideDesk(self.model)
        self.summary = FileSummary(
            FileChoice(file, all_of(file)),
            self.desk,
            "2026-01-02",
            on_progress=self.told.append,
            on_failed=self.problems.append,
        )
        self.summary.begin()
        return self.summary

    def answer(self, text: str, outcome: SideOutcome = SideOutcome.DONE) -> None:
        self.desk.handle(SideEnded(self.model.asked[-1].job_id, outcome, text))


def test_stretches_are_whole_parts_and_hold_everything() -> None:
    file = book(5)
    made = stretches(FileChoice(file, all_of(file)))
    assert [one.ranges for one in made] == [((1, 2),), ((3, 4),), ((5, 5),)]
    long = book(1, STRETCH_CHARACTERS * 2 + 1)
    assert "".join(one.text for one in stretches(FileChoice(long, all_of(long)))) == (
        long.parts[0].text
    )


def test_a_summary_is_made_stretch_by_stretch_and_says_where_it_is() -> None:
    making = Making()
    making.begin(book(4))
    making.answer("Of oaks.")
    making.answer(" Of elms.\n")
    assert making.told == [
        Progress(1, 2, "[Pages 1-2]\nOf oaks."),
        Progress(2, 2, "[Pages 1-2]\nOf oaks.\n\n[Pages 3-4]\nOf elms."),
    ]
    assert len(making.model.asked) == 2
    assert making.problems == []


def test_a_stretch_that_fails_is_tried_again_and_what_there_is_stays() -> None:
    making = Making()
    summary = making.begin(book(4))
    making.answer("Of oaks.")
    making.answer("", SideOutcome.FAILED)
    making.answer("", SideOutcome.GAVE_WAY)
    assert making.problems == [FAILED]
    summary.begin()
    making.answer("Of elms.")
    assert making.told[-1].text.endswith("Of elms.")
    assert making.told[-1].done == 2


def test_without_room_beside_the_chat_it_says_so_at_once() -> None:
    making = Making()
    making.begin(book(2))
    making.answer("", SideOutcome.NO_ROOM)
    assert making.problems == [NO_ROOM]
    assert len(making.model.asked) == 1


def test_a_stopped_summary_says_nothing_more() -> None:
    making = Making()
    making.begin(book(2)).stop()
    making.answer("late")
    assert making.told == []
    assert making.model.cancelled == [making.model.asked[0].job_id]


def test_typed_numbers_choose_parts() -> None:
    file = book(9)
    assert indexes_of("1-3, 7", file) == frozenset({0, 1, 2, 6})
    assert indexes_of(" 8- ", file) == frozenset({7, 8})
    assert indexes_of("2–3;9", file) == frozenset({1, 2, 8})
    assert indexes_of("", file) == frozenset()
    for odd in ("3-1", "0", "a", "1-2-3"):
        assert indexes_of(odd, file) is None
    assert typed(file, {0, 1, 2, 6}) == "1-3, 7"
    assert typed(file, ()) == ""
