from __future__ import annotations

from dataclasses import replace

import pytest

from app.models.offered_facts import facts_of_offered
from app.models.values import ModelPart, OfferedModel
from tests.engine.memory_plan.conftest import facts_of
from tools.random_model.header import GPT_OSS_20B, GPT_OSS_120B, FullShape


def offered(name: str, size_bytes: int = 0, quantisation: str = "MXFP4") -> OfferedModel:
    part = ModelPart(f"{name}.gguf", size_bytes, "")
    return OfferedModel(name, name, (part,), quantisation=quantisation)


@pytest.mark.parametrize(
    ("name", "shape"), [("gpt-oss-20b", GPT_OSS_20B), ("gpt-oss-120b", GPT_OSS_120B)]
)
def test_what_is_known_before_the_download_is_what_the_header_will_say(
    name: str, shape: FullShape
) -> None:
    known, written = facts_of_offered(offered(name)), facts_of(shape)
    assert known is not None
    same = replace(written, path=known.path, name=name, size_bytes=known.size_bytes)
    assert known == same
    assert known.size_bytes == pytest.approx(written.size_bytes, rel=1e-6)


def test_another_quantisation_is_taken_to_be_that_of_the_experts() -> None:
    usual = facts_of_offered(offered("gpt-oss-20b"))
    larger = facts_of_offered(offered("gpt-oss-20b", 14_000_000_000, "Q8_0"))
    assert usual is not None
    assert larger is not None
    assert larger.weights.blocks == usual.weights.blocks
    assert larger.weights.total == pytest.approx(14_000_000_000, rel=1e-6)


def test_nothing_is_said_of_a_model_of_unknown_shape() -> None:
    assert facts_of_offered(offered("someone/finetune")) is None
