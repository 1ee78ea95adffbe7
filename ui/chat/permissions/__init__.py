"""The question whether a call may run."""
