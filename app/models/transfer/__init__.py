"""Fetches large files over HTTP, so that nothing that is right on the disk is fetched twice."""
