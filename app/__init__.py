"""The product: chats, turns, thoughts filter, settings, models on disk.  Knows nothing of Qt."""
