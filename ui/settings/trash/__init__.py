"""Parts of the page of what was deleted."""
