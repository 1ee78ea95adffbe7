from __future__ import annotations

from tests.bench.models_report import models_section

FIGURES = {
    "models": {
        "download": {
            "mb": 536.9,
            "sotto_s": [2.0, 2.1, 2.2],
            "curl_s": [0.4, 0.5, 0.6],
            "curl_and_sha256sum_s": [1.8, 1.6, 1.7],
            "sotto_mb_per_s": 255.7,
            "curl_mb_per_s": 1073.8,
            "ratio_to_curl": 4.2,
            "ratio_to_curl_and_sha256sum": 1.24,
        },
        "hash": {"verify_mb_per_s": 1500.0, "sha256_mb_per_s": 1900.0, "part": 0.789},
        "scan": {"files": 200, "header_mb": 8.3, "s": 0.45},
    }
}


def test_the_page_tells_every_figure_beside_what_it_is_held_against() -> None:
    told = "\n".join(models_section(FIGURES))

    assert "| `curl` | 1,074 | Sotto takes 4.20 times as long |" in told
    assert "| `curl`, then `sha256sum` | 316 | Sotto takes 1.24 times as long |" in told
    assert "1,500 MB/s" in told
    assert "takes 0.45 s" in told
