"""What there is to tell of the model: why there is none, or what it had to do without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.chats.changes import ModelState, StatusChanged
from app.words import Words
from ui.notices import Notice, NoticeAction, NoticeBanner, NoticeKind, problem_notice


class ModelNotices:
    """Keeps the banner's notice about the model true; UI thread.

    Args:
        banner: where notices are shown.
        words: the user's language.
        load_without: loads the model without some workers.
        restart_without: starts Sotto anew, to load the model without some workers.

    Attributes:
        choose_model: leads to the page of models; None until there is one.
    """

    def __init__(
        self,
        banner: NoticeBanner,
        words: Words,
        *,
        load_without: Callable[[tuple[str, ...]], None],
        restart_without: Callable[[tuple[str, ...]], None],
    ) -> None:
        self._banner = banner
        self._words = words
        self._load_without = load_without
        self._restart_without = restart_without
        self._shown: Notice | None = None
        self.choose_model: Callable[[], None] | None = None

    def show_status(self, status: StatusChanged) -> None:
        """Tell what is new; what no longer holds goes away."""
        notice = self._notice(status)
        if notice == self._shown:
            return
        if self._shown is not None:
            self._banner.withdraw(self._shown)
        self._shown = notice
        if notice is not None:
            self._banner.show_notice(notice)

    def _notice(self, status: StatusChanged) -> Notice | None:
        if status.state is ModelState.FAILED and status.problem is not None:
            return replace(problem_notice(status.problem, self._words), **self._way_out(status))
        steps = status.loaded.lowered if status.loaded is not None else ()
        if not status.can_answer or not steps:
            return None
        return Notice(
            self._words("The model is loaded with less than planned."),
            " ".join(self._words(step.title, **step.fields) for step in steps),
            NoticeKind.WARNING,
        )

    def _way_out(self, status: StatusChanged) -> NoticeAction:
        """What can be done about a model that is not there."""
        lost = status.lost_workers
        if status.needs_restart:
            name = self._words("Load again without it") if lost else self._words("Restart Sotto")
            return {"action": name, "on_action": lambda: self._restart_without(lost)}
        if lost:
            name = self._words("Load without it")
            return {"action": name, "on_action": lambda: self._load_without(lost)}
        if self.choose_model is not None:
            return {"action": self._words("Choose a model"), "on_action": self.choose_model}
        return {}
