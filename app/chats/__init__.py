"""Chats: the stored tree of messages, its encrypted database and the service over it."""
