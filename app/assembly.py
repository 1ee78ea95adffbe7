"""Makes the parts of the product for the window and for the command line."""

from __future__ import annotations

import locale
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from app import resources
from app.chats.answer_style import AnswerStyle, SafeguardStyle
from app.chats.changes import StatusChanged
from app.chats.database import StorageBusyError, open_database, open_memory_database
from app.chats.model import FindModel
from app.chats.split_database import SplitDatabase
from app.chats.storage_thread import StorageThread
from app.chats.store import ChatStore
from app.chats.trash_values import KEEP_DELETED_MS
from app.diagnostics import diagnostics
from app.models.model_settings import settings_of
from app.models.planning import Planned, Planner, wanted
from app.models.practice import practice_model
from app.paths import Paths
from app.safeguard.policy_text import shipped_policy
from app.secrets import DatabaseKey
from app.settings import Settings, kept_chats_bytes
from app.vocabulary import SharedVocabulary
from app.words import LANGUAGES, Words
from app.workers import borrowing
from engine.analysis_filter import AnalysisFilter
from engine.events import EngineEvent
from engine.gguf import read_facts
from engine.harmony.messages import Effort, HarmonyMessage
from engine.memory_plan.values import MemoryPlan
from engine.requests import Adapter, LoadRequest, Sampling
from engine.worker import Engine

TRIALS_NAME: Final = "trials.json"
"""Which loads have been tried in a process of their own, inside the cache folder."""

STAGED_NAME: Final = "chats.restored.db"
"""The history of a backup that is to take the place of the present one (`app.backup`)."""


def clock_ms() -> int:
    """Unix time in milliseconds, UTC."""
    return time.time_ns() // 1_000_000


def make_engine(
    emit: Callable[[EngineEvent], None], vocabulary: SharedVocabulary | None = None
) -> Engine:
    """The engine with Sotto's vocabulary and thoughts filter, without a model; not started.

    What is asked of it before it is started, it does then.
    """
    return Engine(vocabulary or SharedVocabulary(), _make_filter, emit)


def _make_filter(conversation: Sequence[HarmonyMessage]) -> AnalysisFilter:
    # Its rules take a tenth of a second to compile; the engine thread does that while it begins.
    from app.thoughts.filter import make_filter  # noqa: PLC0415 - see above

    return make_filter(conversation)


def open_storage(paths: Paths, key: DatabaseKey) -> StorageThread:
    """The storage thread over the user's chat history.

    First, answers that a process left half written when it died are marked as interrupted,
    and what was deleted long ago is destroyed.
    """

    def opened() -> ChatStore:
        take_restored(paths, key)
        store = ChatStore(SplitDatabase(open_database(paths.database, key)))
        store.mark_interrupted()
        store.purge_deleted(clock_ms() - KEEP_DELETED_MS)
        return store

    return StorageThread(opened)


def take_restored(paths: Paths, key: DatabaseKey) -> None:
    """If a backup waits to be restored, put it in place; later, while another program is here."""
    if paths.database.with_name(STAGED_NAME).exists():
        from app.backup.restoring import put_in_place  # noqa: PLC0415 - few starts need it

        with suppress(StorageBusyError):
            put_in_place(paths.database, key, clock_ms())


def open_memory_storage() -> StorageThread:
    """A storage thread over a history that is gone when it closes."""
    return StorageThread(lambda: ChatStore(SplitDatabase(open_memory_database())))


def chosen_model(
    settings: Settings,
    paths: Paths,
    override: Path | None = None,
    adapters: tuple[Adapter, ...] = (),
) -> LoadRequest:
    """What to load: the file named now, else the one in the settings, else the practice model.

    Settings that belong to a model are those of the one that is loaded; adapters named now go
    before its own.

    Raises:
        UserFacingError: the practice model could not be unpacked.
    """
    settings = with_model(settings, override)
    named = override or (Path(settings.model_path) if settings.model_path else None)
    own = tuple(choice.adapter for choice in settings.adapters) if named else ()
    return LoadRequest(
        named or practice_model(paths.cache),
        settings.context_tokens,
        settings.ubatch_tokens,
        settings.gpu_layers,
        settings.cpu_expert_layers,
        settings.cache_type,
        settings.threads,
        draws_on_device=settings.draws_on_device,
        kept_chats_bytes=kept_chats_bytes(settings),
        verdicts=paths.cache / TRIALS_NAME,
        adapters=adapters or own,
    )


def with_model(settings: Settings, model: Path | None) -> Settings:
    """The settings with a model that is named for once, and with what belongs to it."""
    return settings if model is None else settings_of(settings, str(model.absolute()))


def model_finder(
    settings: Callable[[], Settings],
    paths: Paths,
    override: Path | None = None,
    adapters: tuple[Adapter, ...] = (),
) -> FindModel:
    """How to find out what to load: a callable that takes the workers to go without.

    It unpacks the practice model if need be and tries each worker, so it blocks; it raises
    `UserFacingError`, for a worker `app.workers.WorkerError`.

    Args:
        settings: gives the settings in force; called on the thread that looks.
        paths: the user's folders.
        override: as in `chosen_model`.
        adapters: the same.
    """

    def find(without: Collection[str]) -> LoadRequest:
        now = settings()
        workers = [address for address in now.workers if address not in without]
        return borrowing(chosen_model(now, paths, override, adapters), workers)

    return find


def planned_load(
    planner: Planner,
    settings: Settings,
    paths: Paths,
    loaded: MemoryPlan | None,
    adapters: tuple[Adapter, ...] = (),
) -> Planned:
    """The memory plan of what the settings ask for; blocks.

    Args:
        planner: makes it.
        settings: what to plan for.
        paths: the user's folders.
        loaded: the plan of what is loaded now.
        adapters: as in `chosen_model`.

    Raises:
        UserFacingError: the model, an adapter or a worker cannot be used.
    """
    chosen = chosen_model(settings, paths, adapters=adapters)
    request = wanted(chosen, settings.workers, loaded)
    return planner.plan(request, loaded)


def diagnostics_text(
    settings: Settings,
    paths: Paths,
    keyring: str | None,
    status: StatusChanged,
    titles: Iterable[str] = (),
) -> str:
    """The text for a bug report; blocks.

    Args:
        settings: those in force.
        paths: the user's folders.
        keyring: name of the keyring's backend, None where there is none.
        status: the engine's model and the last turn.
        titles: of chats, which must not be in it.
    """
    from app.crash_report import log_tail  # noqa: PLC0415 - for who asks, not at the start
    from app.doctor import report, this_machine  # noqa: PLC0415 - see above
    from app.redaction import Redaction  # noqa: PLC0415 - see above

    found = report(
        paths,
        keyring,
        lambda: read_facts(chosen_model(settings, paths).path),
        this_machine,
        model_path=settings.model_path,
        # Workers that hold a part of the model are busy with it.
        workers=() if status.workers else settings.workers,
    )
    machines = (address.rpartition(":")[0] for address in settings.workers)
    private = Redaction.of_this_user((*titles, *machines))
    return diagnostics(found.as_lines(), status, log_tail(paths.state), private)


def is_practice_chosen(settings: Settings, override: Path | None = None) -> bool:
    """Whether `chosen_model` will give the practice model."""
    return override is None and not settings.model_path


def chosen_style(settings: Settings, effort: Effort) -> AnswerStyle:
    """How an answer of this effort is written, by the settings."""
    sampling = Sampling(
        temperature=settings.temperature,
        top_p=settings.top_p,
        top_k=settings.top_k,
        min_p=settings.min_p,
        seed=settings.seed,
    )
    budgets = {
        Effort.LOW: settings.thinking_low_tokens,
        Effort.MEDIUM: settings.thinking_medium_tokens,
        Effort.HIGH: settings.thinking_high_tokens,
    }
    return AnswerStyle(
        sampling,
        budgets[effort],
        settings.instructions,
        settings.checks_thoughts,
        chosen_safeguard(settings, os.environ),
        settings.model_titles,
    )


def chosen_safeguard(settings: Settings, environ: Mapping[str, str]) -> SafeguardStyle:
    """What is checked, by the settings; the policy is read only where something is."""
    questions, answers = settings.checks_questions, settings.checks_answers
    if not questions and not answers:
        return SafeguardStyle()
    policy = settings.policy or shipped_policy(language_of(settings, environ))
    return SafeguardStyle(questions, answers, policy)


def make_words(settings: Settings, environ: Mapping[str, str]) -> Words:
    """The user's words."""
    return Words(language_of(settings, environ), resources.path("translations"))


def language_of(settings: Settings, environ: Mapping[str, str]) -> str:
    """The user's language: `SOTTO_LANG`, else the setting, else the system's; "en" or "ko"."""
    wanted = environ.get("SOTTO_LANG") or settings.language
    if wanted == "system":
        wanted = (locale.getlocale()[0] or environ.get("LANG", "en"))[:2]
    return wanted if wanted in LANGUAGES else "en"
