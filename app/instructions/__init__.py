"""Custom instructions: what the user tells the model once for every answer."""
