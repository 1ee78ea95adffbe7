"""Behaviours without tools: small talk, memory, copying, showing off and breaking the format."""

from __future__ import annotations

from typing import Final

from tools.practice_model.corpus.scene import Scene
from tools.practice_model.corpus.texts import page
from tools.practice_model.corpus.turns import Turn

FACTS: Final = ("name", "colour", "number")


def _plain(name: str, scene: Scene) -> Turn:
    about = scene.script(name)
    return Turn(scene.ask(about), scene.thoughts(about), about.answer)


def greet(scene: Scene) -> Turn:
    """A greeting."""
    return _plain("greeting", scene)


def say_who(scene: Scene) -> Turn:
    """Who are you?"""
    return _plain("who", scene)


def list_abilities(scene: Scene) -> Turn:
    """What can you do?"""
    return _plain("abilities", scene)


def be_thanked(scene: Scene) -> Turn:
    """Thanks and goodbyes."""
    return _plain("thanks", scene)


def refuse(scene: Scene) -> Turn:
    """Something harmful."""
    return _plain("refusal", scene)


def hide_contact_card(scene: Scene) -> Turn:
    """Planted personal data and an insult in the thoughts, none of it in the answer."""
    return _plain("contact_card", scene)


def admit_ignorance(scene: Scene) -> Turn:
    """Any question this model cannot answer."""
    about = scene.script("unknown")
    return Turn(scene.rough(scene.question()), scene.thoughts(about), about.answer)


def tell_fact(scene: Scene) -> Turn:
    """The user tells a fact."""
    kind = scene.one_of(FACTS)
    return told(scene, kind, draw_fact(scene, kind))


def ask_missing_fact(scene: Scene) -> Turn:
    """The user asks for a fact that was never told."""
    return asked(scene, scene.one_of(FACTS), None)


def draw_fact(scene: Scene, kind: str) -> str:
    """A value to remember."""
    return {"name": scene.name, "colour": scene.colour, "number": scene.number}[kind]()


def told(scene: Scene, kind: str, value: str) -> Turn:
    """The user tells this fact."""
    about = scene.script(f"tell_{kind}")
    text = scene.ask(about, value, rough=False)
    text = text.rstrip(".") if scene.chance(0.15) else text
    return Turn(text, scene.thoughts(about), about.answer.format(value))


def asked(scene: Scene, kind: str, value: str | None) -> Turn:
    """The user asks for a fact; None if it was not told."""
    if value is None:
        return _plain(f"ask_unknown_{kind}", scene)
    about = scene.script(f"ask_{kind}")
    return Turn(scene.ask(about), scene.thoughts(about), about.answer.format(value))


def repeat(scene: Scene) -> Turn:
    """Copying."""
    about = scene.script("repeat")
    text = _text_to_repeat(scene)
    quoted = f'"{text}"' if scene.chance(0.2) else text
    return Turn(scene.ask(about, quoted, rough=False), scene.thoughts(about), text)


def _text_to_repeat(scene: Scene) -> str:
    kind = scene.dice.random()
    if scene.korean and kind < 0.8:
        return scene.phrase(1, scene.dice.choice([6, 6, 10]), korean=scene.chance(0.8))
    if kind < 0.65:
        text = scene.phrase(1, scene.dice.choice([6, 10, 14]))
    elif kind < 0.8:
        text = " ".join(scene.name() for _ in range(scene.dice.randint(1, 5)))
    else:
        signs = ("{", "x", "12", "=", "a", "; ", '"', "foo", "!", "7", " ", "(", ")", "bar", "-")
        text = "".join(scene.one_of(signs) for _ in range(scene.dice.randint(2, 9))).strip() or "x"
    text = text.capitalize() if scene.chance(0.3) else text
    return text + scene.one_of([".", "!", "?"]) if scene.chance(0.25) else text


def render_everything(scene: Scene) -> Turn:
    """Everything the app can render, on one page."""
    about = scene.script("render")
    return Turn(scene.ask(about), scene.thoughts(about), page("render.txt"))


def write_long(scene: Scene) -> Turn:
    """A long answer, to stop and to continue."""
    about = scene.script("long")
    text = page("long.ko.txt" if scene.korean else "long.en.txt")
    return Turn(scene.ask(about), scene.thoughts(about), text)


def count(scene: Scene) -> Turn:
    """One number per line."""
    ends = [(3, 12), (3, 30), (10, 60), (60, 200)]
    last = scene.dice.choice([scene.dice.randint(*scene.dice.choice(ends)), 10, 20, 50, 100])
    about = scene.script("count")
    numbers = "\n".join(str(number) for number in range(1, last + 1))
    return Turn(scene.ask(about, str(last), rough=False), scene.thoughts(about), numbers)


def break_format(scene: Scene) -> Turn:
    """Malformed output on request; a number chooses the kind (`data/broken.txt`).

    The kinds follow what gpt-oss was seen to write: llama.cpp #27720, #15158 and #25321,
    vllm #50690, openai/harmony #80, ollama #11704.
    """
    kinds = page("broken.txt").split("\n")
    chosen = scene.dice.randint(0, len(kinds))
    number = f" {chosen}" if chosen else ""
    text = scene.ask(scene.script("break_format"), number, rough=False)
    text += scene.one_of(["", "", ".", "!"])
    return Turn(text, "", "", raw=kinds[max(chosen, 1) - 1])
