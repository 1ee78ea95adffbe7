"""`sotto export` and `sotto import`: chats to and from files, in a terminal."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from app.archive.sentences import brought_line, preview_lines
from app.archive.sources import ChatFile
from app.archive.values import (
    ArchivedChat,
    ArchiveError,
    BroughtIn,
    ExportForm,
    ExportWish,
    LeftOut,
    Preview,
)
from app.archive.writing import ChatWriter
from app.assembly import make_words, open_storage
from app.chats.ids import ChatId
from app.chats.store import ChatStore
from app.cli.archive_parser import FORMS
from app.cli.ask import EXIT_OK
from app.cli.backup import backup_command
from app.paths import Paths
from app.secrets import KeyVault
from app.settings import SettingsFile
from app.words import Words

_AT_ONCE = 50


def archive_command(options: argparse.Namespace, out: TextIO, environ: Mapping[str, str]) -> int:
    """Run one of the commands; returns the exit code.

    Raises:
        UserFacingError: the history or the file cannot be read or written.
    """
    if options.command in ("backup", "restore"):
        return backup_command(options, out, environ)
    paths = Paths.from_environment(environ)
    settings = SettingsFile(paths.settings).load()
    words = make_words(settings, environ)
    storage = open_storage(paths, KeyVault(paths.data, environ).open_unattended())
    try:
        if options.command == "export":
            wish = ExportWish(
                _form(options.format, options.file),
                options.thoughts,
                settings.checks_thoughts,
                is_single=options.chat is not None,
            )
            task = storage.submit(
                lambda store: _export(store, options.file, wish, options.chat, words)
            )
            out.write(words("Written: {count}", count=task.result()) + "\n")
        else:
            only_look = bool(options.dry_run)
            lines = storage.submit(
                lambda store: _bring_in(store, options.file, words, only_look=only_look)
            )
            out.write("\n".join(lines.result()) + "\n")
    finally:
        storage.close()
    return EXIT_OK


def _form(named: str | None, file: Path) -> ExportForm:
    found = FORMS.get(named or file.suffix.lstrip(".").lower())
    if found is None and file.suffix == ".zip":
        found = "markdown"
    if found is None:
        raise ArchiveError(
            "It is not clear what to write.", "Say --format md, --format html or --format json."
        )
    return ExportForm(found)


def _export(store: ChatStore, file: Path, wish: ExportWish, title: str | None, words: Words) -> int:
    if title is None:
        ids = tuple(chat.id for chat in store.chats())
    else:
        chat = store.find_chat_by_title(title)
        if chat is None:
            raise ArchiveError(
                "There is no chat called {title}.",
                "Look at its name in Sotto's window.",
                fields={"title": title},
            )
        ids = (chat.id,)
    with ChatWriter(file, wish, words) as writer:
        for chat_id in ids:
            found = store.archive.read(chat_id)
            if found is not None:
                writer.add(found)
        writer.keep()
    return len(ids)


def _bring_in(store: ChatStore, path: Path, words: Words, *, only_look: bool) -> tuple[str, ...]:
    left: Counter[LeftOut] = Counter()
    messages: dict[str, int] = {}
    ids: list[ChatId] = []
    brought = 0
    waiting: list[ArchivedChat] = []

    def keep() -> int:
        made = store.archive.add(waiting)
        added = [(one, chat) for one, chat in zip(made, waiting, strict=True) if one is not None]
        waiting.clear()
        ids.extend(one for one, _ in added)
        return sum(len(chat.messages) for _, chat in added)

    with ChatFile(path) as file:
        for one in file.chats():
            left.update(one.left_out)
            if one.chat is None:
                continue
            messages[one.chat.source] = len(one.chat.messages)
            if not only_look:
                waiting.append(one.chat)
                brought += keep() if len(waiting) == _AT_ONCE else 0
    brought += keep()
    if not only_look:
        told = Preview(path, len(ids), brought, left_out=dict(left))
        return (
            brought_line(words, BroughtIn(tuple(ids), brought)),
            *preview_lines(words, told)[1:],
        )
    already = store.archive.present(messages)
    new = [count for source, count in messages.items() if source not in already]
    return preview_lines(words, Preview(path, len(new), sum(new), already, (), dict(left)))
