"""Parts of the page of instructions."""
