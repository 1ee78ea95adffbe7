"""Custom instructions: the box they are written in, and the dialog of one chat."""
