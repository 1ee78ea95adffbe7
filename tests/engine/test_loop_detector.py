from __future__ import annotations

import encodings.cp437
import html.entities
import json
import random
import tkinter.constants
import token as token_module
from pathlib import Path
from types import ModuleType

import pytest

from engine.harmony.vocabulary import Vocabulary
from engine.loop_detector import EARLIER_TIMES, WINDOW_TOKENS, LoopDetector

RESOURCES = Path(__file__).parents[2] / "resources"
PAGES = Path(__file__).parents[2] / "tools" / "practice_model" / "corpus" / "data"

CIRCLES = {
    "one word": "Wait. ",
    "a sentence": "But maybe the user wants the other one, so let me check that again. ",
    "한 문장": "그런데 사용자가 다른 것을 원할 수도 있으니 다시 확인해 보자. ",
    "a paragraph": "We have x = 4 and y = 7, so x + y = 11. Is 11 prime? Yes, 11 is prime. "
    "Hmm, but the question asks for x * y, which is 28, and 28 is not prime. "
    "So the answer depends on what is asked. Let me read the question again.\n",
    "한 문단": "먼저 조건을 정리하자. 사과는 세 개이고 배는 두 개다. 그러면 모두 다섯 개다. "
    "하지만 문제는 남은 개수를 묻는다. 남은 개수를 알려면 먹은 개수를 알아야 한다. "
    "먹은 개수는 나와 있지 않다. 그렇다면 문제를 다시 읽어 보자.\n",
    "a table of nothing": "| 0 | 0 | 0 | 0 |\n",
}


def table(rows: int) -> str:
    head = "| city | country | people | area | mayor |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| City {i} | Country {i % 7} | {i * 7919 % 90_000} | {i * 31 % 977} km² | none yet |\n"
        for i in range(rows)
    )


def records(count: int) -> str:
    people = [
        {
            "id": i,
            "name": f"Person {i * 37 % 101}",
            "address": {"street": "Main Street", "city": "Seoul", "zip": None},
            "roles": ["reader", "writer"],
            "active": i % 3 == 0,
        }
        for i in range(count)
    ]
    return json.dumps(people, indent=2)


def code(functions: int) -> str:
    return "".join(
        f"def test_case_{i}(client: Client) -> None:\n"
        f'    response = client.get("/items/{i}")\n'
        f"    assert response.status_code == 200\n"
        f'    assert response.json() == {{"id": {i}, "name": "item {i}"}}\n\n\n'
        for i in range(functions)
    )


def source(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text(encoding="utf-8")


def draft_twice() -> str:
    page = (PAGES / "render.txt").read_text(encoding="utf-8")
    return f"Draft:\n{page}\nLet me check it once more:\n{page}\nGood. So:\n{page}"


def long_pages() -> str:
    return 2 * "".join((PAGES / f"long.{name}.txt").read_text("utf-8") for name in ("en", "ko"))


def korean_count() -> str:
    return "".join(f"{i}번째 항목은 {i * 3}개, 값은 {i * 7 % 100}이다.\n" for i in range(300))


HONEST = {
    "a table": lambda: table(120),
    "records": lambda: records(60),
    "code": lambda: code(60),
    "counting": lambda: ", ".join(map(str, range(2000))),
    "세기": korean_count,
    "a list": lambda: "".join(f"- item {i}: done\n" for i in range(400)),
    "한국어 목록": lambda: "".join(f"- {i}. 항목 이름: 완료\n" for i in range(400)),
    "a random grid": lambda: "\n".join(
        " ".join(random.Random(row).choices("01", k=24)) for row in range(40)
    ),
    "entities": lambda: source(html.entities),
    "code page": lambda: source(encodings.cp437),
    "constants": lambda: source(tkinter.constants),
    "numbers of tokens": lambda: source(token_module),
    "the Korean catalogue": lambda: (RESOURCES / "translations" / "ko.po").read_text("utf-8"),
    "long pages": long_pages,
    "a draft, a copy and the text": draft_twice,
}


def noticed_after(ids: list[int]) -> int | None:
    detector = LoopDetector()
    for count, token in enumerate(ids, 1):
        detector.take(token)
        if detector.is_looping:
            return count
    return None


@pytest.mark.parametrize("name", CIRCLES)
def test_thoughts_that_go_in_circles_are_noticed(vocabulary: Vocabulary, name: str) -> None:
    once = vocabulary.encode(CIRCLES[name])
    start = vocabulary.encode("The user asks something. Let me think about it step by step. ")
    noticed = noticed_after(start + once * (2000 // len(once) + EARLIER_TIMES + 1))
    assert noticed is not None
    assert noticed <= len(start) + (EARLIER_TIMES + 1) * len(once) + WINDOW_TOKENS + 16


def test_a_circle_with_a_slip_is_noticed(vocabulary: Vocabulary) -> None:
    once = vocabulary.encode(CIRCLES["a paragraph"])
    ids = once * 5 + once[:40] + vocabulary.encode(" hmm") + once[40:] + once * 12
    assert noticed_after(ids) is not None


@pytest.mark.parametrize("name", HONEST)
def test_what_repeats_itself_for_a_reason_is_left_alone(vocabulary: Vocabulary, name: str) -> None:
    ids = vocabulary.encode(HONEST[name]())
    assert len(ids) > WINDOW_TOKENS
    assert noticed_after(ids) is None
