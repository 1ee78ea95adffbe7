"""A real window in a process of its own that asks, breaks down, starts anew and goes on.

Run by test_survival.py: `python -m tests.e2e.starts_anew SCENE`.  Prints what a person would see
as one JSON object a line, before and after.  SCENE is `abort`, or the id of a worker's process that
is to be killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QTextBrowser, QTextEdit

import ui.main
from app.chats.changes import (
    AnswerTextAdded,
    ChatChange,
    ChatOpened,
    MessageEnded,
    ModelState,
    StatusChanged,
)
from engine.harmony.messages import Effort
from engine.requests import LoadRequest
from ui.chat.answer_foot import AnswerFoot
from ui.session import WindowSession

DRAFT = "and what about\ntomorrow?"
PATIENCE_MS = 80_000


class Watched(WindowSession):
    """The program's own session with somebody at the keyboard."""

    def start(self) -> None:
        self._is_anew = self._handover is not None
        self._has_acted = False
        self._status = StatusChanged()
        self.service.subscribe(lambda change: QTimer.singleShot(0, lambda: self._see(change)))
        self._use_every_worker()
        QTimer.singleShot(PATIENCE_MS, lambda: os._exit(3))
        super().start()
        self.window.resize(900, 640)

    def _use_every_worker(self) -> None:
        """The planner takes as few devices as it can, and none for the practice model."""
        engine = self.service._engine
        load = engine.load

        def load_on_workers(request: LoadRequest) -> None:
            names = tuple(f"RPC{number}" for number in range(len(request.workers)))
            load(replace(request, devices=names or None))

        engine.load = load_on_workers  # type: ignore[method-assign] # as if it was chosen

    def _see(self, change: ChatChange) -> None:
        if isinstance(change, StatusChanged):
            self._status = change
            if change.state is ModelState.READY and not self._is_anew and not self._has_acted:
                self._has_acted = True
                self.service.send("Count to 200", Effort.LOW)
            elif self._is_anew and change.state is ModelState.READY:
                self._tell_what_is_there()
        elif isinstance(change, ChatOpened) and self._is_anew:
            self._tell_what_is_there()
        elif isinstance(change, AnswerTextAdded) and not self._is_anew and self._typed != DRAFT:
            self.window.panel.composer.edit.insertPlainText(DRAFT)
            self._break_down()
        elif isinstance(change, MessageEnded):
            if self._is_anew:
                self._tell(answer=change.message.text)
                QApplication.quit()
            else:
                QTimer.singleShot(0, self._press_the_button)

    @property
    def _typed(self) -> str:
        return self.window.panel.composer.text

    def _break_down(self) -> None:
        if sys.argv[1] != "abort":
            os.kill(int(sys.argv[1]), signal.SIGKILL)
            return
        from engine.llama import binding  # noqa: PLC0415 - the real program loads it late, too

        library = vars(binding)["lib"]  # which is nobody else's business
        library.llama_decode = lambda *_: binding.ggml_library().ggml_abort(b"x.c", 1, b"no")

    def _press_the_button(self) -> None:
        banner = self.window.banner
        self._tell(title=banner.title.text(), action=banner.action.text(), scope=self._scope)
        banner.action.click()

    def _tell_what_is_there(self) -> None:
        """Once the model is ready, the chat open and the draft back: tell it, then go on."""
        is_there = self._status.state is ModelState.READY and self.window.chat_id is not None
        if self._has_acted or not is_there:
            return
        self._has_acted = True
        marks = [foot.mark.text() for foot in self.window.findChildren(AnswerFoot)]
        pages = self.window.findChildren(QTextBrowser) + self.window.findChildren(QTextEdit)
        self._tell(
            draft=self._typed,
            marks=[mark for mark in marks if mark],
            has_question=any("Count to 200" in page.toPlainText() for page in pages),
            size=[self.window.width(), self.window.height()],
            scope=self._scope,
        )
        self.service.send("Hello", Effort.LOW)

    @property
    def _scope(self) -> str:
        return self.window.top_bar.scope.text()

    def _tell(self, **seen: object) -> None:
        sys.stdout.write(json.dumps({"process": os.getpid(), **seen}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    setattr(ui.main, "WindowSession", Watched)  # noqa: B010 - it is no name of theirs to give
    sys.exit(ui.main.main([]))
