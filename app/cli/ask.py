"""`sotto ask`: one question, one streamed answer, through the same services as the window."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from app.assembly import (
    chosen_style,
    clock_ms,
    is_practice_chosen,
    make_engine,
    model_finder,
    open_memory_storage,
    open_storage,
    with_model,
)
from app.chats.answer_style import AnswerStyle, SafeguardStyle
from app.chats.background import problem_from
from app.chats.changes import (
    AnswerThoughtAdded,
    BusyChanged,
    ChatChange,
    ChatOpened,
    ChatsChanged,
    MessageEnded,
    ModelState,
    NoticeRaised,
    SendRefused,
    StatusChanged,
)
from app.chats.service import ChatService
from app.chats.storage_thread import StorageThread
from app.chats.values import Message, MessageStatus, Problem
from app.cli.ctrl_c import ctrl_c
from app.cli.files import ReadFiles, attach_files
from app.cli.loop import CallLoop
from app.cli.permission_prompt import PermissionPrompt
from app.cli.printer import AnswerPrinter
from app.cli.terminal import Terminal
from app.instructions.text import instructions_from, tokens_of
from app.paths import Paths
from app.permissions.rules import Pattern
from app.safeguard.message_check import CheckState
from app.schema_file import read_schema_file
from app.secrets import KeyVault
from app.settings import Settings, SettingsFile
from app.tool_assembly import Surroundings, ToolRoom
from app.tools.switches import UnknownToolError, switches
from app.tools.toolbox import BROWSER, FILES, OWN, PYTHON
from app.vocabulary import SharedVocabulary
from engine.harmony.messages import Effort, ResponseFormat
from engine.requests import Adapter

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class AskOptions:
    """What was asked for on the command line.

    Attributes:
        chat: title of a stored chat to continue or begin; None stores nothing.
        think_tokens: tokens of analysis, as in `engine.requests.AnswerRequest`; None leaves it
            to the settings.
        schema: file of a JSON schema that the answers of the chat are bound to from now on.
        instructions: what the chat's own are from now on, or `@` and a file's name; "" takes
            them away, None leaves them.
        has_checks: what the settings say of checks against the policy holds.
        adapters: LoRA adapters over the model, in place of those in the settings.
        tools: what the chat has switched on from now on (`app.tools.switches`); None leaves it.
        allow: rules for this one run.
        files: they go with the question, whole.
    """

    text: str
    effort: Effort | None = None
    model: Path | None = None
    seed: int | None = None
    temperature: float | None = None
    chat: str | None = None
    think_tokens: int | None = None
    schema: Path | None = None
    instructions: str | None = None
    has_checks: bool = True
    adapters: tuple[Adapter, ...] = ()
    tools: tuple[str, ...] | None = None
    allow: tuple[Pattern, ...] = ()
    files: tuple[Path, ...] = ()


class Asking:
    """One run of `sotto ask`.  Its own loop is the service's thread.

    Args:
        options: what to ask.
        printer: writes the answer.
        errors: where the one error line goes.
        environ: folders, passphrase and so on.
        terminal: file descriptor of the terminal where a person answers questions; None where
            there is nobody.
    """

    def __init__(
        self,
        options: AskOptions,
        printer: AnswerPrinter,
        errors: TextIO,
        environ: Mapping[str, str],
        terminal: int | None = None,
    ) -> None:
        self._terminal = terminal
        self._options = options
        self._printer = printer
        self._errors = errors
        self._environ = environ
        self._loop = CallLoop()
        self._vocabulary = SharedVocabulary()
        self._model_name = ""
        self._service: ChatService | None = None
        self._is_asked = False
        self._ended: Message | None = None
        self._exit_code = EXIT_OK
        self._format: ResponseFormat | None = None
        self._checks_thoughts = False
        self._instructions: str | None = None

    def run(self) -> int:
        """Ask and print until the answer has ended; returns the exit code.

        Raises:
            UserFacingError: the model, the key, the schema, the instructions or the history could
                not be opened.
        """
        paths = Paths.from_environment(self._environ)
        if self._options.schema is not None:
            self._format = read_schema_file(self._options.schema)
        settings = with_model(SettingsFile(paths.settings).load(), self._options.model)
        self._checks_thoughts = settings.checks_thoughts
        vocabulary, chores = self._vocabulary, ThreadPoolExecutor(1, "chores")
        if self._options.instructions is not None:
            self._instructions = instructions_from(self._options.instructions)
            tokens_of(self._instructions, vocabulary().encode)
        storage = self._open_storage(paths)
        self._tools = tools = ToolRoom(
            Surroundings(
                paths=paths,
                environ=self._environ,
                storage=storage,
                settings=lambda: settings,
                vocabulary=vocabulary,
                chores=chores,
                allowed=self._options.allow,
            )
        )
        engine = make_engine(
            lambda event: self._loop.post(lambda: service.handle(event)), vocabulary
        )
        engine.start()
        service = self._service = ChatService(
            engine,
            storage,
            chores,
            dispatch=self._loop.post,
            clock_ms=clock_ms,
            find_model=model_finder(
                lambda: settings, paths, self._options.model, self._options.adapters
            ),
            is_practice=lambda: is_practice_chosen(settings, self._options.model),
            style_of=lambda effort: self._style(settings, effort),
            workshop=tools.workshop,
        )
        terminal = None if self._terminal is None else Terminal(self._terminal, self._loop.post)
        prompt = PermissionPrompt(service, self._errors, terminal)
        service.subscribe(prompt.show)
        self._effort = self._options.effort or settings.effort
        service.subscribe(self._on_change)
        service.start()
        try:
            with ctrl_c(lambda: self._interrupt(service)):
                self._loop.run()
        finally:
            service.close()
        return self._exit_code

    def _style(self, settings: Settings, effort: Effort) -> AnswerStyle:
        """By the settings, with what the command line says on top."""
        style = chosen_style(settings, effort)
        sampling = style.sampling
        if self._options.seed is not None:
            sampling = replace(sampling, seed=self._options.seed)
        if self._options.temperature is not None:
            sampling = replace(sampling, temperature=self._options.temperature)
        if self._options.think_tokens is not None:
            style = replace(style, thinking_budget_tokens=self._options.think_tokens)
        if not self._options.has_checks:
            style = replace(style, safeguard=SafeguardStyle())
        return replace(style, sampling=sampling)

    def _open_storage(self, paths: Paths) -> StorageThread:
        if self._options.chat is None:
            return open_memory_storage()
        return open_storage(paths, KeyVault(paths.data, self._environ).open_unattended())

    def _interrupt(self, service: ChatService) -> None:
        self._exit_code = EXIT_INTERRUPTED
        self._loop.post(service.stop if service.is_busy else self._loop.finish)

    def _on_change(self, change: ChatChange) -> None:
        match change:
            case ChatsChanged() if not self._is_asked:
                self._is_asked = True
                self._ask(change)
            case StatusChanged():
                self._on_status(change)
            case MessageEnded(message=message):
                self._ended = message
            case BusyChanged(is_busy=False) if self._ended is not None:
                self._report(self._ended)
            case SendRefused(problem=problem) | NoticeRaised(problem=problem):
                self._fail(problem)
            case AnswerThoughtAdded(piece=piece) if self._checks_thoughts:
                # Nobody waits here for a check, so nothing unchecked is printed.
                self._printer.show(replace(change, piece=replace(piece, text="")))
            case _:
                self._printer.show(change)

    def _ask(self, listed: ChatsChanged) -> None:
        assert self._service is not None  # noqa: S101 - run() made it before any change
        wanted = self._options.chat
        known = next((chat for chat in listed.chats if chat.title == wanted), None)
        if known is not None:
            self._service.open_chat(known.id)
            self._unsubscribe = self._service.subscribe(self._send_when_open)
        else:
            self._service.new_chat(wanted or "")
            self._choose_tools(self._service)

    def _send_when_open(self, change: ChatChange) -> None:
        if isinstance(change, ChatOpened):
            assert self._service is not None  # noqa: S101 - run() made it before any change
            self._unsubscribe()
            self._choose_tools(self._service)

    def _choose_tools(self, service: ChatService) -> None:
        """Switch on what was asked for; servers have to run before it is known what they are."""
        wanted = self._options.tools
        if wanted is None:
            self._send(service)
        elif set(wanted) <= {PYTHON, FILES, BROWSER, OWN}:
            self._switch_on(service, wanted)
        else:
            ready = self._tools.begin()
            post = self._loop.post
            ready.add_done_callback(lambda _: post(lambda: self._switch_on(service, wanted)))

    def _switch_on(self, service: ChatService, wanted: tuple[str, ...]) -> None:
        try:
            names = switches(wanted, service.tools.available)
        except UnknownToolError as error:
            self._fail(problem_from(error))
            return
        service.tools.choose(names)
        self._send(service)

    def _send(self, service: ChatService) -> None:
        if self._format is not None:
            service.form.choose(self._format)
        if self._instructions is not None:
            service.instructions.choose(self._instructions)
        if not self._options.files:
            service.send(self._options.text, self._effort)
            return
        attach_files(
            self._options.files,
            self._tools,
            self._vocabulary,
            self._loop.post,
            lambda read: self._send_with(service, read),
            self._fail,
        )

    def _send_with(self, service: ChatService, read: ReadFiles) -> None:
        for note in read.notes:
            self._errors.write(f"sotto: {note}\n")
        service.send(self._options.text, self._effort, files=read.files)

    def _on_status(self, status: StatusChanged) -> None:
        self._model_name = status.model_name or self._model_name
        if status.state is ModelState.FAILED and status.problem is not None:
            self._fail(status.problem)

    def _report(self, message: Message) -> None:
        if message.status is MessageStatus.FAILED and message.problem is not None:
            self._fail(message.problem)
            return
        self._printer.finish(message, self._model_name, self._options.chat)
        for note in dict.fromkeys(call.note for call in message.calls if call.note):
            self._errors.write(f"sotto: {note}\n")
        left_out = message.usage.left_out_messages
        if left_out:
            self._errors.write(
                f"sotto: The model did not read the first {left_out} messages of this chat:"
                " they no longer fit its context.\n"
            )
        if message.is_withheld:
            self._exit_code = self._exit_code or EXIT_FAILED
            self._errors.write(f"sotto: {withheld_line(message)}\n")
        elif message.format_name and message.status is not MessageStatus.COMPLETE:
            self._exit_code = self._exit_code or EXIT_FAILED
            self._errors.write("sotto: The answer was cut, so its JSON is not complete.\n")
        self._loop.finish()

    def _fail(self, problem: Problem) -> None:
        if self._exit_code == EXIT_FAILED:
            return  # the first error is the cause; those after it are its echo
        self._exit_code = EXIT_FAILED
        self._printer.fail(problem)
        self._errors.write(error_line(problem) + "\n")
        self._loop.finish()


def error_line(problem: Problem) -> str:
    """An error as one line: what happened, then what to do."""
    title = problem.title.format(**problem.fields)
    hint = problem.hint.format(**problem.fields)
    line = " ".join(f"sotto: {title} {hint}".split())
    # Names come from files and servers; a terminal would obey what is no letter.
    return "".join(letter for letter in line if unicodedata.category(letter) != "Cc")


def withheld_line(message: Message) -> str:
    """Why there is no answer to read, and the way around it."""
    check = message.check
    assert check is not None  # noqa: S101 - something withholds it
    subject = "message was not answered" if check.is_of_question else "answer is withheld"
    why = "it could not be checked"
    if check.state is CheckState.VIOLATION:
        why = "the check found it against the policy"
        why += f": {check.category}" if check.category else ""
    return f"The {subject}: {why}. --no-checks leaves the check out."


def question_from(text: str) -> str:
    """The text to ask; `-` reads it from standard input."""
    return sys.stdin.read() if text == "-" else os.fsencode(text).decode("utf-8", "replace")
