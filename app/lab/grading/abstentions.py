"""Whether an answer says that the model does not know, or that there is no such thing."""

from __future__ import annotations

from app.lab.grading.phrases import phrases
from app.lab.grading.plain_text import plain


def is_abstention(answer: str) -> bool:
    """Whether an answer says "I don't know" or "there is no such thing", in English or Korean.

    Args:
        answer: the final answer.
    """
    said = plain(answer)
    return any(pattern.search(said) for pattern in phrases("abstention"))
