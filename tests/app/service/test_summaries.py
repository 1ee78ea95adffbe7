from __future__ import annotations

from app.chats.changes import MessageEnded, ThoughtsSummaryChanged
from app.thoughts.summary_values import SummaryState
from engine.harmony.messages import Effort
from tests.app.service.conftest import Bench, reply


def test_an_answer_without_thoughts_keeps_the_generic_label(bench: Bench) -> None:
    bench.engine.scripts = [reply("two words")]
    bench.service.send("hi", Effort.LOW)
    bench.settle()
    (ended,) = bench.of(MessageEnded)
    assert isinstance(ended, MessageEnded)
    bench.service.summaries.want(ended.message)
    (told,) = bench.of(ThoughtsSummaryChanged)
    assert isinstance(told, ThoughtsSummaryChanged)
    assert told.message_id == ended.message.id
    assert told.summary.state is SummaryState.GENERIC
