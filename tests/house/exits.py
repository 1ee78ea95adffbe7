"""The register of exits: by which test each way out of the code is searched for raw thoughts.

`tests/house/test_exits.py` compares this register with the code.  A module that has a new way
out belongs below the case that searches it; where no case does, write one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_E2E: Final = "tests/e2e/test_raw_thoughts.py"
_PROCESS: Final = "tests/e2e/test_raw_thoughts_of_processes.py"
_LAB: Final = "tests/app/lab/test_practice.py"
_REQUESTS: Final = "tests/app/models/test_raw_thoughts_of_requests.py"
_NOTICES: Final = "tests/ui/desktop/test_notices.py"
_TURN: Final = "tests/engine/test_raw_thoughts_of_a_turn.py"


@dataclass(frozen=True, slots=True)
class Case:
    """A test that looks for planted thoughts.

    Attributes:
        test: file and name.
        searches: what it looks through, for `docs/THOUGHTS_EXITS.md`.
    """

    test: str
    searches: str


CASES: Final = {
    "files": Case(
        f"{_E2E}::test_raw_thoughts_are_found_in_no_exit",
        "the folders of data, settings and state, every other file that the process opened for"
        " writing, the history row by row, decrypted",
    ),
    "screen": Case(
        f"{_E2E}::test_raw_thoughts_are_found_in_no_exit",
        "every text of every widget and document, shown or not; the accessibility tree; the"
        " clipboard after every copy button; what is said to screen readers",
    ),
    "changes": Case(
        f"{_E2E}::test_raw_thoughts_are_found_in_no_exit",
        "every event of the engine and every change that the chat service tells, whole",
    ),
    "memory": Case(
        f"{_E2E}::test_what_is_left_after_the_turn_holds_no_raw_thoughts",
        "every text that any Python object of the process holds once the turn is over; what is"
        " painted is among them",
    ),
    "leaving": Case(
        f"{_E2E}::test_what_is_left_after_the_turn_holds_no_raw_thoughts",
        "the handover to a fresh process image, the diagnostics, environment and arguments",
    ),
    "terminal": Case(
        f"{_PROCESS}::test_what_a_process_prints_and_logs_holds_no_raw_thoughts",
        "standard output and error of `sotto ask`, plain, as JSON and with tools, and of"
        " `sotto doctor`; the log at debug level, with llama.cpp's own lines",
    ),
    "crash": Case(
        f"{_PROCESS}::test_a_crash_leaves_no_core_behind_and_tells_no_thoughts",
        "what is left when the process is killed by a fault in the middle of thoughts, with what"
        " Python writes of it",
    ),
    "errors": Case(
        f"{_TURN}::test_an_error_that_quotes_thoughts_is_told_without_them",
        "what is told and logged of errors on the engine thread whose text quotes thoughts",
    ),
    "calls": Case(
        f"{_TURN}::test_a_call_carries_nothing_of_the_thoughts_before_it",
        "what tools, servers, notebooks, permissions and their record get of a turn: the call as"
        " the model wrote it, and nothing of the thoughts before it",
    ),
    "beside": Case(
        f"{_TURN}::test_a_side_job_tells_and_logs_nothing_of_its_thoughts",
        "what a summary or a check thinks beside the chat, also where it fails: its end, and what"
        " is logged",
    ),
    "checks": Case(
        f"{_E2E}::test_checks_are_given_tell_and_keep_no_raw_thoughts",
        "what checks of an answer and of its thoughts are given, tell and keep",
    ),
    "lab": Case(
        f"{_LAB}::test_an_evaluation_keeps_tells_and_exports_no_raw_thoughts",
        "what the evaluation lab stores, tells, prints and exports of an item whose thoughts hold"
        " personal data",
    ),
    "exports": Case(
        f"{_E2E}::test_exports_hold_no_raw_thoughts",
        "chats written as Markdown, HTML and JSON, with the filtered thoughts and without; a"
        " backup",
    ),
    "told": Case(
        f"{_NOTICES}::test_a_notice_tells_nothing_of_thoughts",
        "what the desktop is told in notices and in the tray, where the answer's text may be too",
    ),
    "asked": Case(
        f"{_REQUESTS}::test_what_a_hub_is_asked_holds_no_raw_thoughts",
        "every request to a Hub for models and for their files, with its headers, as the Hub gets"
        " it; what a download leaves on the disk and in the log",
    ),
    "kept": Case(
        f"{_TURN}::test_what_is_kept_of_a_turn_holds_no_thoughts",
        "the tokens that stay in the KV cache, in checkpoints and in kept chats once the turn is"
        " over",
    ),
}

KINDS: Final = {
    "clipboard": "the clipboard, and what is dragged",
    "database": "the history and its key",
    "desktop": "addresses given to the desktop",
    "disk": "files",
    "keyring": "the keyring",
    "log": "the log",
    "network": "connections",
    "painted": "what is painted letter by letter",
    "process": "other processes, their arguments and environment",
    "spoken": "what is said to screen readers",
    "written": "streams: standard output, pipes, sockets",
    "dump": "dumps of memory or stacks",
    "memory": "shared memory",
}
"""What the scan knows as a way out, for `docs/THOUGHTS_EXITS.md`."""

EXITS: Final = {
    ("clipboard", "screen"): """
        ui/card/page.py ui/chat/panel.py ui/chat/tools/pictures.py ui/inspector/prompt_text.py
        ui/markdown/code_text.py ui/prompts/door.py
        ui/sidebar/drag_view.py ui/sidebar/dragging.py
        ui/markdown/rich_text.py ui/markdown/selection.py ui/settings/diagnostics_page.py
        ui/crash_dialog.py""",
    ("database", "files"): """
        app/chats/draft_files.py
        app/chats/answer_forms.py app/chats/call_rows.py app/chats/chat_files.py
        app/chats/database.py app/chats/drafts.py app/chats/private_chats.py
        app/chats/split_database.py app/chats/message_files.py app/chats/rows.py
        app/chats/store.py
        app/chats/effort_times.py
        app/chats/chat_copy.py app/chats/stored_shelves.py app/chats/stored_trash.py
        app/chats/stored_tree.py app/chats/branch_end.py
        app/chats/summary_rows.py app/chats/stored_checks.py app/chats/tool_results.py
        app/permissions/stored.py
        app/known_words.py app/prompts/stored.py
        app/search/finding.py app/search/index.py""",
    ("database", "lab"): "app/lab/stored.py",
    ("database", "calls"): "app/tools/python/tool.py",
    ("desktop", "told"): "ui/desktop/tray.py",
    ("written", "told"): "ui/desktop/bus.py",
    ("desktop", "screen"): """
        ui/chat/panel.py ui/models/file_manager.py ui/settings/tools/desk.py
        ui/updates/door.py""",
    ("disk", "files"): """
        app/file_lock.py app/models/file_work.py app/models/library_file.py app/models/moving.py
        app/models/linking.py app/models/rewriting.py
        ui/keys_help.py
        app/chats/database.py app/key_file.py app/models/practice.py app/permissions/book.py
        app/settings.py app/whole_file.py engine/probe.py engine/llama/binding.py
        app/prompts/exchange.py app/models/catalogue.py app/models/piece_sums.py app/updates/look.py
        app/updates/memory.py""",
    ("database", "exports"): "app/chats/archive_rows.py app/chats/stored_archive.py",
    # A backup is a copy of the history, whose rows are searched.
    ("disk", "exports"): """
        app/backup/container.py app/backup/making.py app/backup/restoring.py""",
    ("disk", "lab"): "app/lab/export.py ui/lab/page.py",
    ("disk", "terminal"): "app/cli/main.py app/cli/worker.py app/logs.py",
    ("disk", "crash"): "app/run_record.py",
    ("dump", "crash"): "app/run_record.py",
    ("disk", "leaving"): "app/handover.py",
    ("disk", "calls"): """
        app/tools/mcp/configuration.py app/tools/mcp/server_list.py app/tools/own/boxed_call.py
        app/tools/own/folder.py app/tools/own/runner.py app/tools/python/fonts.py
        app/tools/python/kernel.py app/tools/python/notebook.py app/tools/python/tool.py
        app/tools/python/workplace.py app/tools/sandbox/cgroup.py
        app/tools/sandbox/held_folder.py app/tools/sandbox/probe.py ui/chat/tools/files.py
        ui/chat/tools/pictures.py ui/chat/tools/saving.py ui/chat/tools/tables.py""",
    ("keyring", "files"): "app/secrets.py",
    ("log", "terminal"): """
        app/chats/background.py app/chats/calling.py app/chats/draft_keeper.py
        app/chats/storage_thread.py app/chores.py app/handover.py app/tool_assembly.py
        app/tools/async_thread.py app/tools/call_run.py app/tools/mcp/server_list.py
        app/tools/python/chat_folders.py app/tools/python/fonts.py
        app/tools/python/notebooks.py app/tools/python/workplace.py app/tools/toolbox.py
        app/worker_connections.py engine/llama/backends.py engine/llama/device_sampler.py
        engine/llama/log.py engine/probe.py ui/crash.py ui/markdown/formulas.py ui/palette/door.py
        ui/window.py ui/desktop/bus.py
        app/spelling.py app/updates/look.py""",
    ("log", "errors"): """
        engine/errors.py engine/reading_ahead.py engine/session.py engine/thought_stream.py
        engine/worker.py""",
    ("log", "beside"): "engine/side_job.py",
    ("network", "asked"): """
        app/models/hub.py app/models/download_job.py app/models/download_making.py
        app/models/transfer/equipment.py app/models/transfer/fetching.py""",
    ("written", "asked"): """
        app/models/hub.py app/models/transfer/fetching.py app/models/transfer/gathering.py
        app/models/transfer/part_file.py app/models/transfer/second_look.py""",
    ("disk", "asked"): "app/models/download_list.py app/models/transfer/lock.py",
    ("log", "asked"): """
        app/models/download.py app/models/download_list.py app/models/transfer/file_transfer.py""",
    ("network", "calls"): """
        app/tools/browser/addresses.py app/tools/browser/ddgs_process.py
        app/tools/browser/fetch.py app/tools/browser/guard.py app/tools/browser/providers.py
        app/tools/browser/web_client.py app/tools/mcp/http.py app/tools/mcp/session.py
        app/tools/mcp/stdio.py app/tools/python/kernel.py app/tools/python/notebook.py
        app/tools/sandbox/seccomp.py app/tools/sandbox/trial.py""",
    ("network", "terminal"): "app/cli/worker.py app/worker_connections.py app/workers.py",
    ("painted", "memory"): """
        ui/chat/attachments/card.py ui/chat/attachments/drop_place.py
        ui/card/bars.py ui/chat/example_card.py ui/chat/sources/page_text.py
        ui/chat/thoughts_line.py ui/chat/tools/head.py ui/controls/button.py ui/controls/chip.py
        ui/controls/field.py ui/controls/label.py ui/controls/segmented.py
        ui/controls/stacked_bar.py ui/settings/navigation.py ui/settings/search.py
        ui/sidebar/drag_view.py ui/sidebar/row_painting.py ui/sidebar/tag_row.py
        ui/sidebar/pin_zone.py
        ui/chat/thoughts_steps.py ui/chat/withheld_line.py
        ui/prompts/rows.py
        ui/keys_help.py ui/palette/rows.py
        ui/first_start/download_strip.py ui/first_start/folder_line.py ui/first_start/step_card.py
        ui/search/results_rows.py
        ui/status_line.py ui/lab/chart_image.py ui/lab/chart_painting.py ui/lab/toggle.py""",
    ("process", "leaving"): """
        app/handover.py engine/harmony/templates.py engine/probe.py ui/models/file_manager.py""",
    ("process", "calls"): """
        app/tools/browser/ddgs_search.py app/tools/boxed_reader.py app/tools/mcp/stdio.py
        app/tools/own/boxed_call.py app/tools/python/boxed_process.py
        app/tools/python/font_list.py app/tools/sandbox/launcher.py app/tools/sandbox/probe.py
        app/tools/sandbox/program.py""",
    ("spoken", "screen"): """
        ui/controls/announcing.py ui/notices.py""",
    ("written", "terminal"): """
        app/card/sentences.py app/card/writing.py app/cli/ask.py app/cli/card.py
        app/cli/doctor.py app/cli/main.py app/cli/permission_prompt.py app/cli/printer.py
        app/cli/worker.py app/logs.py app/workers.py ui/main.py app/cli/updates.py
        app/cli/models_output.py app/cli/progress_line.py""",
    ("written", "lab"): "app/cli/lab.py app/cli/lab_printer.py",
    ("written", "files"): """
        app/models/file_work.py app/models/rewriting.py
        app/key_file.py app/models/practice.py app/permissions/book.py app/whole_file.py
        engine/probe.py engine/probe_process.py""",
    ("written", "exports"): """
        app/archive/json_form.py app/archive/writing.py app/backup/making.py app/cli/archive.py
        app/cli/backup.py""",
    ("written", "leaving"): "app/handover.py ui/desktop/instance.py",
    ("written", "calls"): """
        app/tools/browser/ddgs_process.py app/tools/boxed_reader.py
        app/tools/browser/wire.py app/tools/browser/web_client.py
        app/tools/browser/whole_text.py app/tools/mcp/stdio.py app/tools/own/boxed_call.py
        app/tools/own/runner.py app/tools/python/chat_folders.py app/tools/python/file_store.py
        app/tools/python/font_list.py app/tools/python/notebook.py
        app/tools/sandbox/held_folder.py app/tools/sandbox/trial.py""",
    ("written", "screen"): "ui/card/rows.py ui/chat/attachments/door.py ui/web_door.py",
}
"""Modules by the kind of way out (`tests.house.ways_out`) and the case that searches it."""

EVENTS: Final = {
    "changes": """
        ModelLoading ModelLoaded ModelRested ModelWanted
        ModelLoadFailed PhaseChanged PromptRead MessagesLeftOut
        ThoughtAdded TextAdded PreambleAdded Finished Failed Forecast EngineBroke
        StatusChanged ChatsChanged ChatGlimpsed ChatOpened MessageAdded MessageEnded AnswerTextAdded
        AnswerPreambleAdded AnswerThoughtAdded AnswerPhaseChanged AnswerBeginningLeftOut
        CostForeseen SendRefused BusyChanged UndoOffered NoticeRaised ResponseFormatChanged
        ToolsSwitched InstructionsChanged SideEnded ThoughtsSummaryChanged
        PromptInspected PromptSeen AnswerQueued ChatMarksChanged BranchesChanged ChatForked
        EffortTimesChanged ContextMeasured PromptMeasured MessageSought""",
    "checks": "AnswerCheckChanged",
    "calls": "ToolCalled AnswerCallChanged PermissionAsked PermissionSettled RuleMade",
}
"""What leaves the engine (`EngineEvent`) and the chat service (`ChatChange`), by its case."""

HOLDERS: Final = """
    engine.generation engine.harmony.reader engine.llama.checkpoints engine.llama.held_tokens
    engine.llama.kept_chats engine.llama.sync engine.telling engine.thought_stream"""
"""Where raw thoughts are, as text or as ids.  Whoever imports one of these, or belongs to
`app.thoughts`, can hold them, and may have no way out but a log of fixed words and counts."""

HARMLESS_IN_LOGS: Final = (
    "type(error).__name__",
    "usage.guarded",
    "usage.repairs",
    "usage.retries",
    "usage.thinking_cut.value",
)
"""All that holders of raw thoughts hand to a logger, besides fixed words."""


def table() -> str:
    """The register as a table in Markdown."""
    rows = ["| searched | test | ways out in the code |", "|---|---|---|"]
    for name, case in CASES.items():
        ways = [KINDS[kind] for kind, covered in EXITS if covered == name]
        ways += ["events and changes"] * (name in EVENTS)
        rows.append(
            f"| {case.searches} | `{case.test}` | {'; '.join(ways) or 'the process itself'} |"
        )
    return "\n".join(rows)
