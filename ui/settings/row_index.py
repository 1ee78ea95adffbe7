"""What stands on the pages of the settings, so that a search need not make them.

A test holds this list against the pages: a row that is not found here fails it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.words import N_, Words
from ui.settings.page_name import PageName


@dataclass(frozen=True, slots=True)
class Row:
    """One row or section of a page, in English.

    Attributes:
        name: its label.
        hint: its sentence, where it always says the same.
        also: other words by which people look for it.
    """

    name: str
    hint: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class PageRows:
    """A page by its title, and what is on it."""

    page: PageName
    title: str
    also: str
    rows: tuple[Row, ...] = ()


_MODELS: Final = (
    Row(N_("Your models"), N_("One is loaded at a time."), N_("library delete move verify switch")),
    Row(N_("Downloads"), N_("They go on when Sotto starts again."), N_("pause resume")),
    Row(
        N_("Get a model"),
        N_("From the Hugging Face Hub; nothing is sent but the request for the file."),
        N_("download add gguf repository 20b 120b"),
    ),
    Row(
        N_("Already on this computer"),
        N_("No copy is made: the file is linked, or used where it is."),
        N_("import scan lm studio ollama jan gpt4all drop"),
    ),
    Row(N_("Folder of models"), also=N_("path disk where storage")),
    Row(
        N_("Free memory when idle"),
        N_("The model leaves memory after so long; your next message loads it again."),
        N_("unload keep alive minutes"),
    ),
    Row(
        N_("Speed limit of downloads"),
        N_("In MB/s; leaves room on the line for other programs."),
        N_("bandwidth throttle"),
    ),
    Row(
        N_("Mirror"),
        N_("Another address to fetch models from; left empty, the Hugging Face Hub."),
        N_("hub endpoint proxy"),
    ),
    Row(
        N_("Access token"),
        N_("Only for models whose owner asks for it; kept in the keyring."),
        N_("hugging face gated login"),
    ),
)
_MODEL: Final = (
    Row(N_("Model file"), also=N_("gguf load weights gpt-oss path")),
    Row(N_("Practice model"), N_("A tiny model to try Sotto with; what it says is made up.")),
    Row(N_("Settings of"), also=N_("each model its own")),
    Row(N_("Memory"), also=N_("ram vram gpu use")),
    Row(
        N_("Context"),
        N_("Tokens of a chat that the model sees at once."),
        N_("length window n_ctx"),
    ),
    Row(N_("Micro-batch"), N_("Tokens read in one step; more reads long texts faster.")),
    Row(N_("Layers on the GPU"), N_("The more, the faster."), N_("graphics card offload ngl")),
    Row(N_("Expert layers on the processor"), N_("Saves memory of the GPU and costs speed.")),
    Row(
        N_("KV cache"),
        N_("q8_0 takes half the memory, and answers get a little worse."),
        N_("quantised f16"),
    ),
    Row(
        N_("Threads"),
        N_("Processor cores that compute; more than there are makes it slower."),
        N_("cpu cores speed"),
    ),
    Row(
        N_("Memory for other chats (MiB)"),
        N_("Going back to a chat that is kept needs no reading; 0 keeps none."),
    ),
    Row(
        N_("Tokens are chosen by"),
        N_("The graphics card is quicker; try the processor if answers look broken."),
        N_("sampler gpu"),
    ),
)
_ANSWERS: Final = (
    Row(
        N_("Temperature"),
        N_("Higher is freer, lower is steadier; 0 always takes the likeliest word."),
        N_("creativity randomness sampling"),
    ),
    Row(N_("Top-p"), N_("Share of likely words to choose from; 1 takes all."), N_("sampling")),
    Row(N_("Top-k"), N_("At most so many words to choose from; 0 takes all."), N_("sampling")),
    Row(
        N_("Min-p"),
        N_("Leaves out words this much less likely than the likeliest; 0 leaves out none."),
        N_("sampling"),
    ),
    Row(
        N_("Seed"),
        N_("Same question, same seed, same text; left empty, each answer is another."),
        N_("repeatable reproducible random"),
    ),
    Row(
        N_("Longest thinking"),
        N_("Tokens of thinking in one answer, after which it is written anyway."),
        N_("limit budget reasoning"),
    ),
    Row(N_("At low effort")),
    Row(N_("At medium effort")),
    Row(N_("At high effort")),
    Row(
        N_("Thoughts"),
        N_(
            "What opens above an answer: only how long the model thought, a headline for "
            "each step, or the sentences themselves. Always filtered."
        ),
        N_("chain of thought reasoning summary hide show"),
    ),
    Row(
        N_("Say what the model cannot know"),
        N_(
            "A line below an answer about things after June 2024, or about people, dates and "
            "numbers; each once in a chat."
        ),
        N_("honesty warning cutoff facts"),
    ),
    Row(
        N_("Titles by the model"),
        N_(
            "After the first answer the model names the chat, when it has nothing else to do. "
            "Off: the first words are the title. Titles you gave stay."
        ),
        N_("name rename chat sidebar list"),
    ),
)
_INSTRUCTIONS: Final = (
    Row(N_("For all chats"), also=N_("system prompt custom instructions persona")),
    Row(N_("Your presets"), N_("Instructions under a name, to choose from in a chat.")),
    Row(N_("Sotto's own message"), also=N_("system prompt")),
    Row(N_("Date"), N_("The day the chat began, so that going on does not read it all again.")),
    Row(N_("Knowledge until"), N_("What the model learned from ends there."), N_("cutoff")),
    Row(N_("Reasoning effort"), N_("Chosen beside each message.")),
    Row(N_("Tools"), N_("Those switched on in the chat.")),
)
_SAFEGUARDS: Final = (
    Row(
        N_("Check what you send"),
        N_("Before it is answered. What is found stays in the chat, without an answer."),
        N_("moderation filter"),
    ),
    Row(
        N_("Check answers"),
        N_("An answer is shown when it is whole and checked, not while it is written."),
        N_("moderation filter"),
    ),
    Row(
        N_("Check thoughts"),
        N_("Before they are summed up or shown, by a fixed policy of Sotto's."),
        N_("moderation filter"),
    ),
    Row(N_("What it costs")),
    Row(
        N_("Policy"),
        N_("Lines that begin with ## name what is not wanted; below each, say what it is."),
        N_("rules categories moderation"),
    ),
)
_TOOLS: Final = (
    Row(N_("New chats begin with"), N_("Each chat has its own switches, below the message.")),
    Row(
        N_("Python"),
        N_("Calculates, draws and works on this chat's files."),
        N_("code interpreter notebook"),
    ),
    Row(N_("Files"), N_("Lists and reads this chat's files, and changes nothing.")),
    Row(
        N_("Web"),
        N_("Searches the web and reads pages. You are asked first, unless you made a rule."),
        N_("browser internet"),
    ),
    Row(
        N_("Servers and functions"),
        N_("All servers of tools and all functions of yours."),
        N_("mcp plugins"),
    ),
    Row(N_("Where code runs"), also=N_("sandbox box security")),
    Row(
        N_("Run code without a box"),
        N_(
            "Code the model writes could then read, change and send anything you can. Each call "
            "is still asked about. Only switch this on if you read the code."
        ),
        N_("sandbox security"),
    ),
    Row(N_("Limits"), also=N_("time memory")),
    Row(N_("Your functions"), also=N_("plugins own tools")),
    Row(N_("Folder")),
    Row(N_("Another folder"), N_("Take functions from a folder of your choice instead.")),
    Row(N_("An example"), N_("A file that shows how a function is written.")),
)
_LAB: Final = (
    Row(N_("Reasoning effort"), N_("Each question is asked once at each effort.")),
    Row(N_("Questions of each"), N_("More of them take longer and say more.")),
    Row(N_("Seed"), N_("Chooses the questions; the same seed asks the same ones again.")),
)
_DESKTOP: Final = (
    Row(
        N_("Notices"),
        N_(
            "What the desktop shows when an answer that took long is ready, or a call waits "
            "for you, while you are elsewhere. Others may see it."
        ),
        N_("notification alert privacy"),
    ),
    Row(
        N_("Keep running in the tray"),
        N_("Closing the window then hides it; the tray's menu ends Sotto."),
        N_("background close minimise"),
    ),
    Row(
        N_("Keys for quick ask"),
        N_("They bring a small window from anywhere. Press them here."),
        N_("global hotkey shortcut"),
    ),
)
_APPEARANCE: Final = (
    Row(N_("Colours"), also=N_("theme dark light high contrast mode")),
    Row(N_("Size of text"), also=N_("font zoom scale larger")),
    Row(
        N_("Distances"),
        N_("How close messages, lines and chats stand."),
        N_("density compact comfortable spacing"),
    ),
    Row(N_("Keep still"), N_("Nothing on the screen moves."), N_("animation reduced motion")),
    Row(
        N_("Check spelling"),
        N_("Marks misspelt words in your messages. No word leaves this computer."),
        N_("spell checker typos dictionary"),
    ),
    Row(N_("Language"), N_("Holds from the next start on."), N_("Korean English")),
)

INDEX: Final = (
    PageRows(PageName.MODELS, N_("Models"), N_("library files"), _MODELS),
    PageRows(PageName.MODEL, N_("Model and memory"), N_("gpu load speed"), _MODEL),
    PageRows(PageName.CARD, N_("About the model"), N_("model card facts licence")),
    PageRows(PageName.LAB, N_("Evaluation lab"), N_("benchmark test measure"), _LAB),
    PageRows(
        PageName.ADAPTERS, N_("Adapters"), N_("lora fine-tuned"), (Row(N_("Over the model")),)
    ),
    PageRows(PageName.ANSWERS, N_("Answers"), N_("sampling"), _ANSWERS),
    PageRows(PageName.INSTRUCTIONS, N_("Instructions"), N_("system prompt"), _INSTRUCTIONS),
    PageRows(PageName.PROMPTS, N_("Prompts"), N_("templates snippets library")),
    PageRows(PageName.SAFEGUARDS, N_("Safeguards"), N_("moderation filter policy"), _SAFEGUARDS),
    PageRows(PageName.TOOLS, N_("Tools"), N_("python files functions"), _TOOLS),
    PageRows(
        PageName.WEB,
        N_("Web"),
        N_("search internet browser api key"),
        (
            Row(N_("Who searches"), also=N_("search engine provider key")),
            Row(N_("Trial"), N_("Searches for “weather” once.")),
        ),
    ),
    PageRows(
        PageName.SERVERS,
        N_("Servers of tools"),
        N_("mcp plugins"),
        (Row(N_("Your servers"), also=N_("mcp plugins")),),
    ),
    PageRows(
        PageName.PERMISSIONS,
        N_("Permissions"),
        N_("allow deny rules security"),
        (
            Row(N_("Runs without a question"), also=N_("rules allowed revoke")),
            Row(N_("How careful"), also=N_("strict prompt injection")),
        ),
    ),
    PageRows(
        PageName.MACHINES,
        N_("Other machines"),
        N_("network workers rpc gpu"),
        (Row(N_("Lending machines")), Row(N_("Add a machine"))),
    ),
    PageRows(
        PageName.PRIVACY,
        N_("Privacy and data"),
        N_("security lock export import backup"),
        (
            Row(
                N_("Lock by itself"),
                N_("When nobody has touched keyboard or mouse in Sotto for so long."),
                N_("auto-lock idle timeout"),
            ),
            Row(
                N_("Lock with the desktop"),
                N_("Also when the screen is locked or the computer goes to sleep."),
                N_("screensaver suspend"),
            ),
            Row(N_("Passphrase of the lock"), also=N_("password pin")),
            Row(
                N_("Export all chats"),
                N_("As Markdown, as one HTML page, or as JSON, which can come in again."),
                N_("save download"),
            ),
            Row(
                N_("Import chats"),
                N_("From a ChatGPT export or Sotto's JSON; you see first what would come."),
                N_("openai load"),
            ),
            Row(
                N_("Back up all chats"),
                N_("One file that any computer with Sotto can open by its passphrase."),
                N_("backup copy move computer"),
            ),
            Row(
                N_("Restore a backup"),
                N_("You see first what is in it; your present chats are kept aside."),
                N_("recover"),
            ),
            Row(N_("Your chats before the restore"), also=N_("undo restore")),
            Row(
                N_("Look for newer versions"),
                N_(
                    "Once a day Sotto asks one address, which tells nothing about you. "
                    "It installs nothing."
                ),
                N_("updates upgrade release"),
            ),
            Row(N_("Version"), also=N_("about updates release")),
        ),
    ),
    PageRows(
        PageName.TRASH,
        N_("Trash"),
        N_("deleted restore recover undo bin"),
        (Row(N_("Deleted chats")), Row(N_("Deleted messages"))),
    ),
    PageRows(PageName.APPEARANCE, N_("Appearance"), N_("theme look font"), _APPEARANCE),
    PageRows(PageName.DESKTOP, N_("Desktop"), N_("tray notification shortcut"), _DESKTOP),
    PageRows(PageName.DIAGNOSTICS, N_("Diagnostics"), N_("bug report version licence")),
)
"""All pages in the order of their list."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a search may lead, in the user's language.

    Attributes:
        page: the page.
        title: the page's title.
        name: the row's label, or "" for the page itself.
        also: all other words by which it is found, in both languages.
    """

    page: PageName
    title: str
    name: str
    also: str


def places(words: Words) -> tuple[Place, ...]:
    """All rows, then all pages: where both are meant alike, the row is nearer."""
    found: list[Place] = []
    pages: list[Place] = []
    for page in INDEX:
        title = words(page.title)
        pages.append(Place(page.page, title, "", f"{words(page.also)} {page.title} {page.also}"))
        for row in page.rows:
            told = [words(one) for one in (row.hint, row.also) if one]
            also = " ".join((*told, row.name, row.also, title))
            found.append(Place(page.page, title, words(row.name), also))
    return (*found, *pages)
