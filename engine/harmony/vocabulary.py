"""The o200k vocabulary: text to ids and ids to bytes.  Never makes or shows a special token."""

from __future__ import annotations

import hashlib
from binascii import a2b_base64
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import tiktoken

from engine.errors import EngineError
from engine.harmony.tokens import ORDINARY_TOKENS, VOCABULARY_TOKENS

SHA256: Final = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
"""Of `o200k_base.tiktoken` (openai/harmony src/tiktoken_ext/public_encodings.rs)."""

# The pre-tokeniser of o200k_base (openai/tiktoken tiktoken_ext/openai_public.py).
_CONTRACTIONS: Final = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER: Final = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}"
_LOWER: Final = r"\p{Ll}\p{Lm}\p{Lo}\p{M}"
_PATTERN: Final = "|".join(
    [
        rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]*[{_LOWER}]+{_CONTRACTIONS}",
        rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]+[{_LOWER}]*{_CONTRACTIONS}",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    ]
)


class Vocabulary:
    """Encode text and look up the bytes of ids.  Safe to read from any thread.

    Loading takes about 0.25 s of one core, half of it inside tiktoken.

    Text is encoded by tiktoken, whose time grows linearly with long runs where
    openai-harmony's own tokeniser grows quadratically.

    Attributes:
        pieces: bytes of each id, `VOCABULARY_TOKENS` long; special and reserved ids have b"".
        folder: where the vocabulary file is; openai-harmony reads it from there too.
    """

    def __init__(self, pieces: Sequence[bytes], folder: Path) -> None:
        self.pieces: Final = (*pieces, *[b""] * (VOCABULARY_TOKENS - len(pieces)))
        self.folder: Final = folder
        self._encoding = tiktoken.Encoding(
            "o200k_sotto",
            pat_str=_PATTERN,
            mergeable_ranks=dict(zip(pieces, range(len(pieces)), strict=True)),
            special_tokens={},
        )

    @classmethod
    def from_file(cls, path: Path) -> Vocabulary:
        """Read `o200k_base.tiktoken`: one `base64 SPACE rank` a line.

        Raises:
            EngineError: the file is missing, unreadable or not the one this model needs.
        """
        hint = "Install Sotto again."
        try:
            content = path.read_bytes()
        except OSError as error:
            raise EngineError("Sotto's vocabulary is missing.", hint, str(error)) from error
        found = hashlib.sha256(content).hexdigest()
        if found != SHA256:
            raise EngineError("Sotto's vocabulary is damaged.", hint, f"sha256 {found}")
        # The checksum says that the ranks count from 0, so only the base64 words are read.
        return cls(list(map(a2b_base64, content.split()[::2])), path.parent)

    def encode(self, text: str) -> list[int]:
        """Ids of plain text; spellings of special tokens stay plain text.

        Lone surrogates become U+FFFD.
        """
        return self._encoding.encode_ordinary(text)

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids; special and unknown ids have none, broken UTF-8 becomes U+FFFD."""
        known = (self.pieces[i] for i in ids if 0 <= i < ORDINARY_TOKENS)
        return b"".join(known).decode("utf-8", "replace")
