"""MCP servers: their configuration, the connections to them, and their tools as the model's."""
