"""The dialogues the practice model learns, drawn at random and rendered as harmony.

`data/` holds what is said; the modules here hold how it is put together.
"""
