"""Makes the practice model: corpus, training, export to GGUF and judgement.

Nothing of this runs in the app.  PyTorch is needed for training only; see README.md.
"""
