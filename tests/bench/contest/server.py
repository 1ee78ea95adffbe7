"""llama.cpp's own `llama-server`, over HTTP on loopback, streaming events to a client."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from tests.bench.contest.rules import SAMPLINGS, Reply, Rules, TurnCost, peak_memory_bytes, serve
from tests.bench.contest.script import SPEED, FirstWord, Scribe, stopped_in_prefill
from tests.bench.contest.server_build import server_program

_HOST = "127.0.0.1"
_SECONDS_TO_START = 180.0
_DATA = b"data: "


class Server:
    """The server with one slot, and a client."""

    def __init__(self, rules: Rules) -> None:
        self._scribe = Scribe()
        self._port = _free_port()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        self._process = subprocess.Popen(
            _command(rules, server_program(os.environ), self._port),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._connection = http.client.HTTPConnection(_HOST, self._port, timeout=600.0)
        self._wait_until_ready()

    def generate(self, tokens: int, sampling: str) -> Reply:
        """See `rules.Contestant`; the client takes the time."""
        prompt = self._scribe.writer.prompt(SPEED)
        self._connect()
        began = time.perf_counter()
        times: list[float] = []
        last: bytes = b""
        for line in self._stream(prompt, tokens, sampling):
            times.append(time.perf_counter())
            last = line
        end = json.loads(last)
        if end["tokens_predicted"] != tokens:
            raise RuntimeError(f"not a reply of {tokens} tokens: {end['tokens_predicted']}")
        first, final = times[0], times[-1]
        # Events of half a character are not sent, so the tokens are counted by the server; the
        # last event only closes.  What lies between is one token less than there were.
        return Reply(tokens, final - first, tokens - 1, final - began)

    def turn(self, text: str, most_tokens: int) -> TurnCost:
        """See `rules.Contestant`."""
        prompt, new_tokens = self._scribe.ask(text)
        word = FirstWord(self._scribe.vocabulary)
        self._connect()
        began = time.perf_counter()
        first, ids = 0.0, []
        event: dict[str, Any] = {}
        for line in self._stream(prompt, most_tokens or -1, "greedy"):
            event = json.loads(line)
            if event.get("stop"):
                break
            for token in event["tokens"]:
                ids.append(token)
                word.feed(token)
            if not first and word.is_there:
                first = time.perf_counter() - began
        self._scribe.answered(ids)
        timings = event["timings"]
        return TurnCost(first, timings["prompt_n"], timings["cache_n"], len(ids), new_tokens)

    def stop(self, phase: str, number: int) -> float:
        """See `rules.Contestant`: the client hangs up, and asks until the slot is free."""
        is_decode = phase == "decode"
        talk = SPEED if is_decode else stopped_in_prefill(number)
        self._connect()
        answers = self._stream(self._scribe.writer.prompt(talk), -1, "default", is_decode)
        next(answers)
        _pause(0.03)  # somewhere in the middle
        pressed = time.perf_counter()
        answers.close()
        self._connection.close()
        while self._is_busy():
            pass
        return (time.perf_counter() - pressed) * 1000

    def peak_memory_bytes(self) -> int:
        """See `rules.Contestant`: the server's, not this client's."""
        return peak_memory_bytes(self._process.pid)

    def close(self) -> None:
        """End the server."""
        self._connection.close()
        self._process.terminate()
        self._process.wait(30)
        self._log.close()

    def _stream(
        self, prompt: Sequence[int], tokens: int, sampling: str, waits_for_token: bool = True
    ) -> Generator[bytes, None, None]:
        """The events of one completion, each as the bytes of its JSON.

        Args:
            prompt: ids.
            tokens: sampled at most; -1 has no limit.
            sampling: by name.
            waits_for_token: False gives an empty event as soon as the request was sent.
        """
        chosen = SAMPLINGS[sampling]
        wish = {
            "prompt": list(prompt),
            "n_predict": tokens,
            "stream": True,
            "cache_prompt": True,
            "return_tokens": True,
            "temperature": chosen.temperature,
            "top_k": chosen.top_k,
            "top_p": chosen.top_p,
            "min_p": chosen.min_p,
            "samplers": ["min_p", "temperature"],
            "seed": 1,
        }
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/completion", json.dumps(wish), headers)
        if not waits_for_token:
            yield b""
        response = self._connection.getresponse()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(response.read().decode("utf-8", "replace"))
        while line := response.readline():
            if line.startswith(_DATA):
                yield line[len(_DATA) :]

    def _connect(self) -> None:
        """Connect anew, before the clock starts: the server drops connections after seconds."""
        self._connection.close()
        self._connection.connect()

    def _is_busy(self) -> bool:
        self._connection.request("GET", "/slots")
        slots = json.loads(self._connection.getresponse().read())
        return any(slot["is_processing"] for slot in slots)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _SECONDS_TO_START
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                self._connection.request("GET", "/health")
                response = self._connection.getresponse()
                response.read()
                if response.status == http.HTTPStatus.OK:
                    return
            except OSError:
                self._connection.close()
            _pause(0.05)
        self._process.kill()
        self._log.seek(0)
        raise RuntimeError(self._log.read().decode("utf-8", "replace")[-2000:])


def _command(rules: Rules, program: Path, port: int) -> list[str]:
    """The server as its users start it, with the settings of the contest.

    Prompt cache and checkpoints keep the server's defaults, which are on.
    """
    values = {
        "--model": rules.model,
        "--host": _HOST,
        "--port": port,
        "--ctx-size": rules.context_tokens,
        "--batch-size": rules.ubatch_tokens,
        "--ubatch-size": rules.ubatch_tokens,
        "--threads": rules.threads,
        "--threads-batch": rules.threads,
        "--gpu-layers": 999 if rules.gpu_layers < 0 else rules.gpu_layers,
        "--flash-attn": "on",
        "--parallel": 1,
    }
    flags = ["--no-ui", "--slots", "--log-disable"]
    return [str(program), *(str(part) for pair in values.items() for part in pair), *flags]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


if __name__ == "__main__":
    sys.exit(serve(Server))
