"""llama.cpp by its low-level API: model, context, prompt sync, sampling."""
