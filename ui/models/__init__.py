"""Models: the library page, downloads, and what is found on this computer."""
