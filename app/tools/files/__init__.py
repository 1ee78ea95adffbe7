"""The tool `files`: what a chat's own files are called and what is in them.  It only reads."""
