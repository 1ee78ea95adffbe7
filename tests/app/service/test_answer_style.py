from __future__ import annotations

from app.assembly import chosen_style
from app.chats.answer_style import AnswerStyle
from app.settings import Settings
from engine.harmony.messages import Effort
from engine.requests import Sampling
from tests.app.service.conftest import Bench


def test_a_changed_style_holds_from_the_next_answer_on(bench: Bench) -> None:
    bench.service.send("one", Effort.LOW)
    bench.settle()
    bench.style = AnswerStyle(Sampling(temperature=0.2), thinking_budget_tokens=100)
    bench.service.send("two", Effort.LOW)
    bench.settle()

    first, second = bench.engine.requests
    assert (first.sampling.temperature, first.thinking_budget_tokens) == (1.0, None)
    assert (second.sampling.temperature, second.thinking_budget_tokens) == (0.2, 100)


def test_a_change_in_mid_answer_leaves_that_answer_alone(bench: Bench) -> None:
    bench.engine.scripts = [lambda _engine, _request: []]
    bench.service.send("one", Effort.LOW)
    bench.settle()
    bench.style = AnswerStyle(Sampling(temperature=0.2))

    assert bench.service.is_busy
    assert [request.sampling.temperature for request in bench.engine.requests] == [1.0]


def test_the_settings_give_each_effort_its_thinking_budget() -> None:
    settings = Settings(seed=4, top_k=40, thinking_low_tokens=10, thinking_high_tokens=0)

    assert chosen_style(settings, Effort.LOW).thinking_budget_tokens == 10
    assert chosen_style(settings, Effort.MEDIUM).thinking_budget_tokens is None
    assert chosen_style(settings, Effort.HIGH).thinking_budget_tokens == 0
    assert chosen_style(settings, Effort.LOW).sampling == Sampling(seed=4, top_k=40)
