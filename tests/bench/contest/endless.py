"""A copy of a model that never ends a message, so that replies have the length that is asked for.

The output rows of all special ids are zeroed, which makes their logits 0: far below those of the
likely tokens, so they are never drawn.  Those that no message holds are among them: a model of
noise draws them too, and the header guard puts the end of a turn in their place.  All else, and
the time a token takes, stays as it was, and no contestant needs a logit bias, which would cost
each something else.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.gguf_header import read_header
from engine.harmony.tokens import ORDINARY_TOKENS


def endless_copy(model: Path, target: Path) -> Path:
    """Write the copy.

    Args:
        model: a GGUF file.
        target: where to write; taken as it is when it is there already.
    """
    if target.exists():
        return target
    partial = target.with_suffix(".partial")
    shutil.copyfile(model, partial)
    make_endless(partial)
    partial.replace(target)
    return target


def make_endless(model: Path) -> None:
    """Change a model in its place, e.g. a large one that was made for this alone."""
    header = read_header(model)
    output = next(one for one in header.tensors if one.name == "output.weight")
    row_bytes = output.size_bytes // output.shape[-1]
    with model.open("r+b") as file:
        file.seek(header.data_start + output.offset + ORDINARY_TOKENS * row_bytes)
        file.write(bytes((output.shape[-1] - ORDINARY_TOKENS) * row_bytes))
