"""Small painted widgets that every room of the window shares."""
