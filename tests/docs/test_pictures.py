"""The screenshots of the documentation are those that were made, in today's colours, and what went stale is noticed."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def images() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "make_images.py"))


def test_pictures_are_those_that_were_made(images: dict[str, Any]) -> None:
    assert images["trouble_with_files"]() == []


def test_button_with_another_name_makes_a_picture_stale(images: dict[str, Any], tmp_path: Path) -> None:
    manifest = json.loads(images["MANIFEST"].read_text("utf-8"))
    contents = {name.removeprefix("dark-"): list(kept["texts"]) for name, kept in manifest.items()}
    (tmp_path / "contents.json").write_text(json.dumps(contents), "utf-8")
    assert images["trouble_with_texts"](tmp_path) == []
    contents["start-page"].remove("Open a file…")
    contents["start-page"].append("Open it…")
    (tmp_path / "contents.json").write_text(json.dumps(contents), "utf-8")
    (found,) = images["trouble_with_texts"](tmp_path)
    assert found.startswith("start-page.png is out of date")
    assert "no longer: 'Open a file…'; new: 'Open it…'" in found


def test_station_that_the_tour_has_lost_is_noticed(images: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "contents.json").write_text("{}", "utf-8")
    assert "start-page.png shows a station that the tour no longer has" in images["trouble_with_texts"](tmp_path)
