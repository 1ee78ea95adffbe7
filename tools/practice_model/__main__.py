"""Command line: `python -m tools.practice_model --help`."""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import multiprocessing
import random
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.practice_model.checkpoint import Checkpoint, mean
from tools.practice_model.encoding import load_encoding
from tools.practice_model.export import export
from tools.practice_model.shape import NAME
from tools.practice_model.vocabulary import VocabularyTables

_ROOT = Path(__file__).resolve().parents[2]
_VOCABULARY = _ROOT / "resources" / "vocabulary" / "o200k_base.tiktoken"
_SHIPPED = _ROOT / "resources" / "practice"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command."""
    options = _parser().parse_args(arguments)
    commands = {
        "train": _train,
        "export": _export,
        "average": _average,
        "pack": _pack,
        "unpack": _unpack,
        "samples": _samples,
        "check": _check,
    }
    return commands[options.command](options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tools.practice_model", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train, from nothing or from a checkpoint")
    train.add_argument("out", type=Path, help="folder for the checkpoints")
    train.add_argument("--minutes", type=float, default=75.0)
    train.add_argument("--start", type=Path, help="a checkpoint (.npz) or model (.gguf)")
    train.add_argument("--rate", type=float, default=1.0, help="factor on the learning rates")
    train.add_argument("--processes", type=int, default=2)
    train.add_argument("--seed", type=int, default=1)
    exported = commands.add_parser("export", help="write a checkpoint as GGUF")
    exported.add_argument("checkpoint", type=Path, help="a checkpoint (.npz) or model (.gguf)")
    exported.add_argument("model", type=Path)
    average = commands.add_parser("average", help="write the mean of checkpoints of one lineage")
    average.add_argument("checkpoints", type=Path, nargs="+")
    average.add_argument("--out", type=Path, required=True)
    pack = commands.add_parser("pack", help="put a model into resources/practice")
    pack.add_argument("model", type=Path)
    unpack = commands.add_parser("unpack", help="write the shipped model")
    unpack.add_argument("model", type=Path)
    samples = commands.add_parser("samples", help="print dialogues of the corpus")
    samples.add_argument("--count", type=int, default=10)
    samples.add_argument("--seed", type=int, default=1)
    check = commands.add_parser("check", help="ask a model everything and count")
    check.add_argument("model", type=Path)
    check.add_argument("--only", default="", help="groups whose name begins so")
    return parser


def _train(options: argparse.Namespace) -> int:
    # Only training needs PyTorch, which is not among the project's requirements.
    from tools.practice_model.training import Plan, prepare_environment, train  # noqa: PLC0415

    prepare_environment()
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "meeting-place").unlink(missing_ok=True)
    plan = Plan(
        out=options.out.resolve(),
        vocabulary=_VOCABULARY,
        minutes=options.minutes,
        start=options.start,
        rate=options.rate,
        processes=options.processes,
        seed=options.seed,
    )
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=train, args=(plan, rank)) for rank in range(plan.processes)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    return max(process.exitcode or 0 for process in started)


def _export(options: argparse.Namespace) -> int:
    export(Checkpoint.read(options.checkpoint), VocabularyTables.read(_VOCABULARY), options.model)
    print(_digest(options.model), options.model)
    return 0


def _average(options: argparse.Namespace) -> int:
    mean([Checkpoint.read(path) for path in options.checkpoints]).save(options.out)
    return 0


def _pack(options: argparse.Namespace) -> int:
    packed = _SHIPPED / "practice.gguf.xz"
    with options.model.open("rb") as source, lzma.open(packed, "wb", preset=9) as target:
        shutil.copyfileobj(source, target, 1 << 20)
    facts = {
        "name": NAME,
        "sha256": _digest(options.model),
        "size_bytes": options.model.stat().st_size,
        "packed_sha256": _digest(packed),
        "packed_size_bytes": packed.stat().st_size,
    }
    (_SHIPPED / "practice.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(facts, indent=2))
    return 0


def _unpack(options: argparse.Namespace) -> int:
    with (
        lzma.open(_SHIPPED / "practice.gguf.xz") as source,
        options.model.open("wb") as target,
    ):
        shutil.copyfileobj(source, target, 1 << 20)
    return 0


def _samples(options: argparse.Namespace) -> int:
    from tools.practice_model.corpus.preview import previews  # noqa: PLC0415 - slow to load

    tables = VocabularyTables.read(_VOCABULARY)
    encoding = load_encoding(_VOCABULARY)
    for text in previews(encoding, tables, random.Random(options.seed), options.count):
        print(text, end="\n\n")
    return 0


def _check(options: argparse.Namespace) -> int:
    from tools.practice_model.check import check  # noqa: PLC0415 - loads llama.cpp

    return check(options.model, _VOCABULARY, options.only)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
