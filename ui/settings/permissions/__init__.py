"""Parts of the page of permissions."""
