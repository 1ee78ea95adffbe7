"""Why nothing can be sent now, or what sending has to wait for."""

from __future__ import annotations

from app.chats.changes import ModelState, StatusChanged
from app.words import Words
from ui.chat.wording import title_of


def reason_against(status: StatusChanged, words: Words) -> str:
    """A few words about the model; "" when all is well."""
    match status.state:
        case ModelState.READY | ModelState.RESTING:
            return ""
        case ModelState.LOADING:
            percent = round(100 * status.load_fraction)
            return words("The model is loading: {percent} %", percent=percent)
        case ModelState.FAILED if status.problem is not None:
            return title_of(words, status.problem)
        case _:
            return words("No model is loaded yet")
