"""GGUF files of a tiny gpt-oss model, made byte by byte, so that a test can spoil any of them."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

from engine.gguf import VOCABULARY_TOKENS

SPECIAL = {
    200002: b"<|return|>",
    200003: b"<|constrain|>",
    200005: b"<|channel|>",
    200006: b"<|start|>",
    200007: b"<|end|>",
    200008: b"<|message|>",
    200012: b"<|call|>",
}
U32, U64, TEXT, ARRAY = 4, 10, 8, 9


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def entry(key: str, kind: int, value: bytes) -> bytes:
    return text(key.encode()) + struct.pack("<I", kind) + value


def tokens(count: int = VOCABULARY_TOKENS) -> bytes:
    words = [SPECIAL.get(index, b"") for index in range(count)]
    return struct.pack("<IQ", TEXT, count) + b"".join(map(text, words))


TOKENS = tokens()


@dataclass
class Draft:
    """A GGUF file of a tiny gpt-oss model, whose parts a test can spoil."""

    magic: bytes = b"GGUF"
    version: int = 3
    metadata: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    tensors: list[tuple[bytes, tuple[int, ...], int, int]] = field(default_factory=list)
    data: bytes = b"\0" * 544

    def __post_init__(self) -> None:
        numbers = {
            "block_count": 4,
            "expert_count": 8,
            "embedding_length": 128,
            "context_length": 131072,
            "attention.sliding_window": 128,
            "attention.head_count": 4,
            "expert_feed_forward_length": 128,
            "expert_used_count": 4,
        }
        self.metadata = {
            "general.architecture": (TEXT, text(b"gpt-oss")),
            "general.name": (TEXT, text(b"Tiny")),
            "tokenizer.ggml.tokens": (ARRAY, TOKENS),
            "odd.numbers": (ARRAY, struct.pack("<IQ3h", 3, 3, 1, -2, 3)),
            "odd.flag": (7, b"\1"),
        } | self.metadata
        self.metadata |= {
            f"gpt-oss.{key}": (U32, struct.pack("<I", value)) for key, value in numbers.items()
        }
        self.tensors += [
            (b"blk.0.ffn_up_exps.weight", (32, 16), 39, 0),
            (b"blk.0.ffn_down_exps.weight", (32, 8), 39, 288),
            (b"output.weight", (30,), 0, 424 + 0),
        ]
        self.tensors[2] = (b"output.weight", (30,), 0, 288 + 136 + 24)

    def header(self) -> bytes:
        parts = [
            self.magic,
            struct.pack("<IQQ", self.version, len(self.tensors), len(self.metadata)),
        ]
        parts += [entry(key, kind, value) for key, (kind, value) in self.metadata.items()]
        for name, shape, kind, offset in self.tensors:
            parts.append(text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape))
            parts.append(struct.pack("<IQ", kind, offset))
        head = b"".join(parts)
        return head + b"\0" * (-len(head) % 32)

    def write(self, path: Path) -> Path:
        path.write_bytes(self.header() + self.data + b"\0" * 24)
        return path
