"""Who searches the web for the model.  Nobody is preset."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.values import Problem
from app.settings import Settings
from app.tools.browser.provider_settings import (
    PROVIDERS,
    SearchAddressError,
    SearchProvider,
    checked_address,
    key_name,
)
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.choice_button import ChoiceButton
from ui.controls.field import Field
from ui.controls.label import Label
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.settings.section import SettingsSection
from ui.settings.tools.rows import sentence
from ui.theme.tokens import Space, TypeSize

CHOICES: Final = (SearchProvider.NONE, *PROVIDERS)


class WebPage(SettingsPage):
    """A search service with its address or key, a trial, and what reaches whom."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Web"))
        words, theme = desk.words, desk.theme
        self._tools = desk.tools
        self._looked_for = SearchProvider.NONE
        names = [words("Nobody"), *(facts.name for facts in PROVIDERS.values())]
        self.provider = ChoiceButton(theme, words("Who searches"), names)
        self.provider_row = SettingRow(theme, words("Who searches"), "", self.provider)
        self.address = Field(theme, words("Address"), placeholder="https://search.example.org")
        self.address_said = Label(theme, size=TypeSize.CODE, role="danger", wrap=True)
        self.address_row = _under(theme_gap=Space.SMALL, parts=(self.address, self.address_said))
        self.key = Field(theme, words("Key"), placeholder=words("Paste the key"))
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep_key = TextButton(theme, words("Keep the key"))
        self.forget_key = TextButton(theme, words("Forget the key"), kind=ButtonKind.DANGER)
        self.key_said = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.key_row = self._make_key_row()
        self.test = TextButton(theme, words("Search once"), compact=True)
        self.test_row = SettingRow(
            theme, words("Trial"), words("Searches for “weather” once."), self.test
        )
        self._lay_out()
        self.provider.chosen.connect(lambda at: desk.change(search_provider=CHOICES[at]))
        self.address.editingFinished.connect(self._take_address)
        self.keep_key.clicked.connect(self._keep_key)
        self.key.returnPressed.connect(self._keep_key)
        self.forget_key.clicked.connect(self._forget_key)
        self.test.clicked.connect(self._try)
        desk.current.subscribe(self._show_settings)
        self._show_settings(desk.current.value)

    @override
    def refresh(self) -> None:
        self._look_for_key()

    @property
    def _chosen(self) -> SearchProvider:
        return self._desk.current.value.search_provider

    def _lay_out(self) -> None:
        words, theme = self._words, self._theme
        about = words(
            "The web is off until you switch it on in a chat. Then the model may ask to search "
            "or to open a page; you see the words or the address first. Pages come to this "
            "computer; addresses inside your own network are never opened."
        )
        self.add(Label(theme, about, wrap=True))
        rows = (self.provider_row, self.address_row, self.key_row, self.test_row)
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, Space.TINY)
        column.setSpacing(0)
        for row in rows:
            column.addWidget(row)
        self.add(SettingsSection(theme, words("Search"), "", held))

    def _make_key_row(self) -> QWidget:
        row = QHBoxLayout()
        row.setSpacing(Space.GAP)
        row.addWidget(self.key, 1)
        row.addWidget(self.keep_key)
        row.addWidget(self.forget_key)
        held = _under(theme_gap=Space.SMALL, parts=())
        column = held.layout()
        assert isinstance(column, QVBoxLayout)  # noqa: S101 - made so above
        column.addLayout(row)
        column.addWidget(self.key_said)
        return held

    def _show_settings(self, settings: Settings) -> None:
        chosen = settings.search_provider
        if self.provider.index != CHOICES.index(chosen):
            self.provider.set_index(CHOICES.index(chosen))
        facts = PROVIDERS.get(chosen)
        self.provider_row.set_hint(explanation(self._words, chosen))
        self.address_row.setVisible(facts is not None and facts.needs_address)
        if not self.address.hasFocus():
            self.address.setText(settings.searxng_url)
        has_key_row = facts is not None and facts.needs_key
        if has_key_row != self.key_row.isVisibleTo(self):
            self.key_row.setVisible(has_key_row)
        self.test_row.setVisible(facts is not None)
        self.test_row.set_hint(self._words("Searches for “weather” once."))
        self.address_said.setVisible(bool(self.address_said.text()))
        if self.isVisible() and chosen is not self._looked_for:
            self._look_for_key()  # not at each change of any setting: the keyring may ask
        self.settle()

    # ---- the address

    def _take_address(self) -> None:
        try:
            address = checked_address(self.address.text())
        except SearchAddressError as error:
            problem = Problem(error.title, error.hint, fields=dict(error.fields))
            self.address_said.setText(sentence(self._words, problem))
            self.address_said.show()
            self.settle()
            return
        self.address_said.setText("")
        self.address_said.hide()
        if address != self._desk.current.value.searxng_url:
            self._desk.change(searxng_url=address)

    # ---- the key

    def _look_for_key(self) -> None:
        chosen = self._looked_for = self._chosen
        facts = PROVIDERS.get(chosen)
        if facts is None or not facts.needs_key:
            return
        self._say_of_key(self._words("Looking for the key…"), has_key=False)

        def found(key: str | None) -> None:
            if chosen is self._chosen:
                self._show_key(has_key=bool(key))

        secrets = self._tools.secrets
        self._desk.chores.run(lambda: secrets.get(key_name(chosen)), found, self._complain)

    def _show_key(self, *, has_key: bool) -> None:
        words = self._words
        said = (
            words("A key is set. It is kept in the keyring of this computer.")
            if has_key
            else words("No key yet. It will be kept in the keyring of this computer.")
        )
        self._say_of_key(said, has_key=has_key)

    def _say_of_key(self, said: str, *, has_key: bool) -> None:
        self.key_said.set_role("muted")
        self.key_said.setText(said)
        self.forget_key.setVisible(has_key)
        self.settle()

    def _keep_key(self) -> None:
        typed = self.key.text().strip()
        if not typed:
            return
        chosen, secrets = self._chosen, self._tools.secrets
        self.key.clear()
        self._desk.chores.run(
            lambda: secrets.set(key_name(chosen), typed),
            lambda _: self._show_key(has_key=True),
            self._complain,
        )

    def _forget_key(self) -> None:
        chosen, secrets = self._chosen, self._tools.secrets
        self._desk.chores.run(
            lambda: secrets.delete(key_name(chosen)),
            lambda _: self._show_key(has_key=False),
            self._complain,
        )

    def _complain(self, problem: Problem) -> None:
        self.key_said.set_role("danger")
        self.key_said.setText(sentence(self._words, problem))
        self.settle()

    # ---- the trial

    def _try(self) -> None:
        words = self._words
        self.test.setEnabled(False)
        self.test_row.set_hint(words("Searching…"))

        def found(title: str) -> None:
            self.test.setEnabled(True)
            self.test_row.set_hint(words("It works. First result: {title}", title=title))
            self.settle()

        def failed(problem: Problem) -> None:
            self.test.setEnabled(True)
            self.test_row.complain(sentence(words, problem))
            self.settle()

        self._desk.chores.run(self._tools.try_search, found, failed)


def explanation(words: Words, provider: SearchProvider) -> str:
    """What a choice means, in plain sentences."""
    return {
        SearchProvider.NONE: words(
            "Nothing is searched. The model can still open addresses you or it name."
        ),
        SearchProvider.SEARXNG: words(
            "A search server of your own or of someone you trust. It asks other search engines "
            "without saying who you are. No key."
        ),
        SearchProvider.BRAVE: words("Search words go to Brave, with a key of your account there."),
        SearchProvider.EXA: words("Search words go to Exa, with a key of your account there."),
        SearchProvider.TAVILY: words(
            "Search words go to Tavily, with a key of your account there."
        ),
        SearchProvider.DDGS: words(
            "Asks public search pages without a key. It may stop working at any time, and those "
            "pages see your network address."
        ),
    }[provider]


def _under(*, theme_gap: int, parts: tuple[QWidget, ...]) -> QWidget:
    """Parts below each other with the margins of a row."""
    held = QWidget()
    column = QVBoxLayout(held)
    column.setContentsMargins(Space.PAD, 0, Space.PAD, Space.ROOM)
    column.setSpacing(theme_gap)
    for part in parts:
        column.addWidget(part)
    return held
