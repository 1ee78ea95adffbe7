"""Every action of the window once: its name, its keys, its group, and what it does.

Palette, menu and the help of keys are made from here, and so are the hints on buttons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.words import N_, Words

Act = Callable[[], object]
WhyNot = Callable[[], str]


class ActionId(StrEnum):
    """What an action is called in code and where the palette remembers it."""

    NEW_CHAT = "new_chat"
    NEW_PRIVATE_CHAT = "new_private_chat"
    KEEP_CHAT = "keep_chat"
    EXPORT_CHAT = "export_chat"
    IMPORT_CHATS = "import_chats"
    RENAME_CHAT = "rename_chat"
    CHAT_FILES = "chat_files"
    ATTACH = "attach"
    PIN_CHAT = "pin_chat"
    NEW_FOLDER = "new_folder"
    FIND_CHAT = "find_chat"
    FIND_IN_CHAT = "find_in_chat"
    FIND_NEXT = "find_next"
    FIND_PREVIOUS = "find_previous"
    STOP = "stop"
    ANSWER_NOW = "answer_now"
    CHANGE_LAST = "change_last"
    ANSWER_AGAIN = "answer_again"
    GO_TO_QUESTION = "go_to_question"
    INSPECTOR = "inspector"
    SIDEBAR = "sidebar"
    WRITE = "write"
    PROMPTS = "prompts"
    CONTEXT = "context"
    EFFORT_LOW = "effort_low"
    EFFORT_MEDIUM = "effort_medium"
    EFFORT_HIGH = "effort_high"
    LOOK_SYSTEM = "look_system"
    LOOK_LIGHT = "look_light"
    LOOK_DARK = "look_dark"
    LOOK_HIGH_CONTRAST = "look_high_contrast"
    PALETTE = "palette"
    MENU = "menu"
    KEYS = "keys"
    LOCK = "lock"
    NEW_WINDOW = "new_window"
    CLOSE_WINDOW = "close_window"
    QUICK_ASK = "quick_ask"
    FIRST_START = "first_start"
    MODELS = "models"
    SETTINGS = "settings"
    QUIT = "quit"


class ActionGroup(StrEnum):
    """Headings of the menu and of the help, in their order."""

    CHAT = "chat"
    ANSWER = "answer"
    FIND = "find"
    VIEW = "view"
    APP = "app"


GROUP_NAMES: Final = {
    ActionGroup.CHAT: N_("Chats"),
    ActionGroup.ANSWER: N_("Answers"),
    ActionGroup.FIND: N_("Find"),
    ActionGroup.VIEW: N_("View"),
    ActionGroup.APP: N_("Sotto"),
}


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action, before anybody says what it does.

    Attributes:
        id: its name in code.
        words: its name in English, the key of its translation.
        keys: shortcuts as Qt writes them portably; the first is the one that is shown.
        group: where it stands.
        tooltip: one sentence in English for who does not know it.
        in_menu: whether the menu shows it; the palette and the help show all.
    """

    id: ActionId
    words: str
    keys: tuple[str, ...]
    group: ActionGroup
    tooltip: str
    in_menu: bool = True

    @property
    def key_sequences(self) -> list[QKeySequence]:
        """Its keys as Qt takes them."""
        return [QKeySequence(one, QKeySequence.SequenceFormat.PortableText) for one in self.keys]

    @property
    def shown_key(self) -> str:
        """Its first key as this desktop writes it; "" for none."""
        written = QKeySequence.SequenceFormat.NativeText
        return self.key_sequences[0].toString(written) if self.keys else ""


_CHAT, _ANSWER, _FIND, _VIEW, _APP = ActionGroup
ACTIONS: Final = (
    ActionSpec(
        ActionId.NEW_CHAT,
        N_("New chat"),
        ("Ctrl+N",),
        _CHAT,
        N_("An empty chat; the one that is shown stays as it is."),
    ),
    ActionSpec(
        ActionId.NEW_PRIVATE_CHAT,
        N_("New private chat"),
        ("Ctrl+Shift+N",),
        _CHAT,
        N_("A chat in memory only, which is gone when Sotto is closed."),
    ),
    ActionSpec(
        ActionId.KEEP_CHAT,
        N_("Keep this private chat"),
        (),
        _CHAT,
        N_("Moves the open private chat into your chats."),
        in_menu=False,
    ),
    ActionSpec(
        ActionId.EXPORT_CHAT,
        N_("Export this chat…"),
        ("Ctrl+Shift+E",),
        _CHAT,
        N_("Writes the open chat into a file: Markdown, HTML or JSON."),
    ),
    ActionSpec(
        ActionId.IMPORT_CHATS,
        N_("Import chats…"),
        (),
        _CHAT,
        N_("From Sotto's JSON or from a ChatGPT export."),
    ),
    ActionSpec(
        ActionId.RENAME_CHAT,
        N_("Rename this chat"),
        ("Ctrl+Shift+R",),
        _CHAT,
        N_("Give the open chat another title."),
    ),
    ActionSpec(
        ActionId.CHAT_FILES,
        N_("Files of this chat"),
        (),
        _CHAT,
        N_("What the open chat's code has written and may read."),
    ),
    ActionSpec(
        ActionId.ATTACH,
        N_("Attach files"),
        ("Ctrl+Shift+A",),
        _CHAT,
        N_("Files that the model reads with your next message."),
    ),
    ActionSpec(
        ActionId.PIN_CHAT,
        N_("Pin or unpin"),
        ("Ctrl+Shift+D",),
        _CHAT,
        N_("Keeps the open chat, or those that are selected, at the top of the list."),
    ),
    ActionSpec(
        ActionId.NEW_FOLDER,
        N_("New folder"),
        (),
        _CHAT,
        N_("A place in the sidebar for chats that belong together."),
    ),
    ActionSpec(
        ActionId.FIND_CHAT,
        N_("Find a chat"),
        ("Ctrl+K",),
        _FIND,
        N_("Search all chats."),
    ),
    ActionSpec(
        ActionId.FIND_IN_CHAT,
        N_("Find in this chat"),
        ("Ctrl+F",),
        _FIND,
        N_("Search the messages of the open chat."),
    ),
    ActionSpec(
        ActionId.FIND_NEXT,
        N_("Find the next one"),
        ("F3", "Ctrl+G"),
        _FIND,
        N_("Go on to the next place in this chat."),
        in_menu=False,
    ),
    ActionSpec(
        ActionId.FIND_PREVIOUS,
        N_("Find the one before"),
        ("Shift+F3", "Ctrl+Shift+G"),
        _FIND,
        N_("Go back to the place before in this chat."),
        in_menu=False,
    ),
    ActionSpec(
        ActionId.STOP,
        N_("Stop the answer"),
        ("Esc",),
        _ANSWER,
        N_("Ends the answer that is being written; what there is of it stays."),
        in_menu=False,
    ),
    ActionSpec(
        ActionId.ANSWER_NOW,
        N_("Answer now"),
        ("Ctrl+Return", "Ctrl+Enter"),
        _ANSWER,
        N_("Ends the thoughts, so that the answer comes at once."),
        in_menu=False,
    ),
    ActionSpec(
        ActionId.CHANGE_LAST,
        N_("Change your last message"),
        (),
        _ANSWER,
        N_("Turns it into a field; the message as it is stays, too. Up in the empty composer."),
        in_menu=False,
    ),
    ActionSpec(
        ActionId.ANSWER_AGAIN,
        N_("Answer the last message again"),
        (),
        _ANSWER,
        N_("Another answer at the same effort; the one before stays beside it."),
        in_menu=False,
    ),
    ActionSpec(
        ActionId.GO_TO_QUESTION,
        N_("Go to the question that waits"),
        ("F6",),
        _ANSWER,
        N_("A call waits for you to let it or to deny it."),
        in_menu=False,
    ),
    ActionSpec(
        ActionId.INSPECTOR,
        N_("What the model sees"),
        ("Ctrl+Shift+I",),
        _VIEW,
        N_("Shows the next prompt, message by message."),
    ),
    ActionSpec(
        ActionId.SIDEBAR,
        N_("Show or hide the sidebar"),
        ("Ctrl+B",),
        _VIEW,
        N_("The list of chats, beside the open one."),
    ),
    ActionSpec(
        ActionId.WRITE,
        N_("Write a message"),
        ("Shift+Esc",),
        _VIEW,
        N_("Puts the caret into the composer, wherever you are."),
        in_menu=False,
    ),
    ActionSpec(
        ActionId.PROMPTS,
        N_("Insert a prompt"),
        (),
        _VIEW,
        N_("Texts that you send often; “/” in an empty message finds them too."),
    ),
    ActionSpec(
        ActionId.CONTEXT,
        N_("What fills the context"),
        (),
        _VIEW,
        N_("How much the model can still read, and what takes the room."),
        in_menu=False,
    ),
    *(
        ActionSpec(action_id, name, (), _ANSWER, N_("Holds from the next message on."), False)
        for action_id, name in (
            (ActionId.EFFORT_LOW, N_("Think little: low effort")),
            (ActionId.EFFORT_MEDIUM, N_("Think as usual: medium effort")),
            (ActionId.EFFORT_HIGH, N_("Think long: high effort")),
        )
    ),
    *(
        ActionSpec(action_id, name, (), _VIEW, N_("How Sotto looks."), False)
        for action_id, name in (
            (ActionId.LOOK_SYSTEM, N_("Look like the system")),
            (ActionId.LOOK_LIGHT, N_("Light look")),
            (ActionId.LOOK_DARK, N_("Dark look")),
            (ActionId.LOOK_HIGH_CONTRAST, N_("Look with high contrast")),
        )
    ),
    ActionSpec(
        ActionId.NEW_WINDOW,
        N_("Open in a new window"),
        ("Ctrl+Shift+O",),
        _VIEW,
        N_("Shows the open chat in a window of its own, beside this one."),
    ),
    ActionSpec(
        ActionId.CLOSE_WINDOW,
        N_("Close a window beside the first"),
        ("Ctrl+W",),
        _VIEW,
        N_("What is being answered in it goes on."),
        in_menu=False,
    ),
    ActionSpec(
        ActionId.QUICK_ASK,
        N_("Quick ask"),
        ("Ctrl+Shift+Space",),
        _APP,
        N_("A small window over all others; the answer is a chat of its own."),
    ),
    ActionSpec(
        ActionId.PALETTE,
        N_("All actions…"),
        ("Ctrl+Shift+P",),
        _FIND,
        N_("Find an action, a chat or a setting by a few letters."),
    ),
    ActionSpec(
        ActionId.MENU,
        N_("Menu"),
        ("F10",),
        _APP,
        N_("What can be done here, group by group."),
        in_menu=False,
    ),
    ActionSpec(
        ActionId.KEYS,
        N_("Keys"),
        ("F1", "Ctrl+/"),
        _APP,
        N_("All keyboard shortcuts on one page."),
    ),
    ActionSpec(
        ActionId.FIRST_START,
        N_("First start"),
        (),
        _APP,
        N_("What this computer can run, and the way to a model."),
    ),
    ActionSpec(
        ActionId.MODELS,
        N_("Models…"),
        ("Ctrl+Shift+M",),
        _APP,
        N_("Get, switch, check and delete models, and bring in those that are here."),
    ),
    ActionSpec(
        ActionId.SETTINGS,
        N_("Settings"),
        ("Ctrl+,",),
        _APP,
        N_("Model, answers, tools, looks, and all else that can be set."),
    ),
    ActionSpec(
        ActionId.LOCK,
        N_("Lock Sotto"),
        ("Ctrl+Shift+L",),
        _APP,
        N_("Hides all chats until the passphrase is typed."),
    ),
    ActionSpec(
        ActionId.QUIT,
        N_("Quit"),
        ("Ctrl+Q",),
        _APP,
        N_("Closes Sotto; what is being written is kept."),
    ),
)
"""All actions, in the order in which menu and help show them within their groups."""

_BY_ID: Final = {spec.id: spec for spec in ACTIONS}


def spec_of(action_id: ActionId) -> ActionSpec:
    """The action of this name."""
    return _BY_ID[action_id]


def key_hint(action_id: ActionId) -> str:
    """An action's key for a button, as the other hints are written: "Ctrl N"."""
    return spec_of(action_id).shown_key.replace("+", " ")


def make_action(
    words: Words,
    action_id: ActionId,
    owner: QWidget,
    act: Act,
    *,
    is_local: bool = False,
) -> QAction:
    """A Qt action whose keys hold in the window of `owner` while that is shown.

    Args:
        words: the user's language.
        action_id: which.
        owner: the widget it belongs to.
        act: what it does.
        is_local: the keys hold only while the focus is within `owner`.
    """
    spec = spec_of(action_id)
    action = QAction(words(spec.words), owner)
    action.setShortcuts(spec.key_sequences)
    action.setToolTip(words(spec.tooltip))
    action.setAutoRepeat(False)
    if is_local:
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.triggered.connect(lambda _is_on=False: act())
    owner.addAction(action)
    return action


@dataclass(frozen=True, slots=True)
class BoundAction:
    """An action with what it does in this window.

    Attributes:
        spec: what it is.
        action: what Qt runs.
        why_not: why it cannot be done now, in the user's language; "" where it can.
    """

    spec: ActionSpec
    action: QAction
    why_not: WhyNot


class Actions(QObject):
    """The actions of one window.  UI thread.

    Signals:
        ran: (action_id: ActionId) one was run from palette or menu.

    Args:
        words: the user's language.
        window: where the keys hold.
    """

    ran = Signal(object)

    def __init__(self, words: Words, window: QWidget) -> None:
        super().__init__(window)
        self._words = words
        self._window = window
        self._bound: dict[ActionId, BoundAction] = {}
        self._notes: dict[ActionId, Callable[[], str]] = {}

    def add(self, action_id: ActionId, act: Act, why_not: WhyNot = lambda: "") -> QAction:
        """Say what an action does here; its keys hold in the whole window.

        Args:
            action_id: which; each once.
            act: what it does; not called while there is a reason against it.
            why_not: a sentence why it cannot be done now, "" where it can.
        """
        action = make_action(
            self._words, action_id, self._window, lambda: None if why_not() else act()
        )
        self._bind(action_id, action, why_not)
        return action

    def adopt(self, action_id: ActionId, action: QAction, reason: str = "") -> None:
        """Take an action that a part of the window made for itself (`make_action`).

        Args:
            action_id: which; each once.
            action: the part switches it on and off.
            reason: a sentence why it is off, for as long as it is.
        """
        self._bind(action_id, action, lambda: "" if action.isEnabled() else reason)

    @property
    def all(self) -> tuple[BoundAction, ...]:
        """What this window can do, group by group, in the order of `ACTIONS` within each."""
        known = [self._bound[spec.id] for spec in ACTIONS if spec.id in self._bound]
        groups = list(ActionGroup)
        return tuple(sorted(known, key=lambda one: groups.index(one.spec.group)))

    def set_note(self, action_id: ActionId, note: Callable[[], str]) -> None:
        """Have the palette say something beside an action that may be different each time."""
        self._notes[action_id] = note

    def note_of(self, action_id: ActionId) -> str:
        """What is said beside it now; "" for nothing."""
        note = self._notes.get(action_id)
        return note() if note is not None else ""

    def run(self, action_id: ActionId) -> None:
        """Do it, as its keys would."""
        bound = self._bound[action_id]
        if not bound.why_not():
            bound.action.trigger()
            self.ran.emit(action_id)

    def _bind(self, action_id: ActionId, action: QAction, why_not: WhyNot) -> None:
        if action_id in self._bound:
            raise ValueError(f"{action_id} stands twice")
        self._bound[action_id] = BoundAction(spec_of(action_id), action, why_not)
