from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.chats.changes import ModelState, StatusChanged
from app.chats.values import Problem
from app.words import Words
from engine.events import ModelLoaded
from engine.hardware import Device, DeviceKind, Hardware
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import PlanChoices, Sentence
from tests.engine.memory_plan.conftest import GIB, facts_of
from tools.random_model.header import GPT_OSS_20B
from ui.model_notices import ModelNotices
from ui.notices import NoticeBanner, NoticeKind
from ui.theme.theme import Theme

FACTS = facts_of(GPT_OSS_20B)
CPU = Device("CPU", "", DeviceKind.CPU, 28 * GIB, 32 * GIB)
PLAN = plan_memory(FACTS, Hardware((CPU,), 28 * GIB, 32 * GIB, 8), PlanChoices())


def loaded(*lowered: Sentence) -> StatusChanged:
    event = ModelLoaded(FACTS, 8192, "CPU", 1.0, PLAN, lowered)
    return StatusChanged(state=ModelState.READY, loaded=event)


@pytest.fixture
def banner(theme: Theme, words: Words, qtbot: QtBot) -> NoticeBanner:
    made = NoticeBanner(theme, words)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def notices(banner: NoticeBanner, words: Words) -> ModelNotices:
    return ModelNotices(banner, words, load_without=lambda _: None, restart_without=lambda _: None)


def test_what_a_load_had_to_give_up_is_told_once(
    notices: ModelNotices, banner: NoticeBanner
) -> None:
    status = loaded(Sentence("Context {tokens}.", {"tokens": "8,192"}), Sentence("Fewer layers."))
    notices.show_status(status)
    assert banner.notice is not None
    assert banner.notice.kind is NoticeKind.WARNING
    assert banner.notice.text == "Context 8,192. Fewer layers."

    banner.dismiss()
    notices.show_status(status)
    assert banner.notice is None


def test_a_load_as_planned_says_nothing(notices: ModelNotices, banner: NoticeBanner) -> None:
    notices.show_status(loaded())
    assert banner.notice is None


def test_what_no_longer_holds_goes_away(notices: ModelNotices, banner: NoticeBanner) -> None:
    problem = Problem("There is not enough memory for this model.")
    notices.show_status(StatusChanged(state=ModelState.FAILED, problem=problem))
    assert banner.notice is not None
    notices.show_status(StatusChanged(state=ModelState.LOADING))
    assert banner.notice is None


def test_a_model_that_is_not_there_leads_to_the_others(
    notices: ModelNotices, banner: NoticeBanner
) -> None:
    asked: list[bool] = []
    notices.choose_model = lambda: asked.append(True)
    gone = Problem("The model file is not there any more.", "Choose another file, or put it back.")
    notices.show_status(StatusChanged(state=ModelState.FAILED, problem=gone))
    assert banner.notice is not None
    assert banner.notice.action == "Choose a model"
    assert banner.notice.on_action is not None
    banner.notice.on_action()
    assert asked == [True]
