"""Runs one function of the user's in a box.  Standard library only: this runs inside.

The call comes as JSON on the standard input; the answer goes, as JSON on one line, to what was
the standard output.  What the function prints goes to the standard error instead.
"""

from __future__ import annotations

import asyncio
import dataclasses
import importlib.util
import inspect
import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MAX_CHARACTERS = 400_000
_FRAMES = 12


def main(arguments: Sequence[str], places: dict[str, str]) -> None:
    """Run the function that the standard input names.

    Args:
        arguments: the folder of the functions, as it was asked for.
        places: where it is.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a text file
    folder = Path(places[arguments[0]])
    call = json.load(sys.stdin)
    answer = _answer(folder, call["file"], call["function"], call["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    answers.write(json.dumps(answer) + "\n")
    answers.close()
    # What the function left running must not keep the box open.
    os._exit(0)


def _answer(folder: Path, file: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    path = folder / file
    try:
        value = _call(path, name, arguments)
        return {"text": _text(value)[:MAX_CHARACTERS]}
    except BaseException as error:  # noqa: BLE001 - also SystemExit: the caller is told
        return {"error": _error(error, folder)[:MAX_CHARACTERS]}


def _call(path: Path, name: str, arguments: dict[str, Any]) -> Any:
    sys.path.insert(0, str(path.parent))
    specification = importlib.util.spec_from_file_location(path.stem, path)
    if specification is None or specification.loader is None:
        raise ImportError(f"{path.name} cannot be imported")
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    specification.loader.exec_module(module)
    function = getattr(module, name)
    names = inspect.signature(function).parameters.values()
    placed = [
        arguments.pop(one.name)
        for one in names
        if one.kind is one.POSITIONAL_ONLY and one.name in arguments
    ]
    value = function(*placed, **arguments)
    return asyncio.run(_awaited(value)) if inspect.isawaitable(value) else value


async def _awaited(value: Any) -> Any:
    return await value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, indent=1, default=_plain)
    except (TypeError, ValueError, RecursionError):
        return str(value)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return list(value) if isinstance(value, set | frozenset | tuple) else str(value)


def _error(error: BaseException, folder: Path) -> str:
    """The error with the lines of the user's own files."""
    own = [
        f"  {Path(frame.filename).name}, line {frame.lineno}: {frame.line}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(folder)
    ]
    what = traceback.format_exception_only(type(error), error)[-1].strip()
    return "\n".join([what, *own[-_FRAMES:]])
