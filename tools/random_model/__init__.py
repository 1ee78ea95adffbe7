"""Models of gpt-oss's full size with random weights, and headers of such without any."""
