"""Below an answer: the pages it has its words from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from app.tools.browser.citations import address_behind
from app.words import Words
from ui.chat.sources.values import PageSpot, SourceWish
from ui.chat.tools.wording import one_line
from ui.controls.button import TextButton
from ui.controls.flowing import flow
from ui.controls.label import Label
from ui.markdown.addresses import host_of
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

MOST: Final = 12
_WIDEST: Final = 240


class SourceList(QWidget):
    """A button for each page: those that are cited by their numbers, then those only read.

    Signals:
        chosen: (wish: SourceWish) the user wants to see a page.

    Args:
        theme: the look.
        words: the user's language.
        parent: the answer.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._shown: tuple[tuple[int, PageSpot], ...] = ()
        self.heading = Label(theme, words("Sources"), size=TypeSize.SMALL, role="muted")
        self.heading.setParent(self)
        self.buttons: list[TextButton] = []
        self.setAccessibleName(words("Sources"))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.buttons

    def show_sources(self, cited: Mapping[int, PageSpot], read: Iterable[PageSpot]) -> None:
        """Show what is cited and what else the answer's calls opened; `fit` must follow."""
        known = {_key(spot) for spot in cited.values()}
        others: dict[str, PageSpot] = {}
        for spot in read:
            if address_behind(spot.page) and _key(spot) not in known:
                others.setdefault(_key(spot), spot)
        wanted = (*sorted(cited.items()), *((0, spot) for spot in others.values()))[:MOST]
        if wanted == self._shown:
            return
        self._shown = wanted
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = [self._make(number, spot) for number, spot in wanted]

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        line = self.heading.sizeHint().height()
        self.heading.setGeometry(0, 0, width, line)
        top = line + Space.TINY
        height = flow(self.buttons, width, across=Space.GAP, down=Space.SMALL)
        for button in self.buttons:
            button.move(button.x(), button.y() + top)
        return top + height

    def _make(self, number: int, spot: PageSpot) -> TextButton:
        host = _host(spot) or self._words("search results")
        name = f"{number}  {host}" if number else host
        metrics = QFontMetrics(self._theme.fonts.text(TypeSize.CODE))
        room = self._theme.scaled(_WIDEST)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        button = TextButton(self._theme, shown, icon="globe", compact=True, parent=self)
        title = one_line(spot.page.title)
        button.setToolTip(f"{title}\n{host}" if title else host)
        said = self._words("Source {name}: {title}", name=name, title=title or host)
        button.setAccessibleName(said)
        button.clicked.connect(lambda: self.chosen.emit(SourceWish(spot)))
        button.show()
        return button


def _key(spot: PageSpot) -> str:
    return address_behind(spot.page) or f"{spot.message_id} {spot.page.cursor}"


def _host(spot: PageSpot) -> str:
    address = address_behind(spot.page)
    return host_of(address).removeprefix("www.") if address else ""
