"""The conversation: messages, thoughts, composer."""
