"""Marks misspelt words in the composer, and offers others in their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QMenu, QTextEdit
from shiboken6 import isValid
from typing_extensions import override

from app.spelling import Spelling, Word, words_in
from app.words import Words
from ui.chat.prompt_edit import PromptEdit
from ui.theme.theme import Theme

REST_MS: Final = 350
"""After the last key: words are not marked while they are written."""

_LONGEST_LINE: Final = 4_000
_MOST_LINES: Final = 20_000
"""Longer texts are pasted and not written: nothing in them is marked."""
_FENCES: Final = ("```", "~~~")


class SpellMarks(QObject):
    """Looks at the lines that are seen, when nothing was typed for a moment.

    Signals:
        word_added: (word: str) the user wants it let pass from now on, in all chats.

    Args:
        edit: whose text is looked at; owns this.
        theme: the look.
        words: the user's language.
        spelling: knows which words are right.

    Attributes:
        rest: runs out when it is time to look.
        menu: the context menu that was shown last.
    """

    word_added = Signal(str)

    def __init__(self, edit: PromptEdit, theme: Theme, words: Words, spelling: Spelling) -> None:
        super().__init__(edit)
        self._edit = edit
        self._theme = theme
        self._words = words
        self._spelling = spelling
        self._is_on = False
        self._wrong: list[QTextCursor] = []
        self.menu: QMenu | None = None
        self.rest = QTimer(self, singleShot=True, interval=REST_MS)
        self.rest.timeout.connect(self.look)
        edit.textChanged.connect(self._on_changed)
        edit.updateRequest.connect(self._on_moved)
        edit.cursorPositionChanged.connect(self._look_later)
        theme.changed.connect(self._show)
        edit.installEventFilter(self)
        edit.viewport().installEventFilter(self)

    @property
    def marked(self) -> tuple[str, ...]:
        """The words that are marked, from the top."""
        return tuple(cursor.selectedText() for cursor in self._wrong)

    def set_on(self, is_on: bool) -> None:
        """Whether anything is marked."""
        if is_on != self._is_on:
            self._is_on = is_on
            self.look()

    def look(self) -> None:
        """Mark what is known to be wrong, and ask for the words that are new."""
        if not isValid(self):
            return  # the window went while words were being checked
        self.rest.stop()
        self._wrong, unknown = [], set()
        if self._is_on and self._edit.document().blockCount() <= _MOST_LINES:
            caret = self._edit.textCursor().position()
            for block, word in self._seen_words():
                verdict = self._spelling.verdict(word.text)
                if verdict is None:
                    unknown.add(word.text)
                at = block.position() + word.start
                is_being_written = at < caret <= at + len(word.text) and self._edit.hasFocus()
                if verdict is False and not (is_being_written and self._is_at_end(caret)):
                    self._wrong.append(self._cursor(at, at + len(word.text)))
        self._show()
        if unknown:
            self._spelling.check(unknown, self.look)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The context menu, by the pointer or by a key, gets what the word might have been."""
        if isinstance(event, QContextMenuEvent) and event.type() == QEvent.Type.ContextMenu:
            return self._open_menu(event)
        return super().eventFilter(watched, event)

    def show_menu(self, cursor: QTextCursor, suggestions: tuple[str, ...], at: QPoint) -> None:
        """The usual menu with other words before it."""
        if not isValid(self):
            return
        words, word = self._words, cursor.selectedText()
        menu = self._edit.createStandardContextMenu()
        first = menu.actions()[0]
        for text in suggestions:
            action = menu.addAction(text.replace("&", "&&"))
            font = action.font()
            font.setBold(True)
            action.setFont(font)
            action.triggered.connect(lambda _=False, text=text: self._put(cursor, text))
            menu.insertAction(first, action)
        if not suggestions:
            none = menu.addAction(words("No word like it is known"))
            none.setEnabled(False)
            menu.insertAction(first, none)
        menu.insertSeparator(first)
        add = menu.addAction(words("Add “{word}” to the dictionary", word=word))
        add.triggered.connect(lambda: self._add(word))
        ignore = menu.addAction(words("Ignore until Sotto is closed"))
        ignore.triggered.connect(lambda: self._ignore(word))
        for one in (add, ignore):
            menu.insertAction(first, one)
        menu.insertSeparator(first)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu = menu
        menu.popup(at)

    def _open_menu(self, event: QContextMenuEvent) -> bool:
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        caret = self._edit.textCursor()
        place = caret if is_by_key else self._edit.cursorForPosition(event.pos())
        wrong = next(
            (
                one
                for one in self._wrong
                if one.selectionStart() <= place.position() <= one.selectionEnd()
            ),
            None,
        )
        if wrong is None:
            return False
        at = event.globalPos()
        if is_by_key:
            at = self._edit.viewport().mapToGlobal(self._edit.cursorRect(caret).bottomLeft())
        cursor = QTextCursor(wrong)
        self._spelling.suggest(
            wrong.selectedText(), lambda found: self.show_menu(cursor, found, at)
        )
        return True

    def _put(self, cursor: QTextCursor, text: str) -> None:
        """In place of the word; one undo takes it back."""
        cursor.insertText(text)
        self.look()

    def _add(self, word: str) -> None:
        self._ignore(word)
        self.word_added.emit(word)

    def _ignore(self, word: str) -> None:
        self._spelling.know((word,))
        self.look()

    def _on_changed(self) -> None:
        """What is marked moves with its text; what is no longer the same word is not marked."""
        kept = [one for one in self._wrong if self._spelling.verdict(one.selectedText()) is False]
        if len(kept) != len(self._wrong):
            self._wrong = kept
            self._show()
        self._look_later()

    def _on_moved(self, _rect: object, dy: int) -> None:
        if dy:
            self._look_later()

    def _look_later(self) -> None:
        if self._is_on:
            self.rest.start()

    def _is_at_end(self, caret: int) -> bool:
        """Whether the caret stands behind a word: it may not be whole yet."""
        after = self._edit.document().characterAt(caret)
        return not after.isalpha()

    def _seen_words(self) -> Iterator[tuple[QTextBlock, Word]]:
        """Of the lines that are seen, unless they are code."""
        edit = self._edit
        first, bottom = edit.firstVisibleBlock(), edit.viewport().height()
        is_code = False
        block = edit.document().firstBlock()
        while block.isValid():
            line = block.text()
            is_fence = line.lstrip().startswith(_FENCES)
            if is_fence:
                is_code = not is_code
            if block.blockNumber() >= first.blockNumber():
                top = edit.blockBoundingGeometry(block).translated(edit.contentOffset()).top()
                if top > bottom:
                    return
                if not (is_code or is_fence or len(line) > _LONGEST_LINE):
                    for word in words_in(line):
                        yield block, word
            block = block.next()

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self._edit.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _show(self) -> None:
        mark = QTextCharFormat()
        mark.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        mark.setUnderlineColor(self._theme.color("danger"))
        shown = []
        for cursor in self._wrong:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = cursor
            selection.format = mark
            shown.append(selection)
        self._edit.setExtraSelections(shown)
