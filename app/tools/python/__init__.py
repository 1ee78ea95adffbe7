"""The tool `python`: a notebook for each chat, in a box."""
