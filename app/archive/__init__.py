"""Chats on their way out of Sotto and into it: Markdown, HTML and JSON; other programs' files."""
