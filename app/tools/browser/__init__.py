"""The web in the form the model was trained on: search, open, find."""
