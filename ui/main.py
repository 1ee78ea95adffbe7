"""The program's start with a window: makes each object once and hands it to who needs it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.assembly import make_words
from app.chats.ids import ChatId
from app.cli.lora_option import add_lora
from app.handover import Handover, start_anew
from app.logs import set_up_logging
from app.paths import Paths
from app.run_record import RunRecord
from app.secrets import KeyVault
from app.settings import SettingsFile
from engine.errors import UserFacingError
from engine.requests import Adapter
from ui.collecting import collect_on_this_thread
from ui.crash import install_crash_hooks
from ui.desktop.address import chat_in, model_in
from ui.desktop.door import DesktopDoor
from ui.desktop.instance import Instance, Wanted, Wish, hand_over, server_name
from ui.end_signals import end_on_signals
from ui.failed_start import make_data_folder
from ui.qt_words import speak
from ui.session import WindowSession
from ui.theme.theme import Theme
from ui.unlock.unlock import unlock


def main(arguments: Sequence[str]) -> int:
    """Open the window; returns the exit code when it is closed."""
    options = _parser().parse_args(arguments)
    try:
        model = options.what if isinstance(options.what, Path) else options.model
        return _run(model, tuple(options.lora), _wish(options))
    except UserFacingError as error:
        sys.stderr.write(f"sotto: {error} {error.hint.format(**error.fields)}\n")
        return 1


def _run(model: Path | None, adapters: tuple[Adapter, ...], wish: Wanted) -> int:
    paths = Paths.from_environment(os.environ)
    set_up_logging(paths)
    application = QApplication(["sotto"])
    collect_on_this_thread(application)
    application.setApplicationName("Sotto")
    application.setDesktopFileName("sotto")
    left = Handover.receive(os.environ)
    make_data_folder(paths, application)  # a socket may have to lie there
    name = server_name(paths, os.environ)
    if left is None and hand_over(name, wish):
        return 0
    instance = Instance(name)
    settings = SettingsFile(paths.settings)
    current = settings.load()
    words = make_words(current, os.environ)
    speak(application, words.language)
    theme = Theme(application, current.theme, current.text_percent / 100)
    theme.set_reduced_motion(current.reduced_motion)
    theme.set_density(current.density)
    key = (
        left.key
        if left
        else unlock(KeyVault(paths.data, os.environ, keyring_seconds=None), theme, words)
    )
    if key is None:
        return 0
    session = WindowSession(paths, key, settings, words, theme, model, left, adapters)
    wanted: list[Handover] = []
    session.restart_wanted.connect(wanted.append)
    session.restart_wanted.connect(application.quit)
    session.window.private.stayed.connect(wanted.clear)
    install_crash_hooks(session.crashes)
    record = RunRecord(paths.state)
    session.crashes.watch(record)
    end_on_signals(application)
    desktop = DesktopDoor(
        theme, words, session.service, session.window, session.settings, settings, session.quick_key
    )
    desktop.equip = session.composer_doors.equip
    session.lock.locked.connect(desktop.lock)
    session.lock.unlocked.connect(desktop.unlock)
    session.start()
    instance.serve(desktop.grant)
    if wish is Wish.QUICK or isinstance(wish, int):
        desktop.grant(wish)
    try:
        code = application.exec()
    finally:
        instance.close()
        desktop.close()
        session.close()
        record.end()
    return start_anew(wanted[0]) if wanted else code


def _what(text: str) -> str | Path | ChatId:
    """What the desktop names: nothing else that it could name is opened."""
    if text == "quick":
        return text
    named = chat_in(text) or model_in(text)
    if named is None:
        raise argparse.ArgumentTypeError(f"Sotto opens no {text[:80]!r}")
    return named


def _wish(options: argparse.Namespace) -> Wanted:
    if options.what == "quick":
        return Wish.QUICK
    if isinstance(options.what, Path):  # for one that runs; who starts uses it at once
        return options.what
    if isinstance(options.what, int):
        return ChatId(options.what)
    return Wish.NEW_WINDOW if options.new_window else Wish.SHOW


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sotto", description="Open Sotto's window.")
    parser.add_argument(
        "what",
        nargs="?",
        type=_what,
        metavar="quick|FILE|sotto://chat/N",
        help="ask something quickly; open a model file, or a chat by its address",
    )
    parser.add_argument(
        "--new-window", action="store_true", help="one more window of the Sotto that runs"
    )
    parser.add_argument("--model", type=Path, metavar="FILE", help="a gpt-oss GGUF file")
    add_lora(parser)
    return parser
