"""Finding words in the chat that is open, in all of its messages."""
