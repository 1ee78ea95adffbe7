from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app import resources
from app.models.catalogue import ADDED_NAME, MAX_ADDED, UPDATE_NAME, Catalogue
from app.models.catalogue_file import CatalogueError, CatalogueText, parse, written
from app.models.values import ModelPart, OfferedModel

OWN = OfferedModel("poet", "poet", (ModelPart("poet.gguf", 9, ""),), "someone/poet-GGUF", "main")
SHIPPED = parse(resources.MODELS.read_bytes())


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path)


def ids(catalogue: Catalogue) -> list[str]:
    return [model.id for model in catalogue.offered()]


def newer(by: int = 1, count: int = 1) -> bytes:
    return written(
        CatalogueText(SHIPPED.revision + by, "2027-01-01", SHIPPED.models[:count])
    ).encode()


def test_a_new_user_is_offered_what_ships(catalogue: Catalogue) -> None:
    assert catalogue.offered() == SHIPPED.models
    assert (catalogue.revision, catalogue.looked_up) == (SHIPPED.revision, SHIPPED.looked_up)
    assert catalogue.problem is None


def test_a_model_is_found_by_its_name_in_any_case(catalogue: Catalogue) -> None:
    assert catalogue.find("GPT-OSS-20B") == SHIPPED.models[0]
    assert catalogue.find("gpt-oss") is None


def test_what_the_user_added_is_kept_and_told_of(catalogue: Catalogue, tmp_path: Path) -> None:
    told: list[int] = []
    unsubscribe = catalogue.subscribe(lambda: told.append(len(catalogue.offered())))

    kept = catalogue.add(OWN)

    assert kept.is_added
    assert Catalogue(tmp_path).offered() == (*SHIPPED.models, kept)
    unsubscribe()
    assert catalogue.remove("poet") == kept
    assert told == [3]
    assert ids(catalogue) == ["gpt-oss-20b", "gpt-oss-120b"]
    assert catalogue.remove("poet") is None
    assert catalogue.add(kept) == kept  # the way back


def test_the_same_files_are_one_model_with_what_is_known_last(catalogue: Catalogue) -> None:
    catalogue.add(OWN)
    later = OfferedModel(
        "poet", "poet", (ModelPart("poet.gguf", 10, ""),), "Someone/Poet-GGUF", "next"
    )

    assert catalogue.add(later).commit == "next"
    assert ids(catalogue) == ["gpt-oss-20b", "gpt-oss-120b", "poet"]


def test_a_model_of_the_list_is_not_added_a_second_time(catalogue: Catalogue) -> None:
    assert catalogue.add(SHIPPED.models[0]) == SHIPPED.models[0]
    assert catalogue.offered() == SHIPPED.models


def test_another_model_with_a_name_that_is_taken_gets_a_number(catalogue: Catalogue) -> None:
    other = OfferedModel("gpt-oss-20b", "mine", OWN.parts, "me/mine")
    third = OfferedModel("gpt-oss-20b", "hers", OWN.parts, "she/hers")

    assert catalogue.add(other).id == "gpt-oss-20b-2"
    assert catalogue.add(third).id == "gpt-oss-20b-3"


def test_there_is_room_for_many_and_not_for_any_number(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    many = (replace(OWN, id=f"m{one}", repository=f"a/m{one}") for one in range(MAX_ADDED))
    (tmp_path / ADDED_NAME).write_text(
        written(CatalogueText(0, "2026-01-01", tuple(many))), "utf-8"
    )

    with pytest.raises(CatalogueError, match="too many"):
        catalogue.add(OWN)


def test_what_no_file_may_hold_is_not_added(catalogue: Catalogue, tmp_path: Path) -> None:
    outside = OfferedModel("poet", "poet", (ModelPart("../../x.gguf", 9, ""),), "a/b")

    with pytest.raises(CatalogueError):
        catalogue.add(outside)

    assert not (tmp_path / ADDED_NAME).exists()


def test_a_newer_list_takes_the_place_of_what_ships(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.add(OWN)

    assert catalogue.update(newer()).revision == SHIPPED.revision + 1

    again = Catalogue(tmp_path)
    assert ids(again) == ["gpt-oss-20b", "poet"]
    assert (again.revision, again.looked_up) == (SHIPPED.revision + 1, "2027-01-01")


def test_a_list_that_is_not_newer_is_refused(catalogue: Catalogue) -> None:
    catalogue.update(newer(by=2))

    for by in (1, 2):
        with pytest.raises(CatalogueError, match="not newer"):
            catalogue.update(newer(by=by))

    assert catalogue.revision == SHIPPED.revision + 2


def test_a_damaged_list_changes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    entries = json.loads(newer())
    entries["models"][0]["parts"][0]["name"] = "../evil.gguf"

    with pytest.raises(CatalogueError):
        catalogue.update(json.dumps(entries).encode())

    assert not (tmp_path / UPDATE_NAME).exists()
    assert catalogue.offered() == SHIPPED.models


def test_a_list_that_sotto_has_overtaken_counts_no_more(tmp_path: Path) -> None:
    (tmp_path / UPDATE_NAME).write_bytes(newer(by=0))

    assert Catalogue(tmp_path).offered() == SHIPPED.models


@pytest.mark.parametrize("name", [UPDATE_NAME, ADDED_NAME])
def test_a_file_that_became_unreadable_is_told_of_and_left_aside(
    catalogue: Catalogue, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("{half", "utf-8")

    assert catalogue.offered() == SHIPPED.models
    assert catalogue.problem is not None
    assert catalogue.problem.fields == {"file": str(tmp_path / name)}


def test_an_unreadable_list_of_own_models_is_not_written_over(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    (tmp_path / ADDED_NAME).write_text("{half", "utf-8")

    catalogue.add(OWN)

    assert ids(catalogue)[-1] == "poet"
    assert catalogue.problem is None
    assert (tmp_path / f"{ADDED_NAME}.bad").read_text("utf-8") == "{half"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / ADDED_NAME).mkdir()  # nothing can be put in its place
    (tmp_path / f"{ADDED_NAME}.bad").write_text("so it cannot be put aside either", "utf-8")

    with pytest.raises(CatalogueError, match="could not be saved"):
        Catalogue(tmp_path).add(OWN)


def test_a_sotto_without_its_list_says_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="comes with Sotto"):
        Catalogue(tmp_path, tmp_path / "gone.json").offered()
