"""Files at the composer and in the user's messages."""
