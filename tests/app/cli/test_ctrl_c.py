"""Ctrl-C in a command, with real signals to this process."""

from __future__ import annotations

import signal

import pytest

from app.cli.ctrl_c import ctrl_c


def test_the_first_is_a_call_and_the_second_an_end() -> None:
    before = signal.getsignal(signal.SIGINT)
    calls: list[str] = []
    with ctrl_c(lambda: calls.append("asked")):
        signal.raise_signal(signal.SIGINT)
        assert calls == ["asked"]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert calls == ["asked"]
    assert signal.getsignal(signal.SIGINT) is before


def test_the_first_is_not_lost_where_python_swallows_exceptions() -> None:
    calls: list[str] = []

    class Gone:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)  # an exception from here would only be reported

    with ctrl_c(lambda: calls.append("asked")):
        Gone()
    assert calls == ["asked"]
