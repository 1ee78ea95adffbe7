"""What is said of an import, for the window and the terminal."""

from __future__ import annotations

from app.archive.values import BroughtIn, LeftOut, Preview
from app.words import Words


def count_line(words: Words, chats: int, messages: int) -> str:
    """How much it is."""
    said_chats = words("1 chat") if chats == 1 else words("{count} chats", count=f"{chats:,}")
    said_messages = (
        words("1 message") if messages == 1 else words("{count} messages", count=f"{messages:,}")
    )
    return words("{chats} with {messages}", chats=said_chats, messages=said_messages)


def preview_lines(words: Words, preview: Preview) -> tuple[str, ...]:
    """What a file would bring, what is there already, and what is left out and why."""
    lines = []
    if preview.chats:
        lines.append(count_line(words, preview.chats, preview.messages))
    else:
        lines.append(words("Nothing new is in this file."))
    if preview.already:
        already = f"{len(preview.already):,}"
        lines.append(words("Already here, so left as they are: {count}", count=already))
    return (*lines, *left_out_lines(words, preview))


def left_out_lines(words: Words, preview: Preview) -> tuple[str, ...]:
    """What of the file does not come in."""
    said = {
        LeftOut.DAMAGED: words("Chats that cannot be read: {count}"),
        LeftOut.EMPTY: words("Chats without any text: {count}"),
        LeftOut.HIDDEN: words("Hidden instructions, which stay out: {count}"),
        LeftOut.TOOLS: words("Calls of tools and their results, which stay out: {count}"),
        LeftOut.THOUGHTS: words("Unfiltered thoughts, which Sotto never shows: {count}"),
        LeftOut.FILES: words("Images and files, which are not in the text: {count}"),
    }
    return tuple(
        said[kind].format(count=f"{preview.left_out[kind]:,}")
        for kind in LeftOut
        if preview.left_out.get(kind)
    )


def brought_line(words: Words, brought: BroughtIn) -> str:
    """What came in."""
    said = count_line(words, len(brought.chat_ids), brought.messages)
    if not brought.is_whole:
        return words("Stopped. Brought in until then: {what}", what=said)
    return words("Brought in: {what}", what=said)
