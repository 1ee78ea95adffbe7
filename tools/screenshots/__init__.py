"""Pictures of the real window for the docs: `make screenshots`."""
