"""Settings that belong to a model, kept while another one is in use.  Pure.

The fields of `Settings` hold those of the model that is in use; `model_settings` holds those of
the others, by the path of the file ("" for the practice model), as far as they are not defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

if TYPE_CHECKING:  # the settings themselves import nothing of this
    from app.settings import Settings

OF_A_MODEL: Final = (
    "context_tokens",
    "ubatch_tokens",
    "gpu_layers",
    "cpu_expert_layers",
    "cache_type",
    "threads",
    "kept_chats_mib",
    "draws_on_device",
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "seed",
    "thinking_low_tokens",
    "thinking_medium_tokens",
    "thinking_high_tokens",
    "adapters",
)

MAX_MODELS: Final = 200
"""So many models have settings that are kept; those that were left longest ago go first."""

Kept = dict[str, dict[str, Any]]


def switched(settings: Settings, path: str | None) -> dict[str, Any]:
    """What changes when another model is used: the path, its values, and what is kept."""
    if path == settings.model_path:
        return {}
    kept = dict(settings.model_settings)
    own = {**_unknown(kept.pop(_key(settings.model_path), {})), **_values(settings)}
    if own:
        kept[_key(settings.model_path)] = own
    values = kept.pop(_key(path), {})
    if unknown := _unknown(values):
        kept[_key(path)] = unknown  # of a newer version: they stay in their place
    return {
        "model_path": path,
        "model_settings": _bounded(kept),
        **_defaults(settings),
        **_sound(settings, values),
    }


def written(stored: Settings, own: str | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What a change made in a process comes to in the file.

    Args:
        stored: what the file says now.
        own: the model in use in that process, which need not be the file's: it may have been
            named on the command line, or another process has chosen another.
        changes: what is changed.
    """
    if "model_path" in changes:
        return {**switched(stored, changes["model_path"]), **changes}
    of_model = {name: value for name, value in changes.items() if name in OF_A_MODEL}
    if own == stored.model_path or not of_model:
        return dict(changes)
    kept = dict(stored.model_settings)
    values = {**kept.pop(_key(own), {}), **_plain(stored, of_model)}
    kept[_key(own)] = values
    others = {name: value for name, value in changes.items() if name not in of_model}
    return {**others, "model_settings": _bounded(kept)}


def changed_for(settings: Settings, path: str | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What changes when some settings of a model are changed, be it in use or not.

    Args:
        settings: all of them.
        path: the model's file; None is the practice model.
        changes: of `OF_A_MODEL` alone.

    Raises:
        ValueError: a name or a value is wrong; nothing is to change then.
    """
    if strange := set(changes) - set(OF_A_MODEL):
        raise ValueError(f"no settings of a model: {', '.join(sorted(strange))}")
    if path == settings.model_path:
        return dict(changes)
    kept = dict(settings.model_settings)
    before = kept.pop(_key(path), {})
    own = settings.model_copy(update=_typed(settings, switched(settings, path)))
    own = type(settings).model_validate({**own.model_dump(), **changes})
    values = {**_unknown(before), **_values(own)}
    if values:
        kept[_key(path)] = values
    return {"model_settings": _bounded(kept)}


def renamed(settings: Settings, old: str, new: str) -> dict[str, Any]:
    """What changes when a model's file has another path: its values go along."""
    changes: dict[str, Any] = {}
    if old in settings.model_settings:
        kept = dict(settings.model_settings)
        kept[new] = kept.pop(old)
        changes["model_settings"] = kept
    if settings.model_path == old:
        changes["model_path"] = new
    return changes


def settings_of(settings: Settings, path: str | None) -> Settings:
    """The settings as they would be with a model in use, which may be in use already."""
    return settings.model_copy(update=_typed(settings, switched(settings, path)))


def _typed(settings: Settings, changes: Mapping[str, Any]) -> dict[str, Any]:
    whole = type(settings).model_validate({**settings.model_dump(), **changes})
    return {name: getattr(whole, name) for name in changes}


def _key(path: str | None) -> str:
    return path or ""


def _values(settings: Settings) -> dict[str, Any]:
    dump = settings.model_dump(mode="json", include=set(OF_A_MODEL), exclude_defaults=True)
    return {name: dump[name] for name in OF_A_MODEL if name in dump}


def _plain(settings: Settings, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Some changes as JSON has them."""
    whole = type(settings).model_validate({**settings.model_dump(), **changes})
    return whole.model_dump(mode="json", include=set(changes))


def _unknown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in OF_A_MODEL}


def _defaults(settings: Settings) -> dict[str, Any]:
    fields = type(settings).model_fields
    return {name: fields[name].get_default(call_default_factory=True) for name in OF_A_MODEL}


def _sound(settings: Settings, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that make sense, each looked at by itself: a person may have edited the file."""
    known = {name: values[name] for name in OF_A_MODEL if name in values}
    try:
        type(settings).model_validate(known)
    except ValidationError as error:
        wrong = {str(one["loc"][0]) for one in error.errors(include_input=False)}
        return {name: known[name] for name in known if name not in wrong}
    return known


def _bounded(kept: Kept) -> Kept:
    return dict(list(kept.items())[-MAX_MODELS:])
