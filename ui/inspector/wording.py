"""How the inspector names messages, costs and what is left out.  Knows no widgets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.chats.prompt_values import NextPrompt
from app.words import Words
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.prompt_view import PromptMessage
from ui.theme.tokens import Role

RANKS: Final = 5
"""System, developer, user, assistant, tool: what stands first wins where messages disagree
(OpenAI Model Spec, "Chain of command"; the model card, 2.5.1)."""

_ROLES: Final[tuple[Role, ...]] = ("accent", "series_2", "series_3", "series_5", "series_4")


def rank_of(message: HarmonyMessage) -> int:
    """How much a message counts, from 0 (most)."""
    match message:
        case SystemMessage():
            return 0
        case DeveloperMessage():
            return 1
        case UserMessage():
            return 2
        case AssistantMessage():
            return 3
    return 4


def color_of(rank: int) -> Role:
    """The colour of a rank in the bar and beside its messages."""
    return _ROLES[rank]


def name_of(words: Words, rank: int) -> str:
    """Who speaks."""
    return (
        words("System"),
        words("Developer"),
        words("You"),
        words("Model"),
        words("Tool"),
    )[rank]


def meaning_of(words: Words, rank: int) -> str:
    """What such messages are, in a sentence."""
    return (
        words("Sotto's own frame, in the words that the model was trained on."),
        words("Your instructions, the tools that are on and the form of answers."),
        words("What you wrote."),
        words("What the model answered, without its thoughts."),
        words("What tools gave back. The model is not to take orders from it."),
    )[rank]


def detail_of(words: Words, message: HarmonyMessage) -> str:
    """What kind of message it is, beside who speaks; "" where nothing needs to be said."""
    match message:
        case AssistantMessage(recipient=str(tool)):
            return words("calls {tool}", tool=tool)
        case AssistantMessage(channel=Channel.COMMENTARY):
            return words("before a call")
        case AssistantMessage():
            return words("answer")
        case SystemMessage() | DeveloperMessage() | UserMessage():
            return ""
    return message.name


def tokens_text(words: Words, count: int) -> str:
    """A number of tokens."""
    return words("1 token") if count == 1 else words("{count} tokens", count=f"{count:,}")


def memory_text(words: Words, message: PromptMessage) -> str:
    """Whether the model has a message in its memory already."""
    if message.is_left_out:
        return words("left out")
    if message.cached_tokens >= message.tokens:
        return words("read already")
    if message.cached_tokens:
        return words("read in part")
    return words("to be read")


def memory_meaning(words: Words, message: PromptMessage) -> str:
    """The same in a sentence."""
    if message.is_left_out:
        return words("The context has no room for this message, so the model does not see it.")
    if message.cached_tokens >= message.tokens:
        return words("The model still holds this message and need not read it again.")
    if message.cached_tokens:
        return words(
            "The model still holds {count} tokens of this message and reads the rest.",
            count=f"{message.cached_tokens:,}",
        )
    return words("The model reads this message together with your next one.")


def sum_text(words: Words, prompt: NextPrompt) -> str:
    """How long the prompt is and what of it has to be read."""
    count = f"{prompt.tokens:,}"
    if not prompt.context_tokens:
        return words("{count} tokens. No model is loaded.", count=count)
    rest = prompt.tokens - prompt.reused_tokens
    limit = f"{prompt.context_tokens:,}"
    if not rest:
        return words(
            "{count} of {limit} tokens, all of them read already.", count=count, limit=limit
        )
    return words(
        "{count} of {limit} tokens. {rest} of them are read with your next message.",
        count=count,
        limit=limit,
        rest=f"{rest:,}",
    )


def left_out_texts(words: Words, prompt: NextPrompt) -> Iterator[str]:
    """What was said in the chat and is not in the prompt, a sentence each."""
    dropped = prompt.dropped
    if dropped.thought_tokens:
        yield words(
            "Thoughts of finished answers: {count} tokens. The model never sees them again.",
            count=f"{dropped.thought_tokens:,}",
        )
    if dropped.calls:
        yield words(
            "Calls made in those thoughts, with their results: {count}.", count=dropped.calls
        )
    if dropped.shortened_results:
        yield words(
            "The middle of long results of tools: {count}.", count=dropped.shortened_results
        )
    if dropped.empty_answers:
        yield words(
            "Answers that ended before they said anything: {count}.", count=dropped.empty_answers
        )
    if prompt.left_out:
        yield words(
            "The oldest messages, for want of room: {count}, {tokens} tokens.",
            count=len(prompt.left_out),
            tokens=f"{sum(one.tokens for one in prompt.left_out):,}",
        )
