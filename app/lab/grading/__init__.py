"""Programs that say what is in an answer: pure functions from text to findings."""
