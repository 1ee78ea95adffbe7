"""Training on the CPU, in one or more processes that share every step.

One thread each: on shared cores two processes of one thread were seven times as fast as one
of two, because OpenMP's threads wait for each other at every operation.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import torch
import torch.distributed as distributed
from torch import Tensor

from tools.practice_model.checkpoint import Checkpoint
from tools.practice_model.corpus.texts import words
from tools.practice_model.encoding import load_encoding
from tools.practice_model.induction import plant
from tools.practice_model.known import known_tokens
from tools.practice_model.lessons import Lessons
from tools.practice_model.model import PracticeModel, initial_weights
from tools.practice_model.optimiser import MUON_WEIGHTS, Muon, RowAdam
from tools.practice_model.vocabulary import TOKENS, VocabularyTables

_SAVED_EVERY_SECONDS: Final = 240.0
_REPORTED_EVERY_STEPS: Final = 25
_LEARNED_TOKENS: Final = 400.0
"""Learned tokens of a usual batch; the loss is per so many, so that short batches count less."""

_BALANCE: Final = 0.01
_FRESH_WARM_UP_STEPS: Final = 40
_LEAST_FACTOR: Final = 0.02
_RUNAWAY: Final = 1e6
"""Gradients beyond this are a broken batch's and are dropped."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        out: folder for the checkpoints `latest.npz` and, at the end, `final.npz`.
        vocabulary: `o200k_base.tiktoken`.
        minutes: wall clock; the learning rate falls with it.
        start: a checkpoint or GGUF file to go on from; None starts from nothing.
        rate: factor on all learning rates.
        decay: share of the time, at its end, in which the rate falls to nothing.
        round_from: share of the time after which experts are computed as MXFP4.
        processes: how many train together.
        seed: of everything random.
    """

    out: Path
    vocabulary: Path
    minutes: float
    start: Path | None = None
    rate: float = 1.0
    decay: float = 0.9
    round_from: float = 0.4
    processes: int = 2
    seed: int = 1

    def factor(self, done: float, step: int) -> float:
        """Factor on the learning rates after a share of the time."""
        if self.start is None:
            warm = min(1.0, step / _FRESH_WARM_UP_STEPS)
        else:
            warm = min(1.0, done / 0.02 + 0.05)
        return self.rate * warm * min(1.0, max(_LEAST_FACTOR, (1.0 - done) / self.decay))


def train(plan: Plan, rank: int = 0) -> None:
    """Train as one of the plan's processes; the first one writes the checkpoints."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(plan.seed)
    if plan.processes > 1:
        distributed.init_process_group(
            "gloo",
            init_method=f"file://{plan.out / 'meeting-place'}",
            rank=rank,
            world_size=plan.processes,
            timeout=timedelta(minutes=5),
        )
    tables = VocabularyTables.read(plan.vocabulary)
    encoding = load_encoding(plan.vocabulary)
    pools = words(tables)
    if plan.start is None:
        known = known_tokens(encoding, pools)
        model = PracticeModel(initial_weights(len(known)))
        with torch.no_grad():
            plant(model.weights, model.frequencies)
    else:
        checkpoint = Checkpoint.read(plan.start)
        known, model = checkpoint.known, PracticeModel.from_checkpoint(checkpoint)
    dice = random.Random(plan.seed * 1000 + rank)
    lessons = Lessons(encoding, pools, known, dice)

    def save(name: str) -> None:
        if rank == 0:
            arrays = {key: one.detach().numpy() for key, one in model.weights.items()}
            part = plan.out / f"{name}.part"
            Checkpoint(known, arrays).save(part)
            part.replace(plan.out / f"{name}.npz")

    trainer = _Trainer(plan, model, rank, TOKENS - len(known))
    trainer.run(lessons, save)
    save("final")
    if plan.processes > 1:
        distributed.destroy_process_group()


class _Trainer:
    """The loop and its optimisers."""

    def __init__(self, plan: Plan, model: PracticeModel, rank: int, unknown: int) -> None:
        self._plan = plan
        self._model = model
        self._rank = rank
        self._unknown = unknown
        weights = model.weights
        matrices = {name: one for name, one in weights.items() if _tail(name) in MUON_WEIGHTS}
        special = {*matrices, "embedding", "unknown_output"}
        self._others = [one for name, one in weights.items() if name not in special]
        self._muon = Muon(list(matrices.values()), rank, plan.processes)
        self._rows = RowAdam(weights["embedding"], rate=0.02)
        self._adam = torch.optim.AdamW(
            [
                {"params": self._others, "base": 4e-3},
                {"params": [weights["unknown_output"]], "base": 0.05},
            ],
            lr=4e-3,
            betas=(0.9, 0.98),
            weight_decay=0.0,
            eps=1e-10,
        )
        self._smooth_loss: float | None = None

    def run(self, lessons: Lessons, save: Callable[[str], None]) -> None:
        """Train until the time is up."""
        began = saved = time.monotonic()
        step = tokens = 0
        while (done := self._share_done(began)) < 1.0:
            factor = self._plan.factor(done, step)
            self._model.rounds_experts = done >= self._plan.round_from
            batch = lessons.next()
            tokens += len(batch.rows)
            self._learn(batch)
            self._change(factor)
            step += 1
            if self._rank == 0 and step % _REPORTED_EVERY_STEPS == 0:
                seconds = time.monotonic() - began
                print(
                    f"step {step}  {seconds:.0f} s  loss {self._smooth_loss:.4f}  "
                    f"rate {factor:.2f}  {tokens / seconds:.0f} tokens/s",
                    flush=True,
                )
            if time.monotonic() - saved > _SAVED_EVERY_SECONDS:
                saved = time.monotonic()
                save("latest")

    def _share_done(self, began: float) -> float:
        """Share of the time that is over, the same in all processes."""
        done = torch.tensor([(time.monotonic() - began) / (self._plan.minutes * 60.0)])
        if self._plan.processes > 1:
            distributed.broadcast(done, 0)
        return float(done.item())

    def _learn(self, batch: Any) -> None:
        """Leave the gradients of a batch, averaged over the processes, on the weights."""
        weights = list(self._model.weights.values())
        for weight in weights:
            weight.grad = None
        each = self._model.loss(batch, self._unknown)
        scale = _LEARNED_TOKENS * self._plan.processes
        loss = (each * batch.weights).sum() / scale + _BALANCE * self._model.balance_loss
        loss.backward()
        mean = float(each.mean().item())
        before = mean if self._smooth_loss is None else self._smooth_loss
        self._smooth_loss = 0.96 * before + 0.04 * mean
        missing = [weight for weight in weights if weight.grad is None]
        for weight in missing:
            weight.grad = torch.zeros_like(weight)
        gradients = self._summed([weight.grad for weight in weights])
        for weight, gradient in zip(weights, gradients, strict=True):
            finite = torch.nan_to_num(gradient, 0.0, 0.0, 0.0)
            weight.grad = finite.masked_fill(finite.abs() > _RUNAWAY, 0.0)

    def _change(self, factor: float) -> None:
        torch.nn.utils.clip_grad_norm_([*self._others, self._model.weights["embedding"]], 1.0)
        for group in self._adam.param_groups:
            group["lr"] = group["base"] * factor
        self._adam.step()
        with torch.no_grad():
            self._rows.step(factor)
            self._muon.apply(self._summed(self._muon.updates()), factor)

    def _summed(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The sum over all processes."""
        if self._plan.processes == 1:
            return list(tensors)
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        distributed.all_reduce(flat)
        sizes = [tensor.numel() for tensor in tensors]
        parts = zip(flat.split(sizes), tensors, strict=True)
        return [part.view_as(tensor) for part, tensor in parts]


def _tail(name: str) -> str:
    return name.rpartition(".")[2]


def prepare_environment() -> None:
    """Set what training processes read as they start; call before starting them.

    Without glibc's quiet memory settings most of the time goes to page faults.
    """
    os.environ.update(
        OMP_NUM_THREADS="1",
        MALLOC_MMAP_MAX_="0",
        MALLOC_TRIM_THRESHOLD_="100000000000",
        MALLOC_TOP_PAD_="500000000",
    )
