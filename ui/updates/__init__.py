"""Newer versions in the window: told of quietly, never installed."""
