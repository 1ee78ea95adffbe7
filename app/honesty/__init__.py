"""Signs at answers that a model cannot know, or is often wrong about."""
