"""What the pictures show: the window in states that together use every kind of part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pytestqt.qtbot import QtBot

from app.chats.changes import (
    BusyChanged,
    ChatOpened,
    ModelState,
    NoticeRaised,
    PermissionAsked,
    StatusChanged,
)
from app.chats.ids import ChatId, MessageId
from app.chats.values import Chat, Message, MessageRole, MessageStatus, Problem
from app.permissions.values import PermissionRequest
from app.settings import SettingsFile
from app.words import Words
from engine.analysis_filter import ThoughtPiece, WithheldKind
from engine.events import Usage
from tests.ui.chat.tools.records import PYTHON, call
from ui.theme.theme import Theme
from ui.window import MainWindow

READY: Final = StatusChanged(
    ModelState.READY,
    "gpt-oss-20b",
    "NVIDIA GeForce RTX 5070 Ti",
    context_tokens=2_913,
    context_limit_tokens=32_768,
    tokens_per_second=131.4,
    reused_tokens=2_800,
    read_tokens=113,
)
_USAGE: Final = Usage(
    thought_tokens=318, reply_tokens=412, reply_seconds=10.05, thought_seconds=12.2, read_tokens=9
)
_CHAT: Final = ChatId(1)
_ANSWER: Final = """\
The explicit scheme is stable while $r = \\frac{\\alpha\\,\\Delta t}{\\Delta x^2} \\le \\frac12$.

## 왜 그런가요

1. Each mode is multiplied by $g$ in a step.
2. The **shortest wave** grows first, `n = 2`.
   - 격자를 반으로 줄이면 시간 간격은 네 배로 줄어야 해요 🙂.

```python
def safe_dt(alpha: float, dx: float, margin: float = 0.9) -> float:
    \"\"\"Largest stable step, with room for rounding and for other people's mistakes.\"\"\"
    return margin * dx**2 / (2 * alpha)
```

| Spacing | Largest step | Note |
|---|--:|---|
| 0.02 | 1.8 ms | fast |
| 0.01 | 0.45 ms | slow, and a note that is long enough to need a second line |

$$g = 1 - 4r\\,\\sin^2\\left(\\frac{k\\,\\Delta x}{2}\\right)$$

> A quote, and [a link](https://example.org/) beside it. مرحبا بالعالم
"""


def make_window(
    service: Any,
    theme: Theme,
    words: Words,
    settings: SettingsFile,
    qtbot: QtBot,
    size: tuple[int, int],
) -> MainWindow:
    """A window of this size over the fake service, with some chats."""
    made = MainWindow(service, theme, words, settings, clock_ms=lambda: service.now_ms)
    qtbot.addWidget(made)
    made.resize(*size)
    made.show()
    made.activateWindow()
    service.add("A very long title of a chat that has no room in any sidebar that is as narrow")
    service.add("열 방정식의 안정성", "Packing list", days_ago=1)
    service.add("Old letters", days_ago=40)
    service.tell(READY)
    return made


def show_empty(window: MainWindow, service: Any) -> None:
    """A new chat."""
    service.new_chat()
    window.panel.composer.set_text("")


def show_conversation(_window: MainWindow, service: Any) -> None:
    """All kinds of segments, and thoughts behind their line."""
    pieces = (ThoughtPiece("Check the sign."), ThoughtPiece("", (WithheldKind.PERSONAL_DATA,)))
    service.tell(
        ChatOpened(
            Chat(_CHAT, "Stability of the heat equation", 0, 0),
            (
                _user(1, "How large may the time step be? 그리고 왜 그런가요?"),
                _answer(2, _ANSWER, thoughts=pieces),
            ),
        )
    )


def show_failed(_window: MainWindow, service: Any) -> None:
    """Answers that did not come to their end, and a notice."""
    problem = Problem("The model file is gone.", "Choose another one in the settings.")
    service.tell(
        ChatOpened(
            Chat(_CHAT, "Trouble", 0, 0),
            (
                _user(1, "Tell me a story."),
                _answer(2, "Once upon", MessageStatus.STOPPED),
                _user(3, "Go on."),
                _answer(4, "", MessageStatus.FAILED, problem=problem),
            ),
        )
    )
    service.tell(NoticeRaised(Problem("The disk is full.", "Free some space, then try again.")))


def show_question(_window: MainWindow, service: Any) -> None:
    """A call that waits for permission."""
    waiting = call(PYTHON)
    service.tell(
        ChatOpened(
            Chat(_CHAT, "A call", 0, 0),
            (
                _user(1, "How many primes are there below a million?"),
                _answer(2, "I will count them.", MessageStatus.STREAMING, calls=(waiting,)),
            ),
        )
    )
    service.tell(BusyChanged(is_busy=True, message_id=MessageId(2)))
    service.tell(PermissionAsked(PermissionRequest(5, _CHAT, MessageId(2), 0, PYTHON, 0)))


def show_sidebar(window: MainWindow, service: Any) -> None:
    """The list of chats, over the chat where there is no room beside it."""
    show_conversation(window, service)
    window.drawer.open_sidebar()


SCENES: Final[dict[str, Callable[[MainWindow, Any], None]]] = {
    "empty": show_empty,
    "conversation": show_conversation,
    "failed": show_failed,
    "question": show_question,
    "sidebar": show_sidebar,
}


def _user(number: int, text: str) -> Message:
    return Message(MessageId(number), _CHAT, None, MessageRole.USER, text, 0)


def _answer(
    number: int, text: str, status: MessageStatus = MessageStatus.COMPLETE, **more: Any
) -> Message:
    return Message(
        MessageId(number),
        _CHAT,
        None,
        MessageRole.ASSISTANT,
        text,
        0,
        status=status,
        usage=_USAGE,
        **more,
    )
