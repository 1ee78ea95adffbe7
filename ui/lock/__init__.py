"""The lock over a window: nothing is seen and nothing can be done until it is opened."""
