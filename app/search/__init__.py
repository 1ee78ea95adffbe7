"""Search over everything that was said: the index, the words of a query, what they find."""
