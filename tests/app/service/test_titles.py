"""Titles by the model, from the end of the first answer to the list, by a scripted engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.chats.answer_style import AnswerStyle
from app.chats.changes import ChatsChanged
from app.chats.values import Chat, TitleBy
from engine.events import ModelLoaded, SideEnded, SideOutcome
from engine.harmony.messages import Effort
from engine.requests import SideRequest
from tests.app.lab.conftest import FACTS, PLAN
from tests.app.service.conftest import Bench, reply


class Namer:
    """A service with a model of the full size, as far as anybody is told."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        bench.style = AnswerStyle(makes_titles=True)
        self.load()

    def load(self, *, is_practice: bool = False) -> None:
        facts = replace(FACTS, is_practice=is_practice)
        self.bench.engine.play(ModelLoaded(facts, 8192, "CPU", 1.0, PLAN))
        self.bench.settle()

    def ask(self, question: str = "How do I mend brakes?", answer: str = "Like so.") -> None:
        self.bench.engine.scripts = [reply(answer)]
        self.bench.service.send(question, Effort.LOW)
        self.bench.settle()

    @property
    def jobs(self) -> list[SideRequest]:
        return self.bench.engine.sides

    def end(self, text: str = "", outcome: SideOutcome = SideOutcome.DONE) -> None:
        self.bench.engine.play(SideEnded(self.jobs[-1].job_id, outcome, text, 9))
        self.bench.settle()

    @property
    def chat(self) -> Chat:
        told = self.bench.of(ChatsChanged)[-1]
        assert isinstance(told, ChatsChanged)
        return told.chats[0]


@pytest.fixture
def namer(bench: Bench) -> Namer:
    return Namer(bench)


def test_the_first_answer_gives_a_chat_its_title_and_the_list_keeps_its_order(
    namer: Namer,
) -> None:
    namer.ask()
    before = namer.chat
    assert (before.title, before.title_by) == ("How do I mend brakes?", TitleBy.WORDS)
    namer.end('"Mending bicycle brakes."')
    assert (namer.chat.title, namer.chat.title_by) == ("Mending bicycle brakes", TitleBy.MODEL)
    assert namer.chat.updated_ms == before.updated_ms
    namer.ask("And gears?")
    assert len(namer.jobs) == 1, "it has its title"


def test_a_title_that_the_user_gave_meanwhile_stays(namer: Namer) -> None:
    namer.ask()
    namer.bench.service.rename_chat(namer.chat.id, "Mine")
    namer.bench.settle()
    namer.end("Its")
    assert (namer.chat.title, namer.chat.title_by) == ("Mine", TitleBy.USER)


@pytest.mark.parametrize("text", ["", "A whole sentence that says far too much of it all", "<|x|>"])
def test_an_answer_that_is_no_title_leaves_the_first_words_for_good(
    namer: Namer, text: str
) -> None:
    namer.ask()
    namer.end(text)
    namer.ask("And gears?")
    assert namer.chat.title == "How do I mend brakes?"
    assert len(namer.jobs) == 1


def test_a_title_that_holds_a_secret_is_not_shown(namer: Namer) -> None:
    namer.ask()
    namer.end("Key sk-proj-4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c")
    assert namer.chat.title == "How do I mend brakes?"


def test_what_gave_way_is_tried_again_once_the_user_rests(namer: Namer) -> None:
    namer.ask()
    namer.bench.service.summaries.user_types()
    assert namer.bench.engine.cancelled_sides == [namer.jobs[0].job_id]
    namer.bench.settle()
    assert len(namer.jobs) == 1
    namer.bench.service.summaries.user_rests()
    assert len(namer.jobs) == 2
    namer.end(outcome=SideOutcome.GAVE_WAY)
    assert len(namer.jobs) == 3
    namer.end("Brakes")
    assert namer.chat.title == "Brakes"


def test_the_practice_model_and_the_setting_name_nothing(namer: Namer) -> None:
    namer.bench.style = AnswerStyle()
    namer.ask()
    assert namer.jobs == []
    namer.bench.style = AnswerStyle(makes_titles=True)
    namer.load(is_practice=True)
    namer.bench.service.new_chat()
    namer.ask("Another one")
    assert namer.jobs == []
    namer.load()
    assert len(namer.jobs) == 1, "a chat that waited is named once there is a model that can"


def test_a_chat_that_is_gone_needs_no_title(namer: Namer) -> None:
    namer.load(is_practice=True)
    namer.ask()
    namer.bench.service.delete_chat(namer.chat.id)
    namer.bench.settle()
    namer.load()
    assert namer.jobs == []


def test_a_private_chat_is_named_as_well(namer: Namer) -> None:
    namer.bench.service.new_chat(is_private=True)
    namer.bench.settle()
    namer.ask()
    assert namer.chat.is_private
    namer.end("Mending brakes")
    assert namer.chat.title == "Mending brakes"
