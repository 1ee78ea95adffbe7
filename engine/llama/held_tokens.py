"""The tokens that the KV cache holds, and the steps that change them.  Engine thread only."""

from __future__ import annotations

from collections.abc import Sequence

from engine.llama.binding import Logits
from engine.llama.checkpoints import Checkpoint, Checkpoints
from engine.llama.kept_chats import KeptChat
from engine.llama.token_memory import TokenMemory
from engine.llama.way_back import WayBack, way_back


class HeldTokens:
    """What is in the KV cache: it changes together with the memory, or not at all.

    Args:
        memory: the context.
        budget_bytes: RAM for checkpoints.

    Attributes:
        tokens: the ids in the cache, in order.
        settled: so many of them are worth keeping; thoughts stand behind them.
        checkpoints: ways back along them.
        logits: of the last token, when they are known.
    """

    def __init__(self, memory: TokenMemory, budget_bytes: int) -> None:
        self._memory = memory
        self._budget_bytes = budget_bytes
        self.tokens: list[int] = []
        self.settled = 0
        self.checkpoints = Checkpoints(budget_bytes)
        self.logits: Logits | None = None

    def clear(self) -> None:
        """Forget everything, for instance after a failed decode."""
        self._memory.clear()
        self.tokens = []
        self.settled = 0
        self.checkpoints.clear()
        self.logits = None

    def evaluate(self, part: Sequence[int], *, has_logits: bool, reads_logits: bool = True) -> bool:
        """Evaluate a micro-batch behind what is there; False when the abort flag ended it.

        Args:
            part: ids, at most as many as the micro-batch holds.
            has_logits: whether the last one's logits are computed.
            reads_logits: and brought back from the device.

        Raises:
            ValueError: the context is full, or there is no such token.
            DecodeError: llama.cpp failed.
        """
        self.logits = None
        if not self._memory.decode(part, len(self.tokens), wants_logits=has_logits):
            return False
        self.tokens += part
        if has_logits and reads_logits:
            self.logits = self._memory.logits()
        return True

    def take_checkpoint(self) -> None:
        """Keep a way back to where the cache is now."""
        logits = None if self.logits is None else self.logits.copy()
        window = self._memory.save_window()
        self.checkpoints.add(Checkpoint(len(self.tokens), window, logits))

    def way_back(self, ids: list[int], *, wants_logits: bool) -> WayBack:
        """How the cache would be brought to a beginning of `ids`; changes nothing."""
        return way_back(
            self.tokens,
            ids,
            self.checkpoints,
            self._memory.first_window_position(),
            self._memory.window_tokens,
            wants_logits=wants_logits,
            has_logits=self.logits is not None,
        )

    def roll_back(self, ids: list[int], *, wants_logits: bool) -> int:
        """Bring the cache to a beginning of `ids` exactly; returns its length."""
        way = self.way_back(ids, wants_logits=wants_logits)
        if way.checkpoint is not None:
            return self._restore(way.checkpoint)
        if way.length == 0:
            self.clear()
        elif way.length < len(self.tokens):
            self.cut(way.length)
        return way.length

    def cut(self, keep: int) -> None:
        """Drop what is behind the first `keep` tokens; the window must reach that far."""
        self._memory.remove_from(keep)
        del self.tokens[keep:]
        self.settled = min(self.settled, keep)
        self.checkpoints.cut(keep)
        self.logits = None

    def _restore(self, checkpoint: Checkpoint) -> int:
        # The window first, then the base cache (engine.md 1.3).
        if not self._memory.restore(checkpoint.window):
            self.clear()
            return 0
        self.cut(checkpoint.length)
        self.logits = checkpoint.logits
        self.checkpoints.use(checkpoint)
        return checkpoint.length

    def bring_back(self, kept: KeptChat) -> None:
        """Put the state of a chat that was kept in place of what is there."""
        self.clear()
        if not self._memory.restore(kept.state):
            self._memory.clear()
            return
        self.tokens = list(kept.tokens)
        self.settled = len(self.tokens)
        self.checkpoints = Checkpoints(self._budget_bytes, kept.checkpoints)
