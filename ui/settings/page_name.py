"""What other rooms call the pages of the settings, so that a door to one imports none."""

from __future__ import annotations

from enum import StrEnum


class PageName(StrEnum):
    """One page."""

    MODELS = "models"
    MODEL = "model"
    CARD = "card"
    LAB = "lab"
    ADAPTERS = "adapters"
    ANSWERS = "answers"
    INSTRUCTIONS = "instructions"
    PROMPTS = "prompts"
    SAFEGUARDS = "safeguards"
    TOOLS = "tools"
    WEB = "web"
    SERVERS = "servers"
    PERMISSIONS = "permissions"
    MACHINES = "machines"
    PRIVACY = "privacy"
    TRASH = "trash"
    APPEARANCE = "appearance"
    DESKTOP = "desktop"
    DIAGNOSTICS = "diagnostics"
