"""Markdown of answers: pure blocks first, then the widgets that show them."""
