from __future__ import annotations

import pytest

from engine.bandwidth import bandwidths, main_bytes_per_second, nvidia_cards
from engine.card_speeds import card_bytes_per_second
from engine.hardware import Device, DeviceKind, Hardware


@pytest.mark.parametrize(
    ("name", "gigabytes"),
    [
        ("NVIDIA GeForce RTX 4070 Ti SUPER", 672),
        ("NVIDIA GeForce RTX 4070", 504),
        ("AMD Radeon RX 7900 XT (RADV NAVI31)", 800),
        ("AMD Radeon RX 7900 XTX (RADV NAVI31)", 960),
        ("Intel(R) Arc(tm) A770 Graphics (DG2)", 560),
        ("Apple M2", 100),
        ("Apple M2 Ultra", 800),
    ],
)
def test_a_card_is_known_by_its_longest_name(name: str, gigabytes: int) -> None:
    assert card_bytes_per_second(name) == gigabytes * 1e9


@pytest.mark.parametrize(
    "name", ["", "Some card", "NVIDIA GeForce RTX 4090 Laptop GPU", "RTX 50700", "llvmpipe"]
)
def test_a_card_that_only_sounds_like_one_is_not_taken_for_it(name: str) -> None:
    assert card_bytes_per_second(name) is None


def test_the_memory_of_this_machine_is_measured() -> None:
    """Slower than any memory of the last twenty years, or faster than any, would be a mistake."""
    assert 0.5e9 < main_bytes_per_second(2) < 3e12


def test_a_graphics_unit_in_the_processor_has_the_speed_of_main_memory() -> None:
    cpu = Device("CPU", "Some CPU", DeviceKind.CPU, 0, 0)
    inside = Device("Vulkan0", "Some graphics", DeviceKind.INTEGRATED_GPU, 0, 0)
    apple = Device("Metal0", "Apple M4 Pro", DeviceKind.GPU, 1, 1)
    strange = Device("Vulkan1", "Some card", DeviceKind.GPU, 1, 1)
    lent = Device("RPC0", "Apple M4 Pro", DeviceKind.GPU, 1, 1)
    found = bandwidths(Hardware((inside, apple, strange, lent, cpu), 1, 1, 1))
    assert found["Vulkan0"] == found["CPU"] == found[""]
    assert found["Metal0"] == 273e9
    assert "Vulkan1" not in found
    assert "RPC0" not in found


def test_a_machine_without_the_drivers_library_has_no_such_cards() -> None:
    assert all(speed > 1e9 for _, speed in nvidia_cards())
