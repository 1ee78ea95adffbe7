"""Checks of a text against a policy, by the loaded model itself."""
