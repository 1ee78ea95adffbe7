"""What a JSON schema costs: the grammar's tables, a grammar, and the time per token."""

from __future__ import annotations

import json
import statistics
import time
from typing import Any, Final

import psutil

from app import resources
from engine.harmony.vocabulary import Vocabulary
from engine.structured.format import read_response_format
from engine.structured.grammar import GrammarVocabulary

SCHEMAS: Final[dict[str, tuple[Any, str]]] = {
    "person": (
        {
            "type": "object",
            "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
            "required": ["name", "age"],
        },
        '{"name": "a name with a few words, 김지우", "age": 31}',
    ),
    "anything": ({}, '{"list": [1, 2.5, {"deep": [null, true, "text with words"]}]}'),
    "200 properties": (
        {
            "type": "object",
            "properties": {
                f"p{index}": {"enum": [f"v{value}" for value in range(20)]} for index in range(200)
            },
        },
        '{"p0": "v1", "p100": "v7", "p199": "v3"}',
    ),
}


def run() -> dict[str, Any]:
    """Times of this process's CPU, so that work beside it counts little.

    Returns:
        `tables_s`, `tables_mib` once; by schema `compile_ms`, and in microseconds a token
        `allows_us` (asked for every token), `take_us` (the same) and `list_us` (asked only
        when the model's own choice does not fit).
    """
    vocabulary = Vocabulary.from_file(resources.VOCABULARY)
    process = psutil.Process()
    before, began = process.memory_info().rss, time.process_time()
    grammars = GrammarVocabulary(vocabulary)
    assert grammars.tokenizer is not None
    found: dict[str, Any] = {
        "tables_s": round(time.process_time() - began, 2),
        "tables_mib": round((process.memory_info().rss - before) / 2**20),
    }
    for name, (schema, answer) in SCHEMAS.items():
        found[name] = _costs(grammars, json.dumps(schema), vocabulary.encode(answer))
    return found


def _costs(grammars: GrammarVocabulary, schema: str, ids: list[int]) -> dict[str, float]:
    began = time.process_time()
    grammar = grammars.grammar(read_response_format(schema))
    compiled = time.process_time() - began
    times: dict[str, list[float]] = {"allows_us": [], "take_us": [], "list_us": []}
    for token in ids:
        for name, act in (
            ("allows_us", lambda token=token: grammar.allows(token)),
            ("list_us", grammar.allowed_ids),
            ("take_us", lambda token=token: grammar.take(token)),
        ):
            began = time.process_time()
            act()
            times[name].append(time.process_time() - began)
    means = {name: round(statistics.mean(taken) * 1e6, 1) for name, taken in times.items()}
    return {"compile_ms": round(compiled * 1e3, 1), **means}
