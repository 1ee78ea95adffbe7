"""The user's settings as one frozen value, and the file they live in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.adapters import MAX_ADAPTERS, AdapterChoice
from app.chats.values import Problem
from app.instructions.presets import MAX_PRESETS, Preset
from app.instructions.text import MAX_CHARACTERS
from app.paths import make_private
from app.permissions.strictness import Strictness
from app.safeguard.policy_text import MAX_CHARACTERS as MAX_POLICY_CHARACTERS
from app.thoughts.display import ThoughtsDisplay
from app.tools.browser.provider_settings import SearchProvider, checked_address
from app.whole_file import replace_text
from app.workers import MAX_WORKERS, parse_address
from engine.errors import UserFacingError
from engine.harmony.messages import Effort
from engine.memory_plan.values import CacheType

MAX_SEED: Final = 2**32 - 2
MAX_THINKING_TOKENS: Final = 131_072
MAX_KEPT_MIB: Final = 262_144
MAX_RECENT_ACTIONS: Final = 6

ThinkingTokens = Annotated[int, Field(ge=0, le=MAX_THINKING_TOKENS)]
WorkerAddress = Annotated[str, AfterValidator(parse_address)]
SearchAddress = Annotated[str, AfterValidator(checked_address)]


class SettingsError(UserFacingError):
    """The settings could not be saved."""


class Settings(BaseModel):
    """What the user chose; the defaults are what a new user gets.

    Sampling defaults follow llama.cpp's gpt-oss preset, as in `engine.requests.Sampling`.

    Attributes:
        text_percent: size of the text.
        density: how close messages, lines and chats stand.
        reduced_motion: nothing moves; None asks the desktop.
        instructions: the user's own for all chats, which the model reads before each answer.
        checks_questions: what the user sends is held against the policy before it is answered.
        checks_answers: answers are held against the policy before they are shown.
        policy: the user's own (`app.safeguard.policy_text`); "" is the one that ships.
        presets: instructions that the user saved under a name, each name once.
        model_path: a GGUF file; None is the practice model.
        models_folder: where models are put; None is a folder of Sotto's (`Paths.models`).
        model_settings: what was chosen for models that are not loaded now, by their path
            (`app.models.model_settings`).
        first_start: how far the first start is; "done" once the user went on to a chat.
        unload_minutes: the model leaves memory after so long without work; 0 is never.
        download_kib_per_second: most that downloads take of the line; 0 is all.
        hub_endpoint: address of a mirror of the Hugging Face Hub; "" is the Hub itself. The
            variable `HF_ENDPOINT` goes before it.
        context_tokens: size of the KV cache in tokens; 0 is the planner's, as below
            (`engine.memory_plan.values.PlanChoices`).
        ubatch_tokens: micro-batch; 0 is the planner's.
        gpu_layers: blocks on GPUs; -1 is the planner's.
        cpu_expert_layers: blocks whose experts stay in main memory; -1 is the planner's.
        cache_type: how keys and values are kept; None is the planner's.
        threads: CPU threads; 0 is the planner's.
        kept_chats_mib: RAM for the states of chats answered before; 0 keeps none, None is the
            engine's choice.
        draws_on_device: whether the GPU chooses the tokens as well; None is the engine's choice.
        temperature: 0.0 is greedy.
        top_p: 1.0 is off.
        top_k: tokens; 0 is off.
        min_p: relative to the likeliest token; 0.0 is off.
        seed: makes answers repeatable; None draws a fresh one for each.
        thinking_low_tokens: tokens of analysis in a turn of low effort, after which the answer
            is opened; None is the engine's (`engine.thinking`).
        thinking_medium_tokens: the same for medium effort.
        thinking_high_tokens: the same for high effort.
        adapters: LoRA adapters over the model in use, each file once.
        workers: addresses (`host:port`) of other machines that lend memory and GPUs, each once.
        search_provider: who searches the web for the model; its key is in the keyring.
        searxng_url: address of the user's own search server; "" for none.
        tools_python: chats begin with Python switched on, where it can run.
        python_without_sandbox_accepted: the user has agreed, in words, that Python code runs with
            all their rights where this computer cannot hold it in a box.
        tools_files: chats begin with the reading of their own files switched on.
        tools_browser: chats begin with the web switched on.
        tools_functions: chats begin with all MCP servers and own functions switched on.
        functions_folder: where the user's own functions are; None is a folder of Sotto's.
        checks_thoughts: thoughts are judged by a policy (`resources/safeguard/thoughts.json`), by
            the model itself, before any of them is shown.
        thoughts_display: what an opened panel of thoughts shows, unless it is told otherwise.
        model_titles: the model gives chats their titles, when it has nothing else to do.
        checks_spelling: misspelt words are marked while they are written, where the system can.
        honesty_signs: answers say where the model cannot know, or is often wrong.
        strictness: how much the words of strangers count (`app.permissions.strictness`).
        notices: what the desktop is told of an answer that is ready while nobody looks.
        update_checks: whether the user lets Sotto look for newer versions (`app.updates`).
        rests_in_tray: the window's close button hides it, and Sotto goes on in the tray.
        has_rested: it has done so once, and said so.
        quick_key: keys that bring the quick ask from anywhere, as Qt writes them; "" for none.
        recent_actions: what was chosen last in the palette, by its name in code, newest first.
        lock_minutes: the window locks itself after so long without a touch; 0 is never.
        lock_with_desktop: it locks when the desktop does, and when the computer goes to sleep.
        lock_check: the lock's own passphrase (`app.passphrase_check`); "" for none.
        window_size: width and height in device-independent pixels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: Literal["system", "light", "dark", "high_contrast"] = "system"
    language: Literal["system", "en", "ko"] = "system"
    text_percent: Annotated[int, Field(ge=85, le=200)] = 100
    density: Literal["comfortable", "compact"] = "comfortable"
    reduced_motion: bool | None = None
    effort: Effort = Effort.MEDIUM
    instructions: Annotated[str, Field(max_length=MAX_CHARACTERS)] = ""
    checks_questions: bool = False
    checks_answers: bool = False
    policy: Annotated[str, Field(max_length=MAX_POLICY_CHARACTERS)] = ""
    presets: Annotated[tuple[Preset, ...], Field(max_length=MAX_PRESETS)] = ()
    model_path: str | None = None
    models_folder: str | None = None
    model_settings: dict[str, dict[str, Any]] = Field(default_factory=dict)
    first_start: Literal["machine", "model", "chat", "done"] = "machine"
    unload_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    download_kib_per_second: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    hub_endpoint: Annotated[str, Field(max_length=400)] = ""
    context_tokens: Annotated[int, Field(ge=0, le=131_072)] = 0
    ubatch_tokens: Annotated[int, Field(ge=0, le=4096)] = 0
    gpu_layers: Annotated[int, Field(ge=-1, le=1024)] = -1
    cpu_expert_layers: Annotated[int, Field(ge=-1, le=1024)] = -1
    cache_type: CacheType | None = None
    threads: Annotated[int, Field(ge=0, le=1024)] = 0
    kept_chats_mib: Annotated[int, Field(ge=0, le=MAX_KEPT_MIB)] | None = None
    draws_on_device: bool | None = None
    temperature: Annotated[float, Field(ge=0.0, le=2.0, allow_inf_nan=False)] = 1.0
    top_p: Annotated[float, Field(gt=0.0, le=1.0, allow_inf_nan=False)] = 1.0
    top_k: Annotated[int, Field(ge=0, le=201_088)] = 0
    min_p: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)] = 0.01
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] | None = None
    thinking_low_tokens: ThinkingTokens | None = None
    thinking_medium_tokens: ThinkingTokens | None = None
    thinking_high_tokens: ThinkingTokens | None = None
    adapters: Annotated[tuple[AdapterChoice, ...], Field(max_length=MAX_ADAPTERS)] = ()
    workers: Annotated[tuple[WorkerAddress, ...], Field(max_length=MAX_WORKERS)] = ()
    search_provider: SearchProvider = SearchProvider.NONE
    searxng_url: SearchAddress = ""
    tools_python: bool = False
    python_without_sandbox_accepted: bool = False
    tools_files: bool = False
    tools_browser: bool = False
    tools_functions: bool = False
    functions_folder: str | None = None
    checks_thoughts: bool = False
    thoughts_display: ThoughtsDisplay = ThoughtsDisplay.SUMMARY
    model_titles: bool = True
    checks_spelling: bool = True
    honesty_signs: bool = True
    strictness: Strictness = Strictness.NORMAL
    notices: Literal["off", "title", "text"] = "title"
    update_checks: Literal["unasked", "off", "on"] = "unasked"
    rests_in_tray: bool = False
    has_rested: bool = False
    quick_key: Annotated[str, Field(max_length=60)] = ""
    recent_actions: Annotated[tuple[str, ...], Field(max_length=MAX_RECENT_ACTIONS)] = ()
    lock_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    lock_with_desktop: bool = False
    lock_check: Annotated[str, Field(max_length=400)] = ""
    sidebar_visible: bool = True
    window_size: tuple[
        Annotated[int, Field(ge=320, le=32_767)], Annotated[int, Field(ge=320, le=32_767)]
    ] = (1080, 760)

    @field_validator("adapters")
    @classmethod
    def _each_file_once(cls, adapters: tuple[AdapterChoice, ...]) -> tuple[AdapterChoice, ...]:
        return tuple({adapter.path: adapter for adapter in adapters}.values())

    @field_validator("presets")
    @classmethod
    def _each_name_once(cls, presets: tuple[Preset, ...]) -> tuple[Preset, ...]:
        return tuple({preset.name: preset for preset in presets}.values())

    @field_validator("workers")
    @classmethod
    def _each_once(cls, workers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(workers))


_MAX_FILE_BYTES: Final = 1 << 20


class SettingsFile:
    """Settings on disk, as JSON that a person may edit.  One thread.

    What a newer version of Sotto has written and this one does not know is kept.

    Args:
        path: the file; it and its folder need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem: Problem | None = None
        """What was wrong with the file when it was last read; for a notice."""

    def load(self) -> Settings:
        """The settings; defaults where there are none.

        A damaged file, and one with values that make no sense, is kept aside with `.bad`
        behind its name; what can be read of it counts.  `problem` then says so.
        """
        self.problem = None
        return self._read()[0]

    def save(self, settings: Settings) -> None:
        """Put these settings in place of the file's, in one step.

        Raises:
            SettingsError: the disk is full or the folder cannot be written to.
            FolderError: the folder cannot be made.
        """
        stored = {**self._read()[1], **settings.model_dump(mode="json")}
        make_private(self._path.parent)
        try:
            replace_text(self._path, json.dumps(stored, ensure_ascii=False, indent=2) + "\n")
        except OSError as error:
            raise SettingsError(
                "The settings could not be saved.",
                "Check that the disk is not full and that you may write to {folder}.",
                detail=str(error),
                fields={"folder": str(self._path.parent)},
            ) from error

    def update(self, **changes: Any) -> Settings:
        """Change some settings on disk and return all of them.

        Raises:
            SettingsError: as `save`.
            FolderError: as `save`.
            ValueError: a name is unknown or a value out of range, which is a mistake in code.
        """
        return self.edit(lambda _: changes)

    def edit(self, changes_of: Callable[[Settings], Mapping[str, Any]]) -> Settings:
        """The same where the changes follow from what the file says now."""
        stored = self._read()[0]
        changes = changes_of(stored)
        settings = Settings.model_validate({**stored.model_dump(), **changes})
        self.save(settings)
        return settings

    def _read(self) -> tuple[Settings, dict[str, Any]]:
        """The settings and the entries that only a newer version understands."""
        try:
            entries = _parse(self._path)
        except FileNotFoundError:
            return Settings(), {}
        except (OSError, ValueError, RecursionError) as error:
            self._set_aside(type(error).__name__)
            return Settings(), {}
        known = {name: entries[name] for name in Settings.model_fields if name in entries}
        unknown = {name: entries[name] for name in entries if name not in known}
        try:
            return Settings.model_validate_json(json.dumps(known)), unknown
        except ValidationError as error:
            wrong = {str(one["loc"][0]) for one in error.errors(include_input=False)}
            self._set_aside(", ".join(sorted(wrong)))
            sound = {name: known[name] for name in known if name not in wrong}
            return Settings.model_validate_json(json.dumps(sound)), unknown

    def _set_aside(self, detail: str) -> None:
        aside = self._path.with_name(self._path.name + ".bad")
        with suppress(OSError):
            replace_text(aside, self._path.read_bytes().decode("utf-8", "backslashreplace"))
        self.problem = Problem(
            "Some settings could not be read, so their defaults are used.",
            "The file as it was is kept as {file}.",
            detail=detail,
            fields={"file": str(aside)},
        )


def _parse(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        entries = json.loads(file.read(_MAX_FILE_BYTES).decode("utf-8"))
    if not isinstance(entries, dict):
        raise ValueError("not a JSON object")
    return entries


def kept_chats_bytes(settings: Settings) -> int:
    """RAM for other chats as the engine is asked for it (`engine.requests.LoadRequest`)."""
    if settings.kept_chats_mib is None:
        return 0
    return settings.kept_chats_mib * 2**20 or -1
