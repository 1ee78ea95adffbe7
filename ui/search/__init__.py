"""What a search over all chats found, in the sidebar in place of the list."""
