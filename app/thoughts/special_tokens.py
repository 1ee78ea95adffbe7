"""Find harmony's special tokens, and whatever is spelled like them.

Works on folded text (`folding.fold`), so fullwidth and invisible disguises are gone.
Spellings: openai/harmony docs/format.md; `<|im_start|>` and its kind are OpenAI's older ChatML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

_NAME = re.compile(
    "start|end|message|channel|constrain|return|call|refusal|untrusted|enduntrusted|metaend|"
    "startoftext|endoftext|endofprompt|imstart|imend|imsep|system|developer|user|assistant|"
    "tool|analysis|commentary|final"
)
_OPEN = r"(?:<|&lt;)\s{0,2}\|"
_CLOSE = r"\|\s{0,2}(?:>|&gt;)"
_WHOLE = re.compile(rf"{_OPEN}[a-z][\w.:=\-]{{0,60}}{_CLOSE}", re.IGNORECASE)
_SPACED = re.compile(rf"{_OPEN}(?P<name>(?:[\s_.\-]{{0,2}}\w){{2,24}})[\s_.\-]{{0,2}}{_CLOSE}")
_UNFINISHED = re.compile(
    rf"{_OPEN}(?:start|end|message|channel|constrain|return|call|startoftext|endoftext|endofprompt)"
    r"\b\|?",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<![a-z])(?:assistant|developer|system|user)(?:analysis|commentary|final)")
_NOT_A_LETTER = re.compile(r"[\W_]")


def find(text: str) -> Iterator[Span]:
    """The special tokens in a folded text; `f <| x |> g`, code of other languages, passes."""
    if "|" in text:
        for pattern in (_WHOLE, _UNFINISHED):
            for found in pattern.finditer(text):
                yield Span(*found.span(), WithheldKind.SPECIAL_TOKEN)
        for found in _SPACED.finditer(text):
            if _NAME.fullmatch(_NOT_A_LETTER.sub("", found["name"]).lower()):
                yield Span(*found.span(), WithheldKind.SPECIAL_TOKEN)
    for found in _GLUED.finditer(text):
        yield Span(*found.span(), WithheldKind.SPECIAL_TOKEN)
