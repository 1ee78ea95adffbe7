"""The presets a user can choose from, and what the user does with their own."""

from __future__ import annotations

from functools import cached_property

from app import resources
from app.chats.title import title_from
from app.chats.values import Problem
from app.current_settings import CurrentSettings
from app.instructions.presets import MAX_PRESETS, Preset, free_name, shipped_presets


class PresetShelf:
    """Presets over the settings in force.  Confined to their thread.

    Methods that change something return why it could not be written, as
    `CurrentSettings.change` does.

    Args:
        current: where the user's own are.
        language: of those that ship.
    """

    def __init__(self, current: CurrentSettings, language: str) -> None:
        self._current = current
        self._language = language

    @cached_property
    def shipped(self) -> tuple[Preset, ...]:
        """Those that come with Sotto, read once."""
        return shipped_presets(resources.path("instructions.json"), self._language)

    @property
    def own(self) -> tuple[Preset, ...]:
        """Those that the user saved, the oldest first."""
        return self._current.value.presets

    @property
    def is_full(self) -> bool:
        """Whether no more can be saved."""
        return len(self.own) >= MAX_PRESETS

    def holds(self, text: str) -> bool:
        """Whether a text is that of a preset."""
        return any(preset.text.strip() == text.strip() for preset in (*self.shipped, *self.own))

    def name_for(self, text: str) -> str:
        """A name that nobody has yet, made of a text that is not blank."""
        return self._free(title_from(text))

    def add(self, name: str, text: str) -> Problem | None:
        """Save a preset behind the others; a name that is taken gets a number."""
        return self._keep((*self.own, Preset(name=self._free(name), text=text.strip())))

    def change(self, old: Preset, name: str, text: str) -> Problem | None:
        """Put another name and text in the place of a preset's."""
        others = tuple(preset.name for preset in self.own if preset is not old)
        new = Preset(name=free_name(name, others), text=text.strip())
        return self._keep(tuple(new if preset is old else preset for preset in self.own))

    def remove(self, preset: Preset) -> Problem | None:
        """Take a preset away."""
        return self._keep(tuple(one for one in self.own if one is not preset))

    def put_back(self, preset: Preset, place: int) -> Problem | None:
        """Bring a preset back to where it stood."""
        back = preset.model_copy(update={"name": self._free(preset.name)})
        own = self.own
        return self._keep((*own[:place], back, *own[place:])[:MAX_PRESETS])

    def _free(self, name: str) -> str:
        return free_name(name, tuple(preset.name for preset in self.own))

    def _keep(self, presets: tuple[Preset, ...]) -> Problem | None:
        return self._current.change(presets=presets)
