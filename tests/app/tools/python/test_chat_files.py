"""The files of a chat: what the notebook writes, what people bring and take, and what traps do."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.tools.python.tool import RESTARTED_NOTE
from app.tools.python.workplace import Workplaces, _is_memory, workplaces_root
from app.tools.sandbox.held_folder import ChatFileError, safe_name
from app.tools.sandbox.policy import Limits, SandboxKind
from tests.app.tools.python.conftest import MakeRoom
from tests.app.tools.python.rooms import Room

WORDS = b"the user's own words"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A folder of the host with a file in it."""
    folder = tmp_path / "private"
    folder.mkdir()
    (folder / "secret").write_bytes(WORDS)
    return folder


def names(room: Room, chat: str = "") -> list[str]:
    return [one.name for one in room.ask(lambda: room.folders.list(chat or room.chat))]


def test_what_a_call_writes_is_told_and_kept_in_the_history(room: Room) -> None:
    code = "import os\nos.makedirs('sub/한글')\nopen('sub/한글/a.txt', 'w').write('A')\n"
    first = room.call(code + "open('b.csv', 'w').write('1,2')")
    assert first.files == ("b.csv", "sub/한글/a.txt")
    assert room.call("1").files == ()
    assert room.call("open('b.csv', 'a').write(',3')").files == ("b.csv",)
    # The times of a file are the code's to choose; a change is seen all the same.
    code = "s = os.stat('b.csv')\nopen('b.csv', 'w').write('4,5,6')\n"
    again = room.call(code + "os.utime('b.csv', ns=(s.st_atime_ns, s.st_mtime_ns))")
    assert again.files == ("b.csv",)
    room.ask(lambda: room.tool.restart(room.chat))
    assert room.ask(lambda: room.folders.read(room.chat, "b.csv")) == b"4,5,6"
    again = room.call("print(open('/mnt/data/sub/한글/a.txt').read())")
    assert again.note == RESTARTED_NOTE
    assert again.text.endswith("\nA")
    assert room.call("os = __import__('os'); os.remove('b.csv')").files == ()
    assert names(room) == ["sub/한글/a.txt"]
    room.ask(lambda: room.tool.restart(room.chat))
    assert names(room) == ["sub/한글/a.txt"]


def test_people_bring_take_and_remove_files(room: Room) -> None:
    async def bring(name: str, data: bytes) -> str:
        return await room.folders.put(room.chat, name, data)

    assert room.ask(lambda: bring("C:\\my\\data.csv", b"before")) == "data.csv"
    assert room.text("print(open('data.csv').read())") == "before"
    # While the notebook lives, too; it may change them like its own.
    assert room.ask(lambda: bring("/etc/data.csv", b"second")) == "data (2).csv"
    assert room.text("open('data (2).csv', 'a').write('!')\nprint(open('data (2).csv').read())")
    assert room.ask(lambda: room.folders.read(room.chat, "data (2).csv")) == b"second!"
    room.ask(lambda: room.folders.delete(room.chat, "data.csv"))
    room.ask(lambda: room.folders.delete(room.chat, "not there"))
    assert names(room) == ["data (2).csv"]
    assert room.text("import os; print(os.listdir('.'))") == "['data (2).csv']"
    room.ask(lambda: room.tool.restart(room.chat))
    room.ask(lambda: room.folders.delete(room.chat, "data (2).csv"))
    assert names(room) == []
    with pytest.raises(ChatFileError):
        room.ask(lambda: room.folders.read(room.chat, "data (2).csv"))


def test_there_is_room_for_so_much_and_no_more(make_room: MakeRoom) -> None:
    room = make_room(limits=Limits(file_bytes=1000, disk_bytes=2000))

    async def bring(size: int) -> str:
        return await room.folders.put(room.chat, "a.bin", bytes(size))

    with pytest.raises(ChatFileError, match="no room"):
        room.ask(lambda: bring(1001))
    room.ask(lambda: bring(1000))
    with pytest.raises(ChatFileError, match="no room"):
        room.ask(lambda: bring(900))


def test_links_pipes_and_odd_names_lead_nowhere(room: Room, secret: Path) -> None:
    code = f"""
import os, socket
os.symlink({str(secret / "secret")!r}, "link.txt")
os.symlink({str(secret)!r}, "folder")
os.symlink("/etc", "etc")
os.symlink("loop", "loop")
os.mkfifo("pipe.txt")
os.mkdir("dir")
os.symlink("..", "dir/up")
open(b"bad-\\xff.txt", "w").close()
open("new\\nline.txt", "w").close()
open("real.txt", "w").write("real")
with open("sparse.bin", "wb") as file:
    file.truncate(20 << 20)
one = socket.socket(socket.AF_UNIX)
one.bind("knock")
"""
    done = room.call(code)
    assert done.files == ("real.txt", "sparse.bin"), done.text
    for name in (
        "link.txt",
        "folder/secret",
        "etc/passwd",
        "pipe.txt",
        "dir",
        "loop",
        "knock",
        "dir/up/real.txt",
        "../data/real.txt",
        "",
        "/etc/passwd",
        "a\0b",
        "x" * 300,
    ):
        with pytest.raises(ChatFileError):
            room.ask(lambda name=name: room.folders.read(room.chat, name))  # type: ignore[misc]
    assert WORDS not in b"".join(
        room.storage.submit(
            lambda store: store._database.rows("SELECT data FROM chat_file")
        ).result()[0]
    )
    room.ask(lambda: room.folders.delete(room.chat, "link.txt"))
    room.ask(lambda: room.tool.restart(room.chat))
    assert names(room) == ["real.txt", "sparse.bin"]
    assert (secret / "secret").read_bytes() == WORDS


def test_a_file_brought_where_a_link_lies_does_not_go_through_it(room: Room, secret: Path) -> None:
    room.call(f"import os\nos.symlink({str(secret / 'secret')!r}, 'data.csv')")

    async def bring() -> str:
        return await room.folders.put(room.chat, "data.csv", b"brought")

    name = room.ask(bring)
    assert room.ask(lambda: room.folders.read(room.chat, name)) == b"brought"
    assert (secret / "secret").read_bytes() == WORDS


def test_a_folder_swapped_for_a_link_all_the_time_is_never_gone_through(
    room: Room, secret: Path
) -> None:
    code = f"""
import os, threading
os.mkdir("a")
open("a/secret", "w").write("mine")
os.symlink({str(secret)!r}, "b")
def swap():
    while not os.path.exists("stop"):
        os.rename("a", "c"); os.rename("b", "a"); os.rename("c", "b")
threading.Thread(target=swap).start()
"""
    room.call(code)
    read = set()
    for _ in range(300):
        try:
            read.add(room.ask(lambda: room.folders.read(room.chat, "a/secret")))
        except ChatFileError:
            continue
    assert read <= {b"mine"}
    room.call("open('stop', 'w').close()")
    room.ask(lambda: room.tool.restart(room.chat))
    kept = [room.ask(lambda n=n: room.folders.read(room.chat, n)) for n in names(room)]  # type: ignore[misc]
    assert WORDS not in kept


def test_a_folder_the_code_closes_to_itself_is_cleared_away(make_room: MakeRoom) -> None:
    room = make_room()
    room.call("import os\nos.mkdir('shut')\nopen('shut/x', 'w').close()\nos.chmod('shut', 0)")
    room.ask(lambda: room.tool.restart(room.chat))


def test_a_well_without_bottom_is_cleared_away(make_room: MakeRoom) -> None:
    room = make_room()
    code = "import os\nfor _ in range(1500):\n    os.mkdir('d')\n    os.chdir('d')"
    room.call(code)
    works = room.text("print('on')")
    assert works.endswith("on")


def test_the_folders_are_for_their_owner_only(room: Room) -> None:
    room.call("open('x.txt', 'w').close()")
    for folder in (room.data(), room.data().parent, room.data().parents[1]):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((room.data() / "x.txt").stat().st_mode) == 0o600


def test_a_purged_chat_takes_its_files_along(make_room: MakeRoom) -> None:
    room = make_room()
    room.call("open('x.txt', 'w').write('x')")
    chat = int(room.chat)

    def purge(store: object) -> list[tuple[object, ...]]:
        store.delete_chat(chat, 5)  # type: ignore[attr-defined]
        store.purge_deleted(10)  # type: ignore[attr-defined]
        return store._database.rows("SELECT * FROM chat_file")  # type: ignore[attr-defined, no-any-return]

    assert room.storage.submit(purge).result() == []
    assert room.text("open('y.txt', 'w').write('y')") == "1"
    assert room.storage.submit(purge).result() == []


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    dead = tmp_path / "sotto-dead"
    (dead / "x" / "data").mkdir(parents=True)
    (dead / "lock").touch()
    (tmp_path / "sotto-foreign").mkdir()  # nothing says that it is ours
    (tmp_path / "sotto-link").symlink_to(tmp_path)
    living = Workplaces(lambda: tmp_path)
    held = living.make()
    another = Workplaces(lambda: tmp_path)
    another.make()
    assert not dead.exists()
    assert held.data.is_dir()
    for one in (living, another):
        one.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sotto-foreign", "sotto-link"]


def test_workplaces_lie_in_memory_where_there_is_room(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    found = workplaces_root({"XDG_RUNTIME_DIR": str(tmp_path)}, cache, 1 << 20)
    assert found == cache or _is_memory(found)
    assert workplaces_root({}, cache, 1 << 60) == cache
    assert _is_memory(Path("/dev/shm"))  # noqa: S108 - only looked at
    assert not _is_memory(Path("/proc/self"))


@pytest.mark.parametrize(
    ("brought", "kept"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\보고서.pdf", "보고서.pdf"),
        (".bashrc", "bashrc"),
        ("..", "file"),
        ("", "file"),
        ("a\0b\nc\u202e.txt", "abc.txt"),
        ("x" * 400, "x" * 200),
        ("한" * 200, "한" * 66),
    ],
)
def test_names_that_people_bring_are_made_fit(brought: str, kept: str) -> None:
    assert safe_name(brought) == kept


def test_the_sandbox_kind_of_consent_has_files_too(make_room: MakeRoom) -> None:
    room = make_room(SandboxKind.NONE, accepts=True)
    assert room.call("open('/mnt/data/x.txt', 'w').write('x')").files == ("x.txt",)
