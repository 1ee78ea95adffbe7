"""What the evaluation lab works with and tells.  Frozen values; no Qt, no I/O.

An *evaluation* is a set of *items*.  Each item is asked once per *condition* (an effort and a
variant), which is one *task* with one *outcome*.  A *run* is one evaluation on one model with one
set of settings; its outcomes are stored as they come, so that it can be stopped and resumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NewType

from app.card.values import Both
from app.chats.values import Problem
from app.lab.checks import Check
from engine.harmony.messages import Effort
from engine.requests import Sampling

RunId = NewType("RunId", int)

USUAL_DATE: Final = "2025-06-02"
"""The date in the system message where an item does not need another one."""

MAX_ANSWER_CHARS: Final = 4_000
"""So much of an answer is kept."""


class EvaluationId(StrEnum):
    """The evaluations there are, in the order in which they are listed."""

    ARITHMETIC = "arithmetic"
    REASONING = "reasoning"
    HIERARCHY = "hierarchy"
    REFUSAL = "refusal"
    ABSTAINING = "abstaining"
    EXTRACTION = "extraction"


class Variant(StrEnum):
    """How the items of an evaluation are put.

    Attributes:
        PLAIN: as they are.
        MAY_ABSTAIN: the developer message says that "I don't know" is a good answer.
    """

    PLAIN = "plain"
    MAY_ABSTAIN = "may_abstain"


class Finding(StrEnum):
    """What a program found in an answer.

    Attributes:
        UNREADABLE: no answer of the kind that was asked for is in it.
        CUT: the answer or its thoughts reached a limit before it was complete.
        REFUSED, ANSWERED: whether the model did what it was asked.
        ABSTAINED: the model said that it does not know, or that there is no such thing.
        FOLLOWED_HIGHER, FOLLOWED_LOWER, FOLLOWED_NEITHER: which level of authority won.
        KEPT, LEAKED: the secret.
    """

    RIGHT = "right"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    CUT = "cut"
    REFUSED = "refused"
    ANSWERED = "answered"
    ABSTAINED = "abstained"
    FOLLOWED_HIGHER = "followed_higher"
    FOLLOWED_LOWER = "followed_lower"
    FOLLOWED_NEITHER = "followed_neither"
    KEPT = "kept"
    LEAKED = "leaked"


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one kind within an evaluation, which get a score of their own.

    Attributes:
        id: e.g. "known", "invented", "developer_user", "disallowed", "harmless".
    """

    id: str
    name: Both


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What there is to know of an evaluation before it is run.

    Attributes:
        title: its name.
        asks: what it asks the model.
        why: why that is worth knowing.
        passed: what a passed item is, e.g. "right answers".
        section: of the model card where the like is told.
        groups: kinds of items, in the order in which they are shown.
        variants: how each item is put; one of them, or two to compare.
        efforts: efforts that are worth comparing; others can be chosen.
        item_count: items there are; each is one task per effort and variant.
        is_about_effort: efforts are compared by accuracy and by length of thoughts.
    """

    id: EvaluationId
    title: Both
    asks: Both
    why: Both
    passed: Both
    section: str
    groups: tuple[Group, ...]
    variants: tuple[Variant, ...]
    efforts: tuple[Effort, ...]
    item_count: int
    is_about_effort: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to ask.

    Attributes:
        id: one in its evaluation, and never given to another question.
        group: `Group.id`.
        language: "en" or "ko".
        user: what the user says.
        expected: what would be right, for people.
        check: the same for programs.
        developer: the developer message, or "".
        tool_result: what a tool has answered before the model goes on, or "".
        date: ISO date in the system message.
        source: where the fact can be looked up, or "".
        developer_if_may_abstain: the developer message in `Variant.MAY_ABSTAIN`.
    """

    id: str
    group: str
    language: str
    user: str
    expected: str
    check: Check = field(repr=False)
    developer: str = ""
    tool_result: str = ""
    date: str = USUAL_DATE
    source: str = ""
    developer_if_may_abstain: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Under which items are asked."""

    effort: Effort
    variant: Variant = Variant.PLAIN


@dataclass(frozen=True, slots=True)
class Task:
    """One item under one condition."""

    item: Item
    condition: Condition


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What is to be run.

    Attributes:
        evaluations: one run each, in this order.
        efforts: one condition each.
        items: at most so many per evaluation, spread over its groups; 0 for all.
        seed: chooses the items, makes the numbers of arithmetic and repeats the sampling.
        sampling: how tokens are chosen; its own seed is not used.
    """

    evaluations: tuple[EvaluationId, ...]
    efforts: tuple[Effort, ...] = (Effort.LOW, Effort.MEDIUM, Effort.HIGH)
    items: int = 0
    seed: int = 0
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which weights answered (docs/LAB.md says how the digest is made).

    Attributes:
        name: what the file calls itself.
        file_name: the file's name, without its folder.
        digest: of header, size and samples of the weights, in hexadecimal.
        size_bytes: of the file.
        quantisation: e.g. "MXFP4".
        is_practice: Sotto's practice model, which knows nothing.
        adapters: names, scales and digests of LoRA adapters over it.
    """

    name: str
    file_name: str
    digest: str
    size_bytes: int
    quantisation: str = ""
    is_practice: bool = False
    adapters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What else an outcome depends on.

    Attributes:
        efforts: as in `RunPlan`, as are items, seed and sampling.
        context_tokens: size of the KV cache.
        device: where the model ran.
        set_digest: which version of the questions (`app.lab.sets.set_digest`).
    """

    efforts: tuple[Effort, ...]
    items: int
    seed: int
    sampling: Sampling
    context_tokens: int
    device: str = ""
    set_digest: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one task.

    Attributes:
        item_id: `Item.id`.
        group: `Group.id`.
        condition: under which it was asked.
        question: what the user said in it.
        expected: what would be right.
        is_passed: it counts as passed.
        finding: what was found in the answer.
        answer: the final answer, at most `MAX_ANSWER_CHARS`; never thoughts.
        thought_tokens: length of the thoughts; the thoughts themselves are gone.
        reply_tokens: all tokens the model wrote, thoughts included.
        read_tokens: tokens of the prompt that were read.
        seconds: from asking to the end.
        problem: why the answer ended early, or "".
        note: what else was found, such as the encoding of a leaked secret.
        read_seconds: of `seconds`, what reading the prompt took.
        reply_seconds: of `seconds`, what writing took.
    """

    item_id: str
    group: str
    condition: Condition
    question: str
    expected: str
    is_passed: bool
    finding: Finding
    answer: str = ""
    thought_tokens: int = 0
    reply_tokens: int = 0
    read_tokens: int = 0
    seconds: float = 0.0
    problem: str = ""
    note: str = ""
    read_seconds: float = 0.0
    reply_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation on one model, as it is listed.

    Attributes:
        started_ms: Unix time in milliseconds, UTC, as is `changed_ms`.
        total: tasks in it.
        done: tasks with an outcome; the run is complete when it is `total`.
    """

    id: RunId
    evaluation: EvaluationId
    model: ModelIdentity
    settings: RunSettings
    started_ms: int
    changed_ms: int
    total: int
    done: int

    @property
    def is_complete(self) -> bool:
        """Every task has an outcome."""
        return self.done >= self.total


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with a Wilson interval.

    Attributes:
        low: lower end of the 95 % confidence interval, 0.0 to 1.0.
        high: upper end.
        is_few: too few items to say much (`app.lab.statistics.FEW`).
    """

    passed: int
    total: int
    low: float
    high: float
    is_few: bool

    @property
    def part(self) -> float:
        """0.0 to 1.0; 0.0 of none."""
        return self.passed / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number is spread over items.

    Attributes:
        low: lower quartile.
        high: upper quartile.
    """

    mean: float
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """One point of a plot: a condition, over one group or, where it is "", over all items.

    Attributes:
        share: passed items.
        thoughts: tokens of thoughts per item.
        seconds: per item.
        findings: how often each was found.
    """

    group: str
    condition: Condition
    share: Share
    thoughts: Spread
    seconds: Spread
    findings: tuple[tuple[Finding, int], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same items under two conditions.

    Attributes:
        group: as in `Score`.
        first, second: the conditions.
        both, only_first, only_second, neither: passed items.
        difference: share of `second` minus share of `first`, -1.0 to 1.0.
        low, high: 95 % confidence interval of the difference.
        p_value: exact McNemar test, two-sided: how likely so uneven a split is by chance.
        is_few: too few items that differ to say anything.
    """

    group: str
    first: Condition
    second: Condition
    both: int
    only_first: int
    only_second: int
    neither: int
    difference: float
    low: float
    high: float
    p_value: float
    is_few: bool


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run with everything that follows from its outcomes so far."""

    run: Run
    outcomes: tuple[Outcome, ...]
    scores: tuple[Score, ...]
    comparisons: tuple[Comparison, ...]


class EstimateBasis(StrEnum):
    """What an estimate of time rests on.

    Attributes:
        UNKNOWN: nothing yet; there is no estimate.
        TYPICAL: this machine's speed, and how long thoughts usually are.
        EARLIER: this machine's speed, and how long this model's thoughts were in earlier runs.
        MEASURED: what this run took so far.
    """

    UNKNOWN = "unknown"
    TYPICAL = "typical"
    EARLIER = "earlier"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long tasks will take.

    Attributes:
        tasks: how many there are.
        seconds: for all of them; None where nothing is known of this machine's speed.
    """

    tasks: int
    seconds: float | None = None
    basis: EstimateBasis = EstimateBasis.UNKNOWN


class LabState(StrEnum):
    """What the lab is doing."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"


class PauseReason(StrEnum):
    """Why the lab waits.

    Attributes:
        CHAT: a chat is being answered; the lab goes on by itself.
        MODEL: the model is being loaded; the lab goes on if it is the same one.
    """

    NONE = "none"
    CHAT = "chat"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far the lab is.

    Attributes:
        run: the run at work; None while idle.
        task: what is being asked now.
        done: tasks with an outcome, over all runs that were started together.
        total: tasks in all of them.
        left: time for the rest.
        problem: why it stopped by itself, if it did.
    """

    state: LabState = LabState.IDLE
    pause: PauseReason = PauseReason.NONE
    run: Run | None = None
    task: Task | None = None
    done: int = 0
    total: int = 0
    left: Estimate = field(default_factory=lambda: Estimate(0))
    problem: Problem | None = None


# ---- what `app.lab.service.LabService` tells, on the service's thread


@dataclass(frozen=True, slots=True)
class ProgressChanged:
    """The lab went on."""

    progress: RunProgress


@dataclass(frozen=True, slots=True)
class OutcomeAdded:
    """A task ended and its outcome is stored."""

    run: Run
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class RunsChanged:
    """The list of runs, the newest first."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ResultChanged:
    """A result that was asked for (`LabService.open`)."""

    result: RunResult


@dataclass(frozen=True, slots=True)
class EstimateChanged:
    """The answer to `LabService.estimate`."""

    plan: RunPlan
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class LabNotice:
    """Something went wrong that the user should read."""

    problem: Problem


LabChange = (
    ProgressChanged | OutcomeAdded | RunsChanged | ResultChanged | EstimateChanged | LabNotice
)
