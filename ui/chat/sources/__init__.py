"""Where an answer has its words from: links in the text, a list below it, the page beside it."""
