"""`gradviz render`: every format, one moment or all, and what can't be written."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from e2e.conftest import Run

SIGNATURES = {
    "svg": b"<svg",
    "png": b"\x89PNG\r\n\x1a\n",
    "pdf": b"%PDF-",
    "gif": b"GIF89a",
    "dot": b"digraph",
    "tex": b"",
}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("suffix", SIGNATURES)
def test_each_format_is_written(gradviz: Run, suffix: str) -> None:
    answer = gradviz("render", "(x^2)^2", "x=2", "-o", f"graph.{suffix}")
    assert (answer.code, answer.err) == (0, "")
    content = Path(f"graph.{suffix}").read_bytes()
    assert SIGNATURES[suffix] in content[:200]
    assert len(content) > 300


def test_text_in_svg_stays_text(gradviz: Run) -> None:
    gradviz("render", "(x^2)^2", "x=2", "-o", "graph.svg")
    assert {"2", "4", "16", "32", "8", "1"} <= _texts("graph.svg")


def test_step_shows_only_what_has_happened(gradviz: Run) -> None:
    gradviz("render", "(x^2)^2", "x=2", "-o", "graph.svg", "--step", "2")
    assert "4" in _texts("graph.svg")
    assert not {"16", "32", "8"} & _texts("graph.svg")


def test_graph_without_values_is_drawn_without_numbers(gradviz: Run) -> None:
    assert gradviz("render", "(y-(Wx+b))^2", "-o", "graph.svg").code == 0
    assert not {text for text in _texts("graph.svg") if text.isdigit()}


def test_theme_changes_the_colours(gradviz: Run) -> None:
    gradviz("render", "x^2", "x=2", "-o", "light.svg")
    gradviz("render", "x^2", "x=2", "-o", "dark.svg", "--theme", "dark")
    assert "#191C21" in Path("dark.svg").read_text("utf-8")
    assert "#191C21" not in Path("light.svg").read_text("utf-8")


@pytest.mark.usefixtures("qapp")
def test_gif_has_a_frame_for_each_position_of_the_run(gradviz: Run) -> None:
    gradviz("render", "(x^2)^2", "x=2", "-o", "graph.gif")
    with Image.open("graph.gif") as film:
        assert film.n_frames == 7  # six steps, and before the first


def test_failed_run_is_drawn_up_to_its_failure(gradviz: Run) -> None:
    answer = gradviz("render", "W x", "W=[[1,2],[3,4]]", "x=[1,2,3]", "-o", "graph.svg")
    assert answer.code == 0
    assert "matmul" in answer.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["x^2", "x=2", "-o", "graph.xyz"], ".xyz"),
        (["x^2", "x=2", "-o", "graph"], "graph"),
        (["x^2", "x=2", "-o", "nowhere/graph.svg"], "nowhere"),
        (["x^2", "x=2", "-o", "folder.svg"], "folder"),
        (["x^2", "x=2", "-o", "a" * 300 + ".svg"], "can't be written"),
        (["x^2", "x=2", "-o", "graph.svg", "--step", "99"], "no step 99"),
        (["x^2", "x=2", "-o", "graph.svg", "--theme", "pink"], "pink"),
        (["x^2", "-o", "graph.svg", "--step", "1"], "values"),
        (["x^2", "x=2"], "-o"),
        (["missing.gradviz", "-o", "graph.svg"], "missing.gradviz"),
    ],
    ids=lambda part: " ".join(part)[-30:] if isinstance(part, list) else part,
)
def test_what_can_not_be_drawn_is_said_in_one_line(gradviz: Run, arguments: list[str], word: str) -> None:
    Path("folder.svg").mkdir()
    answer = gradviz("render", *arguments)
    assert answer.code == 2
    assert word in answer.error
    assert len(answer.err.splitlines()) == 1
    assert not Path("graph.svg").exists()


def test_pixels_need_no_display(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    subprocess.run(
        [sys.executable, "-m", "gradviz", "render", "x^2", "x=2", "-o", "graph.png"],
        check=True,
        cwd=tmp_path,
        env=environment,
        timeout=60,
    )
    with Image.open(tmp_path / "graph.png") as drawn:
        assert drawn.width > 400


def _texts(name: str) -> set[str]:
    tree = ElementTree.parse(name)
    return {"".join(element.itertext()).strip() for element in tree.iter() if element.tag.endswith("}text")}
