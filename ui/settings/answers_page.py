"""How answers are written: sampling, repeatability, thinking."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from app.settings import MAX_SEED, MAX_THINKING_TOKENS, Settings
from app.thoughts.display import ThoughtsDisplay
from engine.harmony.messages import Effort
from engine.requests import Sampling
from engine.thinking import BUDGET_TOKENS
from ui.controls.button import ButtonKind, TextButton
from ui.controls.choice_button import ChoiceButton
from ui.controls.label import Label, breakable
from ui.controls.number_field import NumberRange
from ui.controls.setting_row import SettingRow
from ui.controls.switch import Switch
from ui.settings.default_hint import follow_default
from ui.settings.desk import SettingsDesk
from ui.settings.number_row import NumberRow
from ui.settings.page import SettingsPage
from ui.settings.section import SettingsSection

_TEMPERATURE: Final = NumberRange(0.0, 2.0, decimals=2, step=0.1)
_TOP_P: Final = NumberRange(0.01, 1.0, decimals=2, step=0.05)
_TOP_K: Final = NumberRange(0, 201_088)
_MIN_P: Final = NumberRange(0.0, 1.0, decimals=3, step=0.01)
_SEED: Final = NumberRange(0, MAX_SEED, can_be_empty=True)
_THINKING: Final = NumberRange(0, MAX_THINKING_TOKENS, step=512, can_be_empty=True)
DEFAULTS: Final = Sampling()
DISPLAYS: Final = tuple(ThoughtsDisplay)


class AnswersPage(SettingsPage):
    """Settings that hold from the next message on."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Answers"))
        words = desk.words
        self.temperature, self.top_p, self.top_k, self.min_p = self._sampling_rows(desk)
        self.seed = NumberRow(
            desk,
            "seed",
            words("Seed"),
            words("Same question, same seed, same text; left empty, each answer is another."),
            _SEED,
        )
        self.seed.field.setPlaceholderText(words("New each time"))
        self.thinking = tuple(
            self._thinking_row(effort, name)
            for effort, name in (
                (Effort.LOW, words("At low effort")),
                (Effort.MEDIUM, words("At medium effort")),
                (Effort.HIGH, words("At high effort")),
            )
        )
        self.reset = TextButton(
            desk.theme,
            words("Back to defaults"),
            kind=ButtonKind.GHOST,
            icon="rotate-ccw",
            compact=True,
        )
        self.reset.clicked.connect(self._reset)
        sampling = (self.temperature, self.top_p, self.top_k, self.min_p)
        self._rows = (*sampling, self.seed, *self.thinking)
        self.owner = Label(desk.theme, role="muted", wrap=True)
        self.add(self.owner)
        remark = words("The model card recommends 1.0 and 1.0.")
        self.add(
            SettingsSection(
                desk.theme, words("Choice of words"), remark, *sampling, action=self.reset
            )
        )
        self.add(SettingsSection(desk.theme, words("Repeatable answers"), "", self.seed))
        limit = words("Tokens of thinking in one answer, after which it is written anyway.")
        self.add(SettingsSection(desk.theme, words("Longest thinking"), limit, *self.thinking))
        self.add(self._reading_section(desk))
        desk.current.subscribe(self._show_settings)
        self._show_settings(desk.current.value)

    def _sampling_rows(self, desk: SettingsDesk) -> tuple[NumberRow, ...]:
        words = desk.words
        return (
            NumberRow(
                desk,
                "temperature",
                words("Temperature"),
                words("Higher is freer, lower is steadier; 0 always takes the likeliest word."),
                _TEMPERATURE,
                slider_steps=20,
            ),
            NumberRow(
                desk,
                "top_p",
                words("Top-p"),
                words("Share of likely words to choose from; 1 takes all."),
                _TOP_P,
                slider_steps=99,
            ),
            NumberRow(
                desk,
                "top_k",
                words("Top-k"),
                words("At most so many words to choose from; 0 takes all."),
                _TOP_K,
            ),
            NumberRow(
                desk,
                "min_p",
                words("Min-p"),
                words(
                    "Leaves out words this much less likely than the likeliest; 0 leaves out none."
                ),
                _MIN_P,
            ),
        )

    def _reading_section(self, desk: SettingsDesk) -> SettingsSection:
        """What is shown above and below an answer."""
        words, theme = desk.words, desk.theme
        names = [words("Hidden"), words("Summary"), words("Detail")]
        self.display = ChoiceButton(theme, words("Thoughts"), names)
        self.display.chosen.connect(lambda at: desk.change(thoughts_display=DISPLAYS[at]))
        row = SettingRow(
            theme,
            words("Thoughts"),
            words(
                "What opens above an answer: only how long the model thought, a headline for "
                "each step, or the sentences themselves. Always filtered."
            ),
            self.display,
        )
        follow_default(desk, row, "thoughts_display", lambda one: names[DISPLAYS.index(one)])
        self.signs = Switch(theme, words("Say what the model cannot know"))
        self.signs.setToolTip(words("Default: {value}", value=words("on")))
        self.signs.clicked.connect(lambda is_on: desk.change(honesty_signs=is_on))
        signs = SettingRow(
            theme,
            words("Say what the model cannot know"),
            words(
                "A line below an answer about things after June 2024, or about people, dates and "
                "numbers; each once in a chat."
            ),
            self.signs,
        )
        return SettingsSection(
            theme, words("What is shown with answers"), "", row, signs, self._titles_row(desk)
        )

    def _titles_row(self, desk: SettingsDesk) -> SettingRow:
        words, theme = desk.words, desk.theme
        self.titles = Switch(theme, words("Titles by the model"))
        self.titles.setToolTip(words("Default: {value}", value=words("on")))
        self.titles.clicked.connect(lambda is_on: desk.change(model_titles=is_on))
        return SettingRow(
            theme,
            words("Titles by the model"),
            words(
                "After the first answer the model names the chat, when it has nothing else to do. "
                "Off: the first words are the title. Titles you gave stay."
            ),
            self.titles,
        )

    def _thinking_row(self, effort: Effort, name: str) -> NumberRow:
        row = NumberRow(self._desk, f"thinking_{effort.value}_tokens", name, "", _THINKING)
        row.set_automatic(f"{BUDGET_TOKENS[effort]:,}")
        return row

    def _show_settings(self, settings: Settings) -> None:
        for row in self._rows:
            row.show_settings(settings)
        words, path = self._words, settings.model_path
        name = Path(path).stem if path else words("Practice model")
        said = words("Choice of words, seed and thinking belong to {model}.", model=name)
        each = words("Each model keeps its own.")
        self.owner.setText(breakable(f"{said} {each}"))
        self.signs.setChecked(settings.honesty_signs)
        self.titles.setChecked(settings.model_titles)
        self.display.set_index(DISPLAYS.index(settings.thoughts_display))
        now = (settings.temperature, settings.top_p, settings.top_k, settings.min_p)
        usual = (DEFAULTS.temperature, DEFAULTS.top_p, DEFAULTS.top_k, DEFAULTS.min_p)
        self.reset.setEnabled(now != usual)
        self.reset.setToolTip("" if now != usual else self._words("These are the defaults."))

    def _reset(self) -> None:
        self._desk.change(
            temperature=DEFAULTS.temperature,
            top_p=DEFAULTS.top_p,
            top_k=DEFAULTS.top_k,
            min_p=DEFAULTS.min_p,
        )
