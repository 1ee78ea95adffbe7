"""The filter between raw chain of thought and what a person may see."""
