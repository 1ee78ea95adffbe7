"""The settings: pages of rows, applied at once."""
