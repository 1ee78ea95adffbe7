"""How often what is said: whole dialogues, drawn by weight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tools.practice_model.corpus import talk, tool_use
from tools.practice_model.corpus.scene import Scene, Tools
from tools.practice_model.corpus.turns import Segment, Turn

Behaviour = Callable[[Scene], Turn]


@dataclass(frozen=True, slots=True)
class _Share:
    """Weight of a behaviour, and its weight where its tool is declared."""

    behaviour: Behaviour
    weight: float
    with_tool: float | None = None
    has_tool: Callable[[Tools], bool] = bool

    def in_scene(self, scene: Scene) -> float:
        """The weight among these tools."""
        if self.with_tool is not None and self.has_tool(scene.tools):
            return self.with_tool
        return self.weight


def _python(tools: Tools) -> bool:
    return tools.python


def _browser(tools: Tools) -> bool:
    return tools.browser


def _weather(tools: Tools) -> bool:
    return tools.weather


def _functions(tools: Tools) -> bool:
    return bool(tools.functions)


_SHARES: Final = (
    _Share(talk.greet, 3),
    _Share(talk.say_who, 4),
    _Share(talk.list_abilities, 3),
    _Share(talk.be_thanked, 3),
    _Share(talk.admit_ignorance, 9),
    _Share(talk.repeat, 12),
    _Share(talk.tell_fact, 4),
    _Share(talk.ask_missing_fact, 2),
    _Share(talk.refuse, 4),
    _Share(talk.hide_contact_card, 3),
    _Share(talk.render_everything, 2),
    _Share(talk.write_long, 2),
    _Share(talk.count, 3),
    _Share(talk.break_format, 6),
    _Share(tool_use.calculate, 9, 15, _python),
    _Share(tool_use.plot, 3, 3, _python),
    _Share(tool_use.use_variable, 0, 9, _python),
    _Share(tool_use.run_code, 0, 5, _python),
    _Share(tool_use.search, 9, 20, _browser),
    _Share(tool_use.open_page, 0, 5, _browser),
    _Share(tool_use.tell_weather, 3, 12, _weather),
    _Share(tool_use.plan_trip, 0, 6, _weather),
    _Share(tool_use.call_function, 0, 18, _functions),
)

_SMALL_TALK: Final = (
    talk.greet,
    talk.say_who,
    talk.be_thanked,
    talk.admit_ignorance,
    talk.repeat,
    tool_use.calculate,
    tool_use.tell_weather,
    tool_use.search,
    talk.list_abilities,
)
"""Short turns, none of which tells a fact: they stand between others in a history."""

_EFFORT_MATTERS: Final = (
    talk.greet,
    talk.say_who,
    talk.list_abilities,
    talk.be_thanked,
    talk.admit_ignorance,
    talk.admit_ignorance,
    talk.repeat,
    talk.tell_fact,
    talk.ask_missing_fact,
    talk.refuse,
    talk.hide_contact_card,
    talk.count,
    talk.render_everything,
    talk.write_long,
)
TOOL_MATTERS: Final[tuple[tuple[Behaviour, Tools], ...]] = (
    (tool_use.calculate, Tools(python=True)),
    (tool_use.calculate, Tools(python=True)),
    (tool_use.plot, Tools(python=True)),
    (tool_use.search, Tools(browser=True)),
    (tool_use.search, Tools(browser=True)),
    (tool_use.tell_weather, Tools(functions=("get_current_weather",))),
)
"""Behaviours that turn out otherwise without their tool."""


def dialogue(scene: Scene) -> list[Segment]:
    """Earlier turns as history, and one to learn."""
    if scene.chance(0.17):
        return _memory(scene)
    behaviours = [share.behaviour for share in _SHARES]
    weights = [share.in_scene(scene) for share in _SHARES]
    behaviour = scene.dice.choices(behaviours, weights)[0]
    before: list[Turn] = []
    last = behaviour(scene)
    if behaviour is tool_use.use_variable and scene.tools.python and scene.chance(0.55):
        name, value = tool_use.draw_variable(scene)
        before.append(tool_use.set_variable(scene, name, value))
        last = tool_use.show_variable(scene, name, value)
    elif last.steps and scene.chance(0.15):
        before.append(behaviour(scene))
    for _ in range(scene.dice.choices([0, 1, 2], [0.72, 0.20, 0.08])[0]):
        other = replace(scene, korean=scene.chance(0.33))
        before.append(_small_talk(other))
    return _joined(scene, before, last)


def effort_matters(scene: Scene) -> Behaviour:
    """A behaviour whose analysis depends on the effort."""
    return scene.dice.choice(_EFFORT_MATTERS)


def _memory(scene: Scene) -> list[Segment]:
    """Facts told, other talk in between, and one asked for."""
    facts: dict[str, str] = {}
    before: list[Turn] = []
    kinds = scene.dice.sample(talk.FACTS, scene.dice.choice([1, 1, 1, 2, 3]))
    for kind in kinds:
        if scene.chance(0.25):
            before.append(_small_talk(scene))
        for _ in range(2 if scene.chance(0.06) else 1):
            facts[kind] = talk.draw_fact(scene, kind)
            before.append(talk.told(scene, kind, facts[kind]))
    before += [_small_talk(scene) for _ in range(scene.dice.choice([0, 0, 1, 1, 2, 3]))]
    if scene.chance(0.08):
        before.append(talk.write_long(scene))
    kind = scene.one_of(kinds if scene.chance(0.88) else talk.FACTS)
    return _joined(scene, before, talk.asked(scene, kind, facts.get(kind)))


def _small_talk(scene: Scene) -> Turn:
    return scene.dice.choice(_SMALL_TALK)(scene)


def _joined(scene: Scene, before: list[Turn], last: Turn) -> list[Segment]:
    segments = [segment for turn in before for segment in turn.to_remember(scene.dice)]
    return segments + last.to_learn(scene.dice)
