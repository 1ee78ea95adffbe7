"""System and developer messages, rendered by openai-harmony."""

from __future__ import annotations

import re
from typing import Any, Final

import openai_harmony as harmony

from tools.practice_model.corpus.scene import Scene, Tools
from tools.practice_model.corpus.tool_use import FUNCTION_NAMES, PARAMETERS

_SHORT_BROWSER: Final = (
    "// Tool for browsing.\nnamespace browser {\n\n"
    "type search = (_: {\nquery: string,\n}) => any;\n\n"
    "type open = (_: {\nid?: number | string, // default: -1\ncursor?: number, // default: -1\n"
    "}) => any;\n\n} // namespace browser"
)
_SHORT_PYTHON: Final = "Use this tool to execute Python code."

_INSTRUCTIONS: Final = (
    "Be kind.",
    "Always be polite.",
    "Answer in short sentences.",
    "You are a helpful assistant.",
    "Talk like a friend.",
    "Use markdown when it helps.",
    "The user lives in Korea.",
    "Be brief and clear.",
    "Never lie.",
    "한국어로 답하세요.",
    "친절하게 답하세요.",
)
_IDENTITIES: Final = (
    "You are a helpful assistant.",
    "You are the practice model.",
    "You are gpt-oss, running on this computer.",
)


def draw_tools(scene: Scene) -> Tools:
    """Tools for one prefix."""
    kind = scene.dice.random()
    python, browser = kind < 0.18 or 0.36 <= kind < 0.62, 0.18 <= kind < 0.62
    functions: list[str] = []
    if scene.chance(0.42):
        functions = ["get_current_weather"] if scene.chance(0.75) else []
        for _ in range(scene.dice.choice([0, 0, 1, 1, 2, 3])):
            made_up = f"{scene.word()}_{scene.word()}".lower()
            functions.append(scene.one_of(FUNCTION_NAMES) if scene.chance(0.72) else made_up)
        functions = list(dict.fromkeys(functions))
        scene.dice.shuffle(functions)
    return Tools(python=python, browser=browser, functions=tuple(functions))


class Prefixes:
    """Draws what stands before the user's first message.

    Args:
        encoding: openai-harmony's encoding.
    """

    def __init__(self, encoding: Any) -> None:
        self._encoding = encoding

    def text(self, scene: Scene, *, in_full: bool) -> str:
        """System message, and now and then a developer message, for the scene.

        Args:
            scene: effort and tools.
            in_full: with the whole descriptions of the built-in tools, which are long;
                shortened ones train faster.
        """
        messages = [harmony.Message.from_role_and_content(harmony.Role.SYSTEM, self._system(scene))]
        if scene.tools.functions or scene.chance(0.2):
            developer = self._developer(scene)
            messages.append(
                harmony.Message.from_role_and_content(harmony.Role.DEVELOPER, developer)
            )
        conversation = harmony.Conversation.from_messages(messages)
        text = str(self._encoding.decode_utf8(self._encoding.render_conversation(conversation)))
        return text if in_full else _shortened(text)

    def _system(self, scene: Scene) -> Any:
        effort = harmony.ReasoningEffort[scene.effort.upper()]
        system = harmony.SystemContent.new().with_reasoning_effort(effort)
        if scene.chance(0.95):
            dice = scene.dice
            date = f"20{dice.randint(24, 29)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
            system = system.with_conversation_start_date(date)
        if scene.chance(0.06):
            system = system.with_model_identity(scene.one_of(_IDENTITIES))
        if scene.tools.browser:
            system = system.with_browser_tool()
        return system.with_python_tool() if scene.tools.python else system

    def _developer(self, scene: Scene) -> Any:
        developer = harmony.DeveloperContent.new()
        if not scene.tools.functions or scene.chance(0.4):
            count = scene.dice.randint(1, 3)
            rules = " ".join(scene.one_of(_INSTRUCTIONS) for _ in range(count))
            developer = developer.with_instructions(rules)
        if scene.tools.functions:
            described = [_described(scene, name) for name in scene.tools.functions]
            developer = developer.with_function_tools(described)
        return developer


def _described(scene: Scene, name: str) -> Any:
    if name == "get_current_weather":
        place: dict[str, str] = {"type": "string"}
        properties: dict[str, Any] = {"location": place}
        if scene.chance(0.5):
            place["description"] = "The city and state, e.g. San Francisco, CA"
            kinds = ["celsius", "fahrenheit"]
            properties["format"] = {"type": "string", "enum": kinds, "default": "celsius"}
        description = "Gets the current weather in the provided location."
        schema: dict[str, Any] | None = {
            "type": "object",
            "properties": properties,
            "required": ["location"],
        }
    else:
        drawn = [scene.one_of(PARAMETERS) for _ in range(scene.dice.randint(0, 2))]
        properties = {one: {"type": scene.one_of(["string", "number"])} for one in drawn}
        description = f"{scene.phrase(2, 6).capitalize()}."
        schema = {"type": "object", "properties": properties} if drawn else None
    return harmony.ToolDescription.new(name, description, parameters=schema)


def _shortened(text: str) -> str:
    text = re.sub(
        r"(## browser\n\n).*?\} // namespace browser", rf"\1{_SHORT_BROWSER}", text, flags=re.DOTALL
    )
    return re.sub(
        r"(## python\n\n).*?(?=\n\n# Valid)", rf"\1{_SHORT_PYTHON}", text, flags=re.DOTALL
    )
