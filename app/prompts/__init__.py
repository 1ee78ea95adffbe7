"""Prompts that are written once and sent often: text with blanks to fill in."""
