"""`sotto doctor`: prints the report on this installation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TextIO

from app.assembly import chosen_model
from app.doctor import report, this_machine
from app.paths import Paths
from app.secrets import KeyVault
from app.settings import SettingsFile
from engine.gguf import read_facts
from engine.memory_plan.values import PlanChoices


def print_report(out: TextIO, environ: Mapping[str, str], *, as_json: bool) -> None:
    """Print what is here: versions, devices, model, keyring, folders.

    Args:
        out: where to.
        environ: the process's environment, or a test's.
        as_json: one JSON object instead of lines for people; sizes in bytes.
    """
    paths = Paths.from_environment(environ)
    settings = SettingsFile(paths.settings).load()
    found = report(
        paths,
        KeyVault(paths.data, environ).keyring_backend_name(),
        lambda: read_facts(chosen_model(settings, paths).path),
        this_machine,
        model_path=settings.model_path,
        workers=settings.workers,
        choices=PlanChoices(
            settings.context_tokens,
            settings.ubatch_tokens,
            settings.gpu_layers,
            settings.cpu_expert_layers,
            settings.cache_type,
            settings.threads,
        ),
    )
    text = json.dumps(found.as_json(), indent=2) if as_json else "\n".join(found.as_lines())
    out.write(text + "\n")
