from __future__ import annotations

import io
import json

from app import resources
from app.chats.values import Problem
from app.cli.models_output import ModelsOutput
from app.words import Words
from tests.app.cli.terminal import Terminal

EVIL = "poet\x1b]0;owned\x07\x9b31m\x08"


def output(out: io.StringIO, errors: io.StringIO, *, is_json: bool = False) -> ModelsOutput:
    return ModelsOutput(
        out, errors, Words("en", resources.path("translations")), {}, is_json=is_json
    )


def test_names_from_files_and_servers_do_not_steer_the_terminal() -> None:
    out, errors = Terminal(), Terminal()
    told = output(out, errors)

    told.say(f"{EVIL} is here.\n  twice", "finished")
    told.note(EVIL)
    told.fail(Problem("There is no {name}.", fields={"name": EVIL}))

    assert out.getvalue() == "poet]0;owned31m is here.\n  twice\n"
    assert errors.getvalue() == "poet]0;owned31m\nsotto: There is no poet]0;owned31m.\n"


def test_programs_get_them_whole() -> None:
    out, errors = io.StringIO(), io.StringIO()

    output(out, errors, is_json=True).say("", "found", name=EVIL)

    assert json.loads(out.getvalue()) == {"type": "found", "name": EVIL}
