"""Settings of tools: Python, the web, servers of tools, the user's own functions."""
