"""The model: harmony, llama.cpp, GGUF.  Knows nothing of Qt, SQLite or the network."""
