"""Tools the model may call: python, browser, MCP servers and the user's own functions."""
