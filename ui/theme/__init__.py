"""Colours, type, icons and style."""
