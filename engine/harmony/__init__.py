"""The harmony chat format: vocabulary, messages, writer and reader.  Knows nothing of llama.cpp."""
