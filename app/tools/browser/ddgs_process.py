"""The process that asks public search pages by way of `ddgs`; prints one JSON object.

A process of its own, since `ddgs` can neither be stopped nor kept from starting threads, and
its HTTP client is native code that Sotto's guard does not look into.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any, Final

from ddgs import DDGS
from ddgs.exceptions import DDGSException, RatelimitException, TimeoutException

BACKENDS: Final = "duckduckgo, mojeek, brave, startpage"
"""Search pages alone: `auto` would also ask encyclopedias, and Yahoo."""

_SECONDS: Final = 8


def main() -> int:
    """Answer the question on standard input: `{"query", "topn", "proxy"}`."""
    asked = json.load(sys.stdin)
    logging.disable()
    print(json.dumps(_answer(asked["query"], asked["topn"], asked["proxy"])))  # noqa: T201
    return 0


def _answer(query: str, topn: int, proxy: str | None) -> dict[str, Any]:
    try:
        found = DDGS(proxy=proxy, timeout=_SECONDS).text(
            query, max_results=topn, backend=BACKENDS, region="wt-wt"
        )
    except RatelimitException:
        return {"error": "limit"}
    except TimeoutException:
        return {"error": "time"}
    except DDGSException as error:
        nothing = "No results found" in str(error)
        return {"results": []} if nothing else {"error": "other"}
    return {"results": found}


if __name__ == "__main__":
    sys.exit(main())
