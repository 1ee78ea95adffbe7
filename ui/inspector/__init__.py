"""What the model sees of the open chat: its messages, token by token, for people."""
