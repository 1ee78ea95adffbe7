"""Answers bound to a JSON schema: reading the schema, and the grammar over token ids."""
