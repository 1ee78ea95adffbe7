from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.lab.boxes import Box, Ruler
from ui.lab.label_placing import WantedLabel, place

ROOM = Box(0, 0, 400, 300)
NUMBERS = st.floats(-50, 450)
SIZES = st.floats(1, 120)
WANTED = st.lists(st.builds(WantedLabel, NUMBERS, NUMBERS, SIZES, SIZES), max_size=12)
OBSTACLES = st.lists(st.builds(Box, NUMBERS, NUMBERS, SIZES, SIZES), max_size=8)
RULER = Ruler(lambda text: 7.0 * len(text), 16.0)


@given(WANTED, OBSTACLES, st.floats(0, 20))
def test_labels_keep_off_each_other_off_obstacles_and_inside(
    wanted: list[WantedLabel], obstacles: list[Box], gap: float
) -> None:
    found = place(wanted, obstacles, ROOM, gap)
    assert len(found) == len(wanted)
    placed = [box for box in found if box is not None]
    for at, box in enumerate(placed):
        assert ROOM.holds(box)
        assert not any(box.overlaps(other) for other in obstacles)
        assert not any(box.overlaps(other) for other in placed[at + 1 :])


def test_a_lonely_label_stands_at_the_right_of_its_point() -> None:
    (box,) = place([WantedLabel(100, 100, 40, 16)], [], ROOM, 8)
    assert box == Box(108, 92, 40, 16)


def test_at_the_right_edge_it_stands_at_the_left_and_without_room_nowhere() -> None:
    at_the_edge = WantedLabel(398, 100, 40, 16)
    assert place([at_the_edge], [], ROOM, 8) == (Box(350, 92, 40, 16),)
    assert place([at_the_edge], [Box(0, 0, 400, 300)], ROOM, 8) == (None,)


@given(st.text(max_size=60), st.floats(0, 300))
def test_a_cut_text_fits_and_is_its_beginning(text: str, width: float) -> None:
    cut = RULER.fit(text, width)
    assert RULER.measure(cut) <= width or not cut
    assert cut == text or not cut or text.startswith(cut.removesuffix("…"))


@given(st.text("ab 가", max_size=60), st.floats(8, 300), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_unless_they_must(
    text: str, width: float, most: int
) -> None:
    lines = RULER.wrap(text, width, most)
    assert len(lines) <= most
    assert all(RULER.measure(line) <= width for line in lines)
    if not any(line.endswith("…") or not line for line in lines):
        assert " ".join(lines) == " ".join(text.split())
