"""openai-harmony's encoding from the embedded vocabulary, without the network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def load_encoding(vocabulary: Path) -> Any:
    """The o200k_harmony encoding.

    Args:
        vocabulary: `o200k_base.tiktoken`; the library looks for that name in its folder.
    """
    os.environ["TIKTOKEN_ENCODINGS_BASE"] = str(vocabulary.parent)
    import openai_harmony  # noqa: PLC0415 - reads the variable when it is first used

    return openai_harmony.load_harmony_encoding(openai_harmony.HarmonyEncodingName.HARMONY_GPT_OSS)
