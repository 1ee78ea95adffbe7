"""The part of docs/PERFORMANCE.md about getting a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def models_section(bench: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the section.

    Args:
        bench: the JSON of `make bench`, with its section `models`.
    """
    found = bench["models"]
    download, read, scan = found["download"], found["hash"], found["scan"]
    yield "## Getting a model"
    yield ""
    yield (
        f"A file of {download['mb']:,.0f} MB from a Hub on this machine's loopback, "
        f"{len(download['sotto_s'])} rounds in turn, medians. Sotto checks every byte by sha256 "
        "while it writes, keeps a journal of its pieces and has the disk keep both; curl only "
        "writes. On a real line both wait for the line."
    )
    yield ""
    yield "| | MB/s | against Sotto |"
    yield "|---|---|---|"
    yield f"| Sotto | {download['sotto_mb_per_s']:,.0f} | |"
    yield (
        f"| `curl` | {download['curl_mb_per_s']:,.0f} | Sotto takes "
        f"{download['ratio_to_curl']:.2f} times as long |"
    )
    both = sorted(download["curl_and_sha256sum_s"])
    rate = download["mb"] / both[len(both) // 2]
    yield (
        f"| `curl`, then `sha256sum` | {rate:,.0f} | Sotto takes "
        f"{download['ratio_to_curl_and_sha256sum']:.2f} times as long |"
    )
    yield ""
    yield (
        f"Verifying a model reads {read['verify_mb_per_s']:,.0f} MB/s of a file in the system's "
        f"cache; sha256 alone does {read['sha256_mb_per_s']:,.0f} MB/s of bytes in memory "
        f"({read['part']:.2f} of it)."
    )
    yield ""
    yield (
        f"A scan of {scan['files']} files with headers of gpt-oss-20b "
        f"({scan['header_mb']:.1f} MB each, in the system's cache) takes {scan['s']:.2f} s."
    )


def estimate_section(bench: Mapping[str, Any]) -> Iterator[str]:
    """The lines about the estimate of the speed.

    Args:
        bench: the JSON of `make bench`, with its section `estimate`.
    """
    found = bench["estimate"]
    yield "## The estimate before the first answer"
    yield ""
    low, high = found["estimate"] or (0.0, 0.0)
    where = "inside" if found["is_inside"] else "**outside**"
    read, size = found["main_memory_bytes_per_second"], found["bytes_per_token"]
    yield (
        f"{found['model']} on {found['device']}, {found['threads']} thread(s): main memory gives "
        f"{read / 1e9:.0f} GB/s (looked at for {found['looked_seconds']:.2f} s), a token reads "
        f"{size / 1e6:,.1f} MB, so {low:,.0f} to {high:,.0f} tokens/s were expected. "
        f"Measured: {found['measured']:,.0f}, {where} the range."
    )
