"""A read-only text document without scroll bars of its own.  Loads nothing, follows no link."""

from __future__ import annotations

from html import escape
from math import ceil

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPalette,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QMenu, QTextBrowser, QWidget
from typing_extensions import override

from ui.markdown.addresses import is_allowed
from ui.markdown.context import MarkdownContext
from ui.markdown.distances import INDENT
from ui.markdown.excerpt import excerpt, html, plain
from ui.markdown.formulas import Formula
from ui.markdown.inline_html import split_formulas
from ui.markdown.selected_ground import selected_ground
from ui.markdown.typesetter import FormulaKey
from ui.theme.tokens import Role, TypeSize

_OBJECT = "\ufffc"
"""What a formula is in the document's text."""


class RichText(QTextBrowser):
    """Show HTML written by this package; formulas appear when they are drawn.

    Args:
        context: shared with all segments.
        role: colour of the text.
        size: of the text, one of `TypeSize`.
        parent: the widget it lives in.
    """

    def __init__(
        self,
        context: MarkdownContext,
        *,
        role: Role = "text",
        size: int = TypeSize.BODY,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._role: Role = role
        self._size = size
        self._html = ""
        self._sources: list[str] = []
        self._is_waiting = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setOpenLinks(False)
        keys = Qt.TextInteractionFlag.TextSelectableByKeyboard
        self.setTextInteractionFlags(self.textInteractionFlags() | keys)
        self.setUndoRedoEnabled(False)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(INDENT)
        self.anchorClicked.connect(self._on_link)
        self._context.typesetter.arrived.connect(self._on_formulas)
        self._context.theme.changed.connect(self._on_theme_changed)
        self._follow_theme()

    @property
    def has_links(self) -> bool:
        """Whether the keyboard has something to reach in here."""
        return "<a href=" in self._html

    def set_html(self, source: str) -> None:
        """Show other HTML.  It must come from `ui.markdown`, never from outside."""
        self._html = source
        policy = Qt.FocusPolicy.StrongFocus if self.has_links else Qt.FocusPolicy.ClickFocus
        self.setFocusPolicy(policy)
        self._render()

    def fit(self, width: int) -> int:
        """Break lines at `width`; returns the height this takes, both in logical px."""
        if self.width() != width:
            self.resize(width, max(1, self.height()))
        if self.document().textWidth() != width:
            # A widget that was never shown has not told its document how wide it is.
            self.document().setTextWidth(width)
        return ceil(self.document().size().height())

    @override
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing is ever loaded, neither from the network nor from a file."""
        del kind, name
        return None

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the conversation scrolls, not its parts

    @override
    def createMimeDataFromSelection(self) -> QMimeData:
        return self._context.selection.mime(self)

    def excerpt_text(self) -> str:
        """What is selected: formulas as LaTeX, without the thin spaces around code."""
        return plain(excerpt(self.textCursor(), self._sources))

    def excerpt_html(self) -> str:
        """The same as HTML without fonts and colours."""
        return html(excerpt(self.textCursor(), self._sources))

    @property
    def formula_sources(self) -> tuple[str, ...]:
        """The LaTeX of the formulas that are drawn, in their order."""
        return tuple(self._sources)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._context.selection.press(self, event):
            super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._context.selection.drag(self, event):
            super().mouseMoveEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        event.accept()  # it ends here, wherever the pointer is by now
        self._context.selection.release(self)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._context.selection.key(self, event):
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        words = self._context.words
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        selection = self._context.selection
        copy = menu.addAction(words("Copy"), lambda: selection.copy(self))
        copy.setEnabled(selection.has_any(self))
        menu.addAction(words("Select all"), lambda: selection.select_all(self))
        address = self.anchorAt(event.pos())
        if address and is_allowed(address):
            menu.addAction(words("Copy link address"), lambda: self._context.copy(address))
        self._context.extend_menu(menu)
        menu.popup(event.globalPos())

    def _render(self) -> None:
        document = self.document()
        self._is_waiting = False
        self._sources = []
        drawn: list[QTextCharFormat] = []
        parts = [
            part if isinstance(part, str) else self._formula_html(*part, drawn)
            for part in split_formulas(self._html)
        ]
        document.setHtml("".join(parts))
        if drawn:
            self._place_formulas(drawn)
        _trim(document.begin().blockFormat(), QTextCursor(document.firstBlock()), top=True)
        last = document.lastBlock()
        _trim(last.blockFormat(), QTextCursor(last), top=False)
        frames = document.rootFrame().childFrames()
        if frames and self._html.endswith("</table>"):
            form = frames[-1].frameFormat()
            form.setBottomMargin(0)
            frames[-1].setFrameFormat(form)

    def _formula_html(self, tex: str, is_display: bool, drawn: list[QTextCharFormat]) -> str:
        theme = self._context.theme
        size = theme.fonts.text(self._size + 2).pixelSize()
        key = FormulaKey(tex, size, theme.colors.of(self._role), is_display)
        formula = self._context.typesetter.find(key)
        if formula is None or not formula.svg:
            self._is_waiting = self._is_waiting or formula is None
            return f'<span class="source">{escape(tex)}</span>'
        mark = "$$" if is_display else "$"
        self._sources.append(f"{mark}{tex}{mark}")
        image, form = self._aligned_image(formula)
        drawn.append(form)
        name = f"formula:{len(drawn)}"
        kind = QTextDocument.ResourceType.ImageResource.value
        self.document().addResource(kind, QUrl(name), image)
        return f'<img src="{name}">'

    def _aligned_image(self, formula: Formula) -> tuple[QImage, QTextCharFormat]:
        """The drawing, and a format that puts its baseline on the line's.

        QTextDocumentLayout::resizeInlineObject: AlignBaseline lets an image reach below the line
        by the descent of its own font.  So a deep one gets a font as large as it needs; nothing
        is written in it.  (AlignMiddle centres in the line as it came to be, and so depends on
        the neighbours: QTextLine::draw.)
        """
        font = QFont(self.font())
        while (descent := QFontMetrics(font).descent()) < formula.depth:
            font.setPixelSize(font.pixelSize() + 1)
        image = self._context.typesetter.image(
            formula, self.devicePixelRatioF(), below=descent - formula.depth
        )
        form = QTextCharFormat()
        form.setFont(font)
        form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignBaseline)
        return image, form

    def _place_formulas(self, drawn: list[QTextCharFormat]) -> None:
        """Give each image its place in the line, which CSS cannot express here."""
        cursor = QTextCursor(self.document())
        number = 0
        while number < len(drawn):
            cursor = self.document().find(_OBJECT, cursor)
            if cursor.isNull():
                return
            form = cursor.charFormat()
            if form.objectType() == QTextFormat.ObjectTypes.ImageObject.value:
                cursor.mergeCharFormat(drawn[number])
                number += 1

    def _follow_theme(self) -> None:
        theme = self._context.theme
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Text, theme.color(self._role))
        palette.setColor(QPalette.ColorRole.Link, theme.color("accent"))
        palette.setColor(QPalette.ColorRole.Highlight, selected_ground(theme))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.color("text"))
        self.setPalette(palette)
        font = theme.fonts.text(self._size)
        self.setFont(font)
        self.document().setDefaultFont(font)
        self.document().setDefaultStyleSheet(self._context.style.css)

    def _on_theme_changed(self) -> None:
        self._follow_theme()
        self._render()

    def _on_formulas(self) -> None:
        if self._is_waiting:
            self._render()
            self.formulas_placed()

    def formulas_placed(self) -> None:
        """Called when formulas that were missing are shown; the height may be another."""

    def _on_link(self, url: QUrl) -> None:
        address = url.toString()
        if not self._context.follow_own(address) and is_allowed(address):
            self._context.follow_link(address)


def _trim(form: QTextBlockFormat, cursor: QTextCursor, *, top: bool) -> None:
    """Take the outer margin off a block: distances between segments are the column's."""
    if top and form.topMargin():
        form.setTopMargin(0)
    elif not top and form.bottomMargin():
        form.setBottomMargin(0)
    else:
        return
    cursor.setBlockFormat(form)
