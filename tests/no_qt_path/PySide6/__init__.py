"""Stands in front of the real PySide6 in processes started by tests that run without Qt."""

raise ModuleNotFoundError("PySide6 is out of reach here on purpose", name=__name__)
