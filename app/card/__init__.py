"""The published model card of gpt-oss, and how a model file compares with it."""
