"""The vocabulary, read once for everybody who needs it."""

from __future__ import annotations

import threading

from app import resources
from engine.harmony.vocabulary import Vocabulary


class SharedVocabulary:
    """Reads the vocabulary when it is first asked for.  Any thread.

    Reading takes about 0.3 s and 80 MB, so the engine and the tools share one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._vocabulary: Vocabulary | None = None

    def __call__(self) -> Vocabulary:
        """The vocabulary.

        Raises:
            EngineError: its file is missing or damaged.
        """
        with self._lock:
            if self._vocabulary is None:
                self._vocabulary = Vocabulary.from_file(resources.VOCABULARY)
            return self._vocabulary
