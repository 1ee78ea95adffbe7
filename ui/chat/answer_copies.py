"""The ways an answer is copied: as Markdown, as plain text, with its filtered thoughts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.thoughts.quoting import with_thoughts
from engine.analysis_filter import ThoughtPiece
from ui.chat.answer_foot import AnswerFoot
from ui.chat.sources.citing import Citing
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser
from ui.markdown.plain_text import plain_text


class AnswerCopies:
    """Does what the foot of an answer is asked for.

    Args:
        context: has the clipboard.
        parser: shared with all messages.
        citing: makes plain what stands for a citation.
        markdown: the answer as far as it is.
        thoughts: those that may be shown.
    """

    def __init__(
        self,
        context: MarkdownContext,
        parser: MarkdownParser,
        citing: Citing,
        markdown: Callable[[], str],
        thoughts: Callable[[], Sequence[ThoughtPiece]],
    ) -> None:
        self._context = context
        self._parser = parser
        self._citing = citing
        self._markdown = markdown
        self._thoughts = thoughts

    def serve(self, foot: AnswerFoot) -> None:
        """Listen to a foot."""
        foot.copy_pressed.connect(lambda: self._context.copy(self._text))
        foot.copy_plain_pressed.connect(self._copy_plain)
        foot.copy_all_pressed.connect(self._copy_all)

    @property
    def _text(self) -> str:
        return self._citing.plain(self._markdown())

    def _copy_plain(self) -> None:
        self._context.copy(plain_text(self._parser.blocks(self._text)))

    def _copy_all(self) -> None:
        self._context.copy(with_thoughts(self._thoughts(), self._text, self._context.words))
