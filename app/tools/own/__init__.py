"""The user's own Python functions as tools: read without running, run in the sandbox."""
