"""Command line: `python -m tools.random_model --help`."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.practice_model.vocabulary import VocabularyTables
from tools.random_model.header import GPT_OSS_20B, GPT_OSS_120B, FullShape, write_header
from tools.random_model.weights import write_model

_VOCABULARY = Path(__file__).parents[2] / "resources" / "vocabulary" / "o200k_base.tiktoken"
_MODELS = {"20b": GPT_OSS_20B, "120b": GPT_OSS_120B}
_SIZES = ("layers", "experts", "experts_used", "width", "expert_width", "heads", "kv_heads")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one file and say how large it is."""
    options = _parser().parse_args(arguments)
    shape = _shape(options)
    tables = None if options.no_tokenizer else VocabularyTables.read(_VOCABULARY)
    if options.header_only:
        write_header(options.out, shape, tables)
    else:
        write_model(options.out, shape, tables, options.seed)
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tools.random_model",
        description="Write a gpt-oss model with random weights: what it says is noise, what it "
        "takes in time and memory is what the real one takes.",
    )
    parser.add_argument("out", type=Path, help="the GGUF file to write")
    parser.add_argument("--model", choices=_MODELS, default="20b", help="whose sizes to take")
    for name in _SIZES:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, help="in place of the model's")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--header-only", action="store_true", help="no weights: a sparse file of the full size"
    )
    parser.add_argument(
        "--no-tokenizer",
        action="store_true",
        help="leave llama.cpp's own tokenizer out: quicker, and Sotto does not need it",
    )
    return parser


def _shape(options: argparse.Namespace) -> FullShape:
    chosen = {name: getattr(options, name) for name in _SIZES}
    shape = _MODELS[options.model]
    return dataclasses.replace(
        shape, **{name: value for name, value in chosen.items() if value is not None}
    )


if __name__ == "__main__":
    sys.exit(main())
