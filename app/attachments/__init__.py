"""Files that a user sends with a message: their text, their cost, and the prompt."""
