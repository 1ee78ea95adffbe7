"""What the settings pages work with, handed to each of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app.adapters import examine_adapter
from app.chats.changes import StatusChanged
from app.chats.values import Problem
from app.chores import Chores
from app.current_settings import CurrentSettings
from app.models.planning import Planned
from app.permissions.book import PermissionBook
from app.prompts.library import PromptLibrary
from app.safeguard.trial import PolicyTrial
from app.settings import Settings
from app.spelling import Spelling
from app.words import Words
from app.workers import Worker
from engine.adapters import AdapterFacts
from engine.gguf_details import ModelDetails, read_details
from engine.memory_plan.values import MemoryPlan
from engine.requests import Adapter
from ui.chat_commands import TrashBin
from ui.desktop.quick_key import QuickKey
from ui.instructions.doors import InstructionDoors
from ui.settings.file_dialog import choose_backup, choose_file, choose_target
from ui.settings.tools.desk import ToolDesk
from ui.theme.theme import Theme

if TYPE_CHECKING:  # not before somebody opens the lab
    from app.lab.desk import LabDesk
    from app.models.desk import ModelDesk
    from ui.settings.privacy.desk import PrivacyDesk

ChooseFile = Callable[[QWidget, Words, str], str]
"""Asks for a file: the window asking, the words, what to ask for; "" when none was chosen."""


@dataclass(frozen=True, slots=True)
class SettingsDesk:
    """Settings, and the work that follows from them.  UI thread.

    Attributes:
        theme: the look.
        words: the user's language.
        current: the settings in force.
        chores: where slow work is done.
        plan: plans the memory for settings, given the plan that is loaded; on a chores thread.
        diagnose: writes the diagnostics text; on a chores thread.
        try_worker: tries the worker at an address; on a chores thread.
        load_model: load by the settings.
        cancel_load: give the load in progress up.
        on_problem: told that settings could not be written.
        permissions: the rules and the record of calls.
        tools: what the pages of tools work with.
        policy_trial: holds a text against a policy, to try it.
        check_seconds: how long checks took of late; None before the first.
        instructions: what places where instructions are written work with.
        prompts: the prompt library.
        spelling: the spell check.
        lab: gives the evaluation lab, which is made when it is first wanted.
        privacy: files of chats, and the lock.
        trash: what was deleted.
        models: gives the desk of models, which is made when it is first wanted.
        first_start: shows the three steps of the first start.
        clock_ms: Unix time in milliseconds, UTC.
        show_work: says in the window what else the model is busy with; "" for nothing.
        quick_key: says whether the keys of the quick ask work.
        choose_file: asks for a GGUF file.
        choose_target: asks where a file is to be written, given its name.
        choose_backup: asks for a backup.
        examine_adapter: checks an adapter for a model file; on a chores thread.
        examine_model: reads what a model file says of itself; on a chores thread.
    """

    theme: Theme
    words: Words
    current: CurrentSettings
    chores: Chores
    plan: Callable[[Settings, MemoryPlan | None], Planned]
    diagnose: Callable[[StatusChanged], str]
    try_worker: Callable[[str], Worker]
    load_model: Callable[[], None]
    cancel_load: Callable[[], None]
    on_problem: Callable[[Problem], None]
    permissions: PermissionBook
    tools: ToolDesk
    instructions: InstructionDoors
    check_seconds: Callable[[], float | None]
    policy_trial: PolicyTrial
    prompts: PromptLibrary
    spelling: Spelling
    lab: Callable[[], LabDesk]
    show_work: Callable[[str], None]
    quick_key: QuickKey
    privacy: PrivacyDesk
    trash: TrashBin
    models: Callable[[], ModelDesk]
    first_start: Callable[[], None]
    clock_ms: Callable[[], int] = field(default=lambda: time.time_ns() // 1_000_000)
    choose_file: ChooseFile = field(default=choose_file)
    choose_target: ChooseFile = field(default=choose_target)
    choose_backup: ChooseFile = field(default=choose_backup)
    examine_adapter: Callable[[Path, Adapter], AdapterFacts] = field(default=examine_adapter)
    examine_model: Callable[[Path], ModelDetails] = field(default=read_details)

    def change(self, **changes: Any) -> None:
        """Put settings in force."""
        problem = self.current.change(**changes)
        if problem is not None:
            self.on_problem(problem)
