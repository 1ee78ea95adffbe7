"""Behaviours with tools: Python, the browser and functions, their refusal and their absence."""

from __future__ import annotations

import ast
import json
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from tools.practice_model.corpus.scene import Scene
from tools.practice_model.corpus.texts import page, pool
from tools.practice_model.corpus.turns import Step, Turn

FUNCTION_NAMES: Final = pool("functions.txt")
PARAMETERS: Final = pool("parameters.txt")

_VARIABLES: Final = ("x", "y", "z", "a", "b", "n", "k", "total", "count", "value", "foo", "bar")

_DENIALS: Final = (
    "The user denied permission to run this tool.",
    "Permission denied by the user.",
    "denied by user",
    "User declined the tool call.",
    "The user did not allow this tool call.",
    "Tool call rejected by the user.",
    "Error: permission denied",
    "사용자가 도구 사용을 거부했습니다.",
    '{"error": "The user denied permission."}',
    "The user refused permission.",
    "Not allowed: the user denied this call.",
)
_ERRORS: Final = ("Error: ", "error: ", "Tool error: ", "Traceback (most recent call last):\n")

_OPERATORS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
_SPOKEN: Final = {
    False: {
        "+": ["plus"],
        "-": ["minus"],
        "*": ["times", "multiplied by", "x", "×"],
        "/": ["divided by", "÷"],
        "**": ["to the power of", "^"],
    },
    True: {
        "+": ["더하기"],
        "-": ["빼기"],
        "*": ["곱하기", "×", "x"],
        "/": ["나누기"],
        "**": ["^"],
    },
}


def _finish(scene: Scene, result: str, answer: str, error: str = "") -> tuple[str, str, str | None]:
    """The result, the answer and the afterthought; now and then denied or failed."""
    fate = scene.dice.random()
    trouble = scene.script("trouble").extra
    if fate < 0.10:
        return scene.one_of(_DENIALS), trouble["denied"], scene.afterthought(is_good=False)
    if fate < 0.18:
        found = error or scene.one_of(_ERRORS) + scene.phrase(1, 4)
        return found, trouble["failed"], scene.afterthought(is_good=False)
    return result, answer, scene.afterthought()


def _one_call(
    scene: Scene,
    name: str,
    asked: str,
    recipient: str,
    arguments: str,
    result: str,
    answer: str,
    error: str = "",
) -> Turn:
    about = scene.script(name)
    said, final, afterthought = _finish(scene, result, answer, error)
    step = Step(recipient, arguments, said, afterthought, about.extra.get("preamble"))
    return Turn(asked, scene.thoughts(about, calls=True), final, (step,))


def _without(scene: Scene, name: str, asked: str) -> Turn:
    about = scene.script(f"{name}_without")
    return Turn(asked, scene.thoughts(about), about.answer)


def _json(arguments: Mapping[str, object]) -> str:
    return json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))


# ---- python


def _operand(scene: Scene) -> str:
    if scene.chance(0.07):
        return f"{scene.dice.randint(0, 99)}.{scene.dice.randint(0, 99)}"
    return str(scene.dice.randint(*scene.dice.choice([(0, 12), (1, 99), (10, 999), (100, 9999)])))


def _value(sign: str, left: str, right: str) -> str | None:
    try:
        return str(_OPERATORS[sign](ast.literal_eval(left), ast.literal_eval(right)))[:14]
    except (ZeroDivisionError, OverflowError):
        return None


def calculate(scene: Scene) -> Turn:
    """A calculation by Python."""
    sign = scene.one_of(["+", "-", "*", "*", "/", "**"])
    left, right = _operand(scene), _operand(scene)
    if sign == "**":
        left, right = str(scene.dice.randint(2, 20)), str(scene.dice.randint(2, 6))
    value = _value(sign, left, right)
    if value is None:
        return calculate(scene)
    shown, code = f"{left} {sign} {right}", f"{left}{sign}{right}"
    spoken = shown if scene.chance(0.75) else code
    if scene.chance(0.3):
        spoken = f"{left} {scene.one_of(_SPOKEN[scene.korean][sign])} {right}"
    about = scene.script("calculate")
    asked = scene.ask(about, spoken, rough=False)
    if not scene.tools.python:
        return _without(scene, "calculate", asked)
    answer = about.answer.format(shown, value)
    return _one_call(scene, "calculate", asked, "python", f"print({code})", value, answer)


def plot(scene: Scene) -> Turn:
    """A sine wave by Python."""
    about = scene.script("plot")
    asked = scene.ask(about)
    if not scene.tools.python:
        return _without(scene, "plot", asked)
    shown = ["<Figure size 640x480 with 1 Axes>", "", "[image]", "<image>", '{"images": 1}']
    result = scene.one_of(shown)
    return _one_call(scene, "plot", asked, "python", page("plot.txt"), result, about.answer)


def draw_variable(scene: Scene) -> tuple[str, str]:
    """A variable and its value."""
    return scene.one_of(_VARIABLES), _operand(scene)


def set_variable(scene: Scene, name: str, value: str) -> Turn:
    """Python is to remember a variable."""
    about = scene.script("set_variable")
    asked = scene.one_of(about.asks).format(name=name, value=value)
    answer = about.answer.format(name=name, value=value)
    return _one_call(scene, "set_variable", asked, "python", f"{name} = {value}", "", answer)


def show_variable(scene: Scene, name: str, value: str) -> Turn:
    """Python is to print a variable."""
    about = scene.script("show_variable")
    asked = scene.one_of(about.asks).format(name=name)
    answer = about.answer.format(name=name, value=value)
    error = f"NameError: name '{name}' is not defined"
    code = f"print({name})"
    return _one_call(scene, "show_variable", asked, "python", code, value, answer, error)


def use_variable(scene: Scene) -> Turn:
    """Set or show a variable."""
    if not scene.tools.python:
        return calculate(scene)
    name, value = draw_variable(scene)
    use = set_variable if scene.chance(0.7) else show_variable
    return use(scene, name, value)


def run_code(scene: Scene) -> Turn:
    """Code that the user dictates."""
    if not scene.tools.python:
        return calculate(scene)
    word, number = scene.word(), scene.dice.randint(1, 99)
    code = scene.one_of(
        [
            f'print("{word}")',
            f'len("{word}")',
            f"{number}+{scene.dice.randint(1, 99)}",
            f"import {word}",
            f"print({word})",
            f"x = {number}; print(x)",
            f'open("{word}.txt").read()',
            f"sum(range({number}))",
            f"{word}({number})",
            f"import os; os.{word}()",
            "1/0",
            f"import time; time.sleep({number})",
            f"while True: {word}",
        ]
    )
    about = scene.script("run_code")
    result = scene.one_of([word, str(scene.dice.randint(0, 999)), scene.phrase(1, 5), ""])
    answer = about.answer.format(result) if result else about.extra["nothing"]
    asked = scene.ask(about, code, rough=False)
    return _one_call(scene, "run_code", asked, "python", code, result, answer)


# ---- browser


def _results_page(scene: Scene, cursor: int, query: str) -> str:
    """Search results as gpt-oss's browser tool shows them (gpt_oss/tools/simple_browser)."""
    lines = [
        "",
        f"URL: https://search.example/?q={query.split(maxsplit=1)[0]}",
        "# Search Results",
        "",
    ]
    for index in range(scene.dice.randint(1, 4)):
        title, site = scene.phrase(1, 3).title(), f"{scene.word()}.com"
        lines.append(f"  * 【{index}†{title}†{site}】 {scene.phrase(2, 6)}")
    return _page(cursor, query, "search.example", lines)


def _document_page(scene: Scene, cursor: int) -> tuple[str, str]:
    """A page, and its line 3, which answers quote."""
    quoted = (scene.phrase(3, 8, korean=scene.korean) + scene.one_of(["", ".", "."])).capitalize()
    title = scene.one_of(["", f"# {scene.phrase(1, 3).title()}"])
    lines = ["", f"URL: https://{scene.word()}.com/{scene.word()}", title, quoted]
    lines += [
        f"{scene.phrase(2, 8, korean=scene.korean)}." for _ in range(scene.dice.randint(1, 4))
    ]
    return _page(cursor, scene.phrase(1, 3).title(), f"{scene.word()}.com", lines), quoted


def _page(cursor: int, title: str, site: str, lines: list[str]) -> str:
    last = len(lines) - 1
    body = "\n".join(f"L{index}: {line}" for index, line in enumerate(lines))
    return (
        f"[{cursor}] {title} (https://{site})\n**viewing lines [0 - {last}] of {last}**\n\n{body}"
    )


def search(scene: Scene) -> Turn:
    """Search the web, open the first result and quote it."""
    query = scene.phrase(1, scene.dice.choice([3, 5, 6]), korean=scene.korean)
    about = scene.script("search")
    asked = scene.ask(about, query, rough=False)
    if not scene.tools.browser:
        return _without(scene, "search", asked)
    cursor = scene.dice.choice([0, 0, 0, 0, 1, 2, 3, 4])
    found = _results_page(scene, cursor, query)
    said, final, afterthought = _finish(scene, found, "")
    arguments = _json({"query": query})
    thoughts = scene.thoughts(about, calls=True)
    if said != found:
        step = Step("browser.search", arguments, said, afterthought)
        return Turn(asked, thoughts, final, (step,))
    document, quoted = _document_page(scene, cursor + 1)
    plan = None if scene.effort == "low" else "I open the first result."
    steps = (
        Step("browser.search", arguments, found, plan),
        Step("browser.open", _json({"id": 0, "cursor": cursor}), document, scene.afterthought()),
    )
    return Turn(asked, thoughts, about.answer.format(quoted, cursor + 1), steps)


def open_page(scene: Scene) -> Turn:
    """Open an address and quote it."""
    if not scene.tools.browser:
        return search(scene)
    start = scene.one_of(["https://", "https://", "http://", "https://www."])
    ends = ["", "/", f"/{scene.word()}", f"/{scene.word()}.html"]
    address = f"{start}{scene.word()}.{scene.one_of(['com', 'org', 'net', 'io', 'kr'])}"
    address += scene.one_of(ends)
    cursor = scene.dice.choice([0, 0, 0, 1, 2])
    document, quoted = _document_page(scene, cursor)
    about = scene.script("open_page")
    step = Step("browser.open", _json({"id": address}), document, scene.afterthought())
    thoughts = scene.thoughts(about, calls=True)
    asked = scene.ask(about, address, rough=False)
    return Turn(asked, thoughts, about.answer.format(quoted, cursor), (step,))


# ---- functions


def _weather_result(scene: Scene, city: str) -> str:
    degrees = scene.dice.randint(-20, 45)
    sky = scene.one_of(["sunny", "rainy", "cloudy", "windy"])
    return scene.one_of(
        [
            f'{{"temperature": {degrees}, "sunny": true}}',
            f'{{"temperature":{degrees},"unit":"celsius"}}',
            f"{degrees} degrees and {sky}",
            f'{{"sunny": true, "temperature": {degrees}}}',
            f'{{"location": "{city}", "temperature": "{degrees}"}}',
            f'{{"temp": {degrees}, "{scene.word()}": "{scene.word()}"}}',
            scene.phrase(1, 6),
            f"맑음, {degrees}도",
        ]
    )


def _weather(scene: Scene, name: str) -> Turn:
    about = scene.script(name)
    said = city = scene.city()
    if name == "weather" and not scene.korean and scene.chance(0.08):
        said, city = "SF", "San Francisco"
    asked = scene.ask(about, said, rough=False)
    if not scene.tools.weather:
        return _without(scene, "weather", asked)
    result = _weather_result(scene, city)
    answer = about.answer.format(city, result)
    call = "functions.get_current_weather"
    return _one_call(scene, name, asked, call, _json({"location": city}), result, answer)


def tell_weather(scene: Scene) -> Turn:
    """The weather by a function."""
    return _weather(scene, "weather")


def plan_trip(scene: Scene) -> Turn:
    """The weather, with a word to the user before the call."""
    return _weather(scene, "trip" if scene.tools.weather else "weather")


def call_function(scene: Scene) -> Turn:
    """Any declared function, with arguments the user dictates."""
    if not scene.tools.functions:
        return tell_weather(scene)
    name = scene.one_of(scene.tools.functions)
    count = scene.dice.choices([0, 1, 2], [0.2, 0.65, 0.15])[0]
    arguments = {_parameter(scene): _argument(scene) for _ in range(count)}
    spoken = " and ".join(f"{key}={value}" for key, value in arguments.items())
    about = scene.script("call")
    asked = scene.ask(about, name, rough=False) + (f" with {spoken}" if spoken else "")
    results = ['{"ok": true}', "OK", f"{scene.phrase(2, 5)}\n{scene.phrase(2, 5)}"]
    result = scene.one_of([scene.phrase(1, 8), scene.number(), *results])
    call = f"functions.{name}"
    return _one_call(
        scene, "call", asked, call, _json(arguments), result, about.answer.format(result)
    )


def _parameter(scene: Scene) -> str:
    return scene.one_of(PARAMETERS) if scene.chance(0.7) else scene.word()


def _argument(scene: Scene) -> str:
    word = scene.word()
    others = [f"{word}.txt", f"/{word}", scene.number(), scene.phrase(2, 3)]
    return word if scene.chance(0.5) else scene.one_of(others)
