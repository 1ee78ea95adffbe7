from __future__ import annotations

from collections.abc import Callable

import pytest

from app.chats.changes import ChatOpened, MessageEnded
from app.words import Words
from tests.ui.chat.stage import CHAT, Clock, Stage, answer
from ui.chat.live_region import LiveRegion


@pytest.fixture
def said() -> list[str]:
    """Every announcement, in order."""
    return []


@pytest.fixture
def make(words: Words, said: list[str]) -> Callable[..., tuple[LiveRegion, Clock]]:
    def made(*, is_heard: bool = True) -> tuple[LiveRegion, Clock]:
        clock = Clock()
        return LiveRegion(words, said.append, clock, lambda: is_heard), clock

    return made


Make = Callable[..., tuple[LiveRegion, Clock]]


def test_whole_sentences_are_said_and_half_ones_wait(make: Make, said: list[str]) -> None:
    region, clock = make()
    region.add("The first one. The seco")
    assert said == ["The first one."]
    clock.seconds += 5
    region.add("nd one! And a ")
    assert said[1:] == ["The second one!"]
    region.end()
    assert said[2:] == ["And a Sotto answered"]


def test_sentences_that_come_quickly_are_said_together(make: Make, said: list[str]) -> None:
    region, clock = make()
    region.add("One. ")
    region.add("Two. ")
    region.add("Three. ")
    assert said == ["One."]
    clock.seconds += 2
    region.add("Four. ")
    assert said[1:] == ["Two. Three. Four."]


def test_a_long_stretch_does_not_wait(make: Make, said: list[str]) -> None:
    region, _ = make()
    region.add("One. ")
    region.add(f"{'word ' * 40}. ")
    assert len(said) == 2


def test_korean_sentences_and_lines_end_where_they_end(make: Make, said: list[str]) -> None:
    region, _ = make()
    region.add("안녕하세요. 잘 지내")
    assert said == ["안녕하세요."]
    region.end()
    assert said[1:] == ["잘 지내 Sotto answered"]


def test_marks_are_not_read_out_and_code_is_named(make: Make, said: list[str]) -> None:
    region, _ = make()
    region.add("## A *bold* `word`\n- see [the page](https://example.org/)\n")
    region.add("```python\nx = snake_case  # secret\n```\nAfter snake_case.\n")
    region.end()
    whole = " ".join(said)
    assert "A bold word" in whole
    assert "see the page" in whole
    assert "A block of code." in whole
    assert "secret" not in whole
    assert "After snake_case." in whole
    assert not set("#*`[]") & set(whole)


def test_nothing_is_said_where_nobody_listens(make: Make, said: list[str]) -> None:
    region, _ = make(is_heard=False)
    region.add("The first one. ")
    assert said == []


def test_an_answer_is_told_as_it_comes(stage: Stage, words: Words, said: list[str]) -> None:
    stage.panel.live = LiveRegion(words, said.append, Clock(), lambda: True)
    stage.begin_answer()
    stage.say("Half a sentence")
    assert said == []
    stage.say(" is whole now. Then ")
    assert said == ["Half a sentence is whole now."]
    stage.panel.apply(MessageEnded(answer(2, "Half a sentence is whole now. Then ")))
    assert said[-1].endswith("Sotto answered")
    stage.begin_answer()
    stage.say("Not ")
    stage.panel.apply(ChatOpened(CHAT, ()))
    stage.begin_answer()
    stage.say("Another. ")
    assert "Not" not in " ".join(said)
