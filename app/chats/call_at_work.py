"""A call that was let through, at work: what it reads from the history and leaves there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from app.chats.background import Background
from app.chats.values import Message
from app.tools.call_run import CallRun
from app.tools.tool import RecallsPages, Tool
from app.tools.values import AttachmentRef, Progress, SourcePage, ToolCall, ToolOutcome
from app.tools.workshop import Workshop

OnMade = Callable[[ToolOutcome, tuple[AttachmentRef, ...]], None]
"""Told what came of a call, and what it made as it is stored."""


class CallAtWork:
    """Runs one call and stores what it made.  The service's thread.

    Args:
        workshop: where it runs.
        background: where the store is.
        answer: the message that makes the call.
    """

    def __init__(self, workshop: Workshop, background: Background, answer: Message) -> None:
        self._workshop = workshop
        self._background = background
        self._answer = answer
        self._run: CallRun | None = None

    def start(
        self,
        tool: Tool,
        call: ToolCall,
        most_tokens: int,
        *,
        on_progress: Callable[[Progress], None],
        on_made: OnMade,
        on_closed: Callable[[], None],
    ) -> None:
        """Run it; one of the last two follows, unless `cancel` comes first.

        Args:
            tool: runs it.
            call: was allowed.
            most_tokens: longer results have their middle cut.
            on_progress: told how far it is.
            on_made: see `OnMade`.
            on_closed: told where the tools were closed under it.
        """

        def ended(outcome: ToolOutcome | None) -> None:
            if outcome is None:
                on_closed()
            else:
                self._store(call.number, outcome, on_made)

        workshop = self._workshop
        run = CallRun(workshop.thread, self._background.dispatch, workshop.tokens, most_tokens)
        self._run = run
        run.start(tool, call, self._pages, on_progress=on_progress, on_ended=ended)

    def cancel(self) -> None:
        """End it at once."""
        if self._run is not None:
            self._run.cancel()

    async def _pages(self) -> tuple[SourcePage, ...]:
        """What earlier calls of this branch opened.  Asyncio thread."""
        chat_id, answer_id = self._answer.chat_id, self._answer.id
        found = self._background.in_storage(
            lambda store: store.tool_results.pages(chat_id, answer_id)
        )
        return await asyncio.wrap_future(found)

    def _store(self, number: int, outcome: ToolOutcome, on_made: OnMade) -> None:
        """Without the bytes nothing is shown, but the model gets its result in any case."""
        if not outcome.attachments and outcome.page is None:
            on_made(outcome, ())
            return
        answer_id, attachments, page = self._answer.id, outcome.attachments, outcome.page
        self._background.store(
            lambda store: store.tool_results.keep(answer_id, number, attachments, page),
            lambda kept: on_made(outcome, kept),
            lambda problem: on_made(replace(outcome, page=None, note=problem.title), ()),
        )


def recall(
    background: Background,
    answer: Message,
    tool: RecallsPages,
    chat: str,
    on_done: Callable[[], None],
) -> None:
    """Give a browser back the pages of the branch that ends in this answer.

    Args:
        background: where the store is.
        answer: the message that is about to make its first call.
        tool: the browser.
        chat: key of the chat.
        on_done: the browser has them, or there are none to be had.
    """
    chat_id, answer_id = answer.chat_id, answer.id

    def recalled(pages: tuple[SourcePage, ...]) -> None:
        tool.recall(chat, pages)
        on_done()

    background.store(
        lambda store: store.tool_results.pages(chat_id, answer_id),
        recalled,
        lambda _: recalled(()),
    )
