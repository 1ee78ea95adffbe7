"""The published models and the machines people have, as values."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.gguf import Geometry, ModelFacts, WeightBytes
from engine.hardware import Device, DeviceKind, Hardware
from tools.random_model.header import GPT_OSS_20B, GPT_OSS_120B, FullShape, tensors

GIB = 1 << 30
MIB = 1 << 20


def facts_of(shape: FullShape) -> ModelFacts:
    """What `read_facts` would say of a file of this shape, without writing one."""
    sizes = {one.name: one.size_bytes for one in tensors(shape)}
    experts = [
        sum(sizes[f"blk.{layer}.ffn_{way}_exps.{kind}"] for way in WAYS for kind in KINDS)
        for layer in range(shape.layers)
    ]
    blocks = [
        sum(size for name, size in sizes.items() if name.startswith(f"blk.{layer}."))
        - experts[layer]
        for layer in range(shape.layers)
    ]
    return ModelFacts(
        path=Path("model.gguf"),
        name=shape.name,
        is_practice=False,
        size_bytes=sum(sizes.values()),
        modified_ns=0,
        quantisation="MXFP4",
        layers=shape.layers,
        experts=shape.experts,
        embedding_width=shape.width,
        trained_context_tokens=shape.trained_context,
        sliding_window_tokens=shape.window,
        vocabulary_tokens=201_088,
        geometry=Geometry(
            shape.heads,
            shape.kv_heads,
            shape.head_width,
            shape.head_width,
            shape.expert_width,
            shape.experts_used,
        ),
        weights=WeightBytes(
            embedding=sizes["token_embd.weight"],
            output=sizes["output.weight"] + sizes["output_norm.weight"],
            blocks=tuple(blocks),
            experts=tuple(experts),
        ),
    )


WAYS = ("up", "gate", "down")
KINDS = ("weight", "bias")


@pytest.fixture(scope="session")
def facts_20b() -> ModelFacts:
    return facts_of(GPT_OSS_20B)


@pytest.fixture(scope="session")
def facts_120b() -> ModelFacts:
    return facts_of(GPT_OSS_120B)


def card(free_mib: float, total_gib: float = 16, name: str = "CUDA0") -> Device:
    return Device(
        name, f"Card {total_gib:g}", DeviceKind.GPU, int(free_mib * MIB), int(total_gib * GIB)
    )


def machine(*devices: Device, main_free_gib: float = 24, main_gib: float = 32) -> Hardware:
    cpu = Device("CPU", "Some CPU", DeviceKind.CPU, 0, 0)
    return Hardware((*devices, cpu), int(main_free_gib * GIB), int(main_gib * GIB), cores=8)
