"""What the first start says of this computer and of how a model will be on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.words import Words
from engine.memory_plan.values import MemoryPlan
from ui.models.wording import file_size, joined

if TYPE_CHECKING:  # the desk is made after the first frame
    from app.models.outlook import Machine, Outlook

_GIB: Final = 1 << 30
_FAST: Final = 8.0
_SLOW: Final = 4.0
"""Tokens/s. People read about 238 words a minute (Brysbaert 2019, doi:10.1016/j.jml.2019.104047),
and a token is about three quarters of a word: 5.3 tokens/s."""
_SHORT_ANSWER: Final = 300
"""Tokens, the thoughts before it among them."""


def machine_facts(words: Words, machine: Machine) -> str:
    """Device, memory and disk in one line."""
    hardware = machine.hardware
    gpus = [one for one in hardware.devices if one.is_gpu]
    cards = [
        words("{name}, {size} GiB", name=one.label, size=_whole(one.total_bytes))
        if one.total_bytes
        else one.label
        for one in gpus
    ]
    memory = words("{size} GiB memory", size=_whole(hardware.main_total_bytes))
    disk = words("{size} free on the disk", size=file_size(machine.free_bytes))
    return joined(*(cards or [words("No graphics card")]), memory, disk)


def verdict(words: Words, name: str, plan: MemoryPlan) -> str:
    """Whether a model fits, and what happens where it does not, in one sentence."""
    context = f"{plan.context_tokens:,}"
    device = " + ".join(dict.fromkeys(one.device.label for one in plan.gpus))
    if not plan.fits:
        return words("{name} needs more memory than is free on this computer now.", name=name)
    if not plan.gpus:
        return words("{name} runs on the processor, without a graphics card.", name=name)
    if plan.main.blocks:
        return words(
            "{name} runs partly on {device}, the rest on the processor.", **_of(name, device)
        )
    if plan.cpu_expert_layers:
        return words(
            "{name} runs on {device}; a part of it that does not fit stays in main memory.",
            **_of(name, device),
        )
    return words(
        "{name} fits {device} with a context of {context} tokens.",
        name=name,
        device=device,
        context=context,
    )


def pace(words: Words, outlook: Outlook) -> str:
    """How fast it will probably be, and what that is like; or what can be done about a shortage."""
    if not outlook.planned.plan.fits:
        return words("Close other programs, or begin with the practice model. The choice is yours.")
    speed = outlook.speed
    if speed is None:
        return words("How fast it is will be known once it has answered.")
    said = words(speed.sentence.title, **speed.sentence.fields)
    middle = (speed.low + speed.high) / 2
    if middle >= _FAST:
        return words("{speed} expected: faster than people read.", speed=said)
    if middle >= _SLOW:
        return words("{speed} expected: about as fast as people read.", speed=said)
    minutes = max(1, round(_SHORT_ANSWER / max(0.1, middle) / 60))
    return words(
        "{speed} expected. That is slow: a short answer takes about {minutes} min.",
        speed=said,
        minutes=minutes,
    )


def network_use(words: Words, host: str) -> str:
    """What leaves this computer."""
    return words(
        "Chats stay on this computer. The download is the only network use: from {host}.",
        host=host,
    )


def place(path: Path) -> str:
    """A folder as steps from the home folder."""
    try:
        steps = path.relative_to(Path.home()).parts
    except ValueError:
        return str(path)
    return " › ".join(("~", *steps))  # noqa: RUF001 - the sign of a step


def _of(name: str, device: str) -> dict[str, str]:
    return {"name": name, "device": device}


def _whole(size_bytes: int) -> str:
    return f"{size_bytes / _GIB:.0f}"
