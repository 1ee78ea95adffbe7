"""The filter between the model's chain of thought and everything a person can see."""
