"""Chats to files and from files: the dialogs, and the ways to them."""
