"""Which parts of a model go where, worked out before any weight is read."""
