"""The o200k_harmony vocabulary as a gpt-oss GGUF file carries it: texts, kinds and merges."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

TOKENS: Final = 201_088
"""Rows of the embedding (openai/gpt-oss-20b config.json)."""

ORDINARY: Final = 199_998
"""Ids below this are text."""

START_OF_TEXT: Final = 199_998
END_OF_TEXT: Final = 199_999
RETURN: Final = 200_002
MESSAGE: Final = 200_008
START: Final = 200_006
CHANNEL: Final = 200_005
END: Final = 200_007
CALL: Final = 200_012

SPECIAL: Final = {
    START_OF_TEXT: "<|startoftext|>",
    END_OF_TEXT: "<|endoftext|>",
    RETURN: "<|return|>",
    200_003: "<|constrain|>",
    CHANNEL: "<|channel|>",
    START: "<|start|>",
    END: "<|end|>",
    MESSAGE: "<|message|>",
    CALL: "<|call|>",
    200_018: "<|endofprompt|>",
}
"""Special tokens with a meaning (openai/harmony src/tiktoken_ext/public_encodings.rs)."""

_NORMAL_KIND: Final = 1
_CONTROL_KIND: Final = 3


@dataclass(frozen=True)
class VocabularyTables:
    """The byte strings of the ordinary tokens; index = rank = id."""

    pieces: tuple[bytes, ...]

    @classmethod
    def read(cls, path: Path) -> VocabularyTables:
        """Read `o200k_base.tiktoken`: one base64 token and its rank per line."""
        pieces = [b""] * ORDINARY
        with path.open("rb") as file:
            for line in file:
                piece, rank = line.split()
                pieces[int(rank)] = b64decode(piece)
        return cls(tuple(pieces))

    @cached_property
    def spellings(self) -> list[str]:
        """The text of all 201,088 tokens in the alphabet of byte-level BPE."""
        ordinary = [_spelled(piece) for piece in self.pieces]
        reserved = range(ORDINARY, TOKENS)
        return ordinary + [SPECIAL.get(token, f"<|reserved_{token}|>") for token in reserved]

    @cached_property
    def kinds(self) -> list[int]:
        """llama.cpp's kind of every token: normal or control."""
        return [_NORMAL_KIND] * ORDINARY + [_CONTROL_KIND] * (TOKENS - ORDINARY)

    @cached_property
    def merges(self) -> list[str]:
        """One merge for each token of two bytes or more: the last one that builds it.

        o200k_base.tiktoken holds ranks only.  Applying the merges of lower rank to a
        token's bytes leaves exactly two parts, and these are its merge.  Takes seconds.
        """
        ranks = {piece: rank for rank, piece in enumerate(self.pieces)}
        merges = []
        for piece, rank in ranks.items():
            if len(piece) > 1:
                left, right = _last_merge(piece, rank, ranks)
                merges.append(f"{_spelled(left)} {_spelled(right)}")
        return merges


def _last_merge(piece: bytes, rank: int, ranks: dict[bytes, int]) -> tuple[bytes, bytes]:
    parts = [bytes([byte]) for byte in piece]
    while len(parts) > 2:
        pairs = [
            (ranks.get(parts[index] + parts[index + 1], rank), index)
            for index in range(len(parts) - 1)
        ]
        lowest, index = min(pairs)
        if lowest >= rank:
            raise ValueError(f"token {rank} cannot be built by merges")
        parts[index : index + 2] = [parts[index] + parts[index + 1]]
    return parts[0], parts[1]


def _byte_alphabet() -> dict[int, str]:
    """GPT-2's map from bytes to printable characters (openai/gpt-2 src/encoder.py)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    alphabet = {byte: chr(byte) for byte in printable}
    alphabet.update({byte: chr(256 + index) for index, byte in enumerate(others)})
    return alphabet


_ALPHABET: Final = _byte_alphabet()


def _spelled(piece: bytes) -> str:
    return "".join(_ALPHABET[byte] for byte in piece)
