"""Parts of the page of privacy and data."""
