from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.harmony.reader import HarmonyReader, MessageEnded
from engine.harmony.vocabulary import Vocabulary
from tools.practice_model.corpus import mixture, talk, tool_use
from tools.practice_model.corpus.prefixes import Prefixes, draw_tools
from tools.practice_model.corpus.scene import EFFORTS, Scene, Tools
from tools.practice_model.corpus.texts import page, words
from tools.practice_model.encoding import load_encoding
from tools.practice_model.vocabulary import VocabularyTables


@pytest.fixture(scope="module")
def encoding(vocabulary_path: Path) -> Any:
    return load_encoding(vocabulary_path)


@pytest.fixture(scope="module")
def vocabulary(vocabulary_path: Path) -> Vocabulary:
    return Vocabulary.from_file(vocabulary_path)


@pytest.fixture(scope="module")
def scene(vocabulary_path: Path) -> Scene:
    pools = words(VocabularyTables.read(vocabulary_path))
    return Scene("low", False, Tools(), pools, random.Random(7))


def addresses(tools: Tools) -> set[str]:
    functions = {f"functions.{name}" for name in tools.functions}
    python = {"python"} if tools.python else set()
    return functions | python | ({"browser.search", "browser.open"} if tools.browser else set())


def test_what_the_model_learns_to_write_is_sound_harmony(
    scene: Scene, encoding: Any, vocabulary: Vocabulary
) -> None:
    for seed in range(150):
        dice = random.Random(seed)
        drawn = replace(scene, effort=dice.choice(EFFORTS), korean=seed % 3 == 0, dice=dice)
        drawn = replace(drawn, tools=draw_tools(drawn))
        segments = mixture.dialogue(drawn)
        if any(segment.text in page("broken.txt").split("\n") for segment in segments):
            continue
        reader = HarmonyReader(vocabulary, addresses(drawn.tools))
        last = "".join(segment.text for segment in segments).rpartition("<|start|>assistant<|ch")
        ids = encoding.encode("<|ch" + last[2], allowed_special="all")
        events = [event for token in ids for event in reader.feed(token)]
        assert reader.repairs == 0
        assert sum(isinstance(event, MessageEnded) for event in events) == 1


@pytest.mark.parametrize("korean", [False, True])
def test_the_efforts_think_differently_from_the_first_word_on(scene: Scene, korean: bool) -> None:
    for name in ("greeting", "who", "unknown", "calculate", "search"):
        about = scene.script(name)
        texts = [replace(scene, effort=one, korean=korean).thoughts(about) for one in EFFORTS]
        assert len({text.split()[0] for text in texts}) == 3
        assert len(texts[0]) <= len(texts[1]) < len(texts[2])


def test_without_its_tool_a_behaviour_calls_nothing(scene: Scene) -> None:
    for behaviour, tools in mixture.TOOL_MATTERS:
        assert not behaviour(scene).steps
        turns = [behaviour(replace(scene, tools=tools)) for _ in range(5)]
        assert all(turn.steps for turn in turns)


def test_a_prefix_declares_the_tools_of_its_scene(scene: Scene, encoding: Any) -> None:
    tools = Tools(python=True, browser=True, functions=("get_current_weather", "read_file"))
    text = Prefixes(encoding).text(replace(scene, tools=tools, effort="high"), in_full=False)
    for part in ("Reasoning: high", "## python", "## browser", "type read_file =", "location"):
        assert part in text


def test_a_calculation_is_right(scene: Scene) -> None:
    with_python = replace(scene, tools=Tools(python=True), dice=random.Random(3))
    turns = [tool_use.calculate(with_python) for _ in range(50)]
    told = [turn for turn in turns if turn.answer.endswith(f" = {turn.steps[0].result}.")]
    assert len(told) > 30


def test_private_data_stays_in_the_thoughts_of_the_contact_card(scene: Scene) -> None:
    for effort in EFFORTS:
        turn = talk.hide_contact_card(replace(scene, effort=effort))
        assert "4111 1111 1111 1111" in turn.thoughts
        assert "4111" not in turn.answer
