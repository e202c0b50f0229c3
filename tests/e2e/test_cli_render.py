"""`gradviz render`: every format, one moment or all, and what can't be written."""

import errno
import os
import re
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
        (["x^2", "x=2", "-o", "graph.svg", "--steps", "3..99"], "steps 0 to 4"),
        (["x^2", "x=2", "-o", "graph.svg", "--steps", "x"], "range"),
        (["x^2", "x=2", "-o", "graph.svg", "--only", "z"], "no node z"),
        (["x^2", "x=2", "-o", "graph.svg", "--font-size", "1000"], "--font-size"),
        (["x^2", "x=2", "-o", "graph.svg", "--dpi", "300"], "--dpi"),
        (["x^2", "x=2", "-o", "graph.gif", "--seconds", "0"], "--seconds"),
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


@pytest.mark.usefixtures("qapp")
def test_all_steps_become_the_pages_of_a_pdf(gradviz: Run) -> None:
    assert gradviz("render", "(x^2)^2", "x=2", "-o", "run.pdf", "--steps", "all", "--explain").code == 0
    pages = re.search(rb"/Count (\d+)", Path("run.pdf").read_bytes())
    assert pages is not None
    assert int(pages[1]) == 1 + 3 + 1 + 2  # before the first step; x, x^2, (x^2)^2; the seed; two edges back


def test_a_range_of_steps_becomes_numbered_files_of_one_size(gradviz: Run) -> None:
    answer = gradviz("render", "(x^2)^2", "x=2", "-o", "run.svg", "--steps", "1..3", "--explain", "--legend")
    assert answer.code == 0
    names = sorted(path.name for path in Path().glob("run*.svg"))
    assert names == ["run-1.svg", "run-2.svg", "run-3.svg"]
    assert len({ElementTree.parse(name).getroot().get("viewBox") for name in names}) == 1


def test_numbers_can_be_left_out(gradviz: Run) -> None:
    gradviz("render", "(x^2)^2", "x=2", "-o", "graph.svg", "--no-derivatives")
    assert {"2", "4", "16"} <= _texts("graph.svg")
    assert not {"32", "8", "1"} & _texts("graph.svg")


def test_a_part_is_drawn_alone(gradviz: Run) -> None:
    gradviz("render", "(y-(Wx+b))^2", "W=2", "x=3", "y=1", "b=1", "-o", "graph.svg", "--only", "W,x,v1")
    assert {"W", "x", "W · x"} <= _texts("graph.svg")
    assert not {"b", "y"} & _texts("graph.svg")


def test_font_size_scales_the_whole(gradviz: Run) -> None:
    gradviz("render", "x^2", "x=2", "-o", "small.svg", "--font-size", "10")
    gradviz("render", "x^2", "x=2", "-o", "large.svg", "--font-size", "20")
    widths = [float(ElementTree.parse(f"{name}.svg").getroot().get("width", "0")) for name in ("small", "large")]
    assert widths[1] == pytest.approx(2 * widths[0], abs=0.05)


@pytest.mark.usefixtures("qapp")
def test_dpi_says_how_many_pixels(gradviz: Run) -> None:
    gradviz("render", "x^2", "x=2", "-o", "graph.svg")
    gradviz("render", "x^2", "x=2", "-o", "graph.png", "--dpi", "288")
    width = float(ElementTree.parse("graph.svg").getroot().get("width", "0"))
    with Image.open("graph.png") as drawn:
        assert drawn.width == pytest.approx(3 * width, abs=1)


@pytest.mark.usefixtures("qapp")
def test_a_film_is_handed_to_the_encoder(gradviz: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The encoder here counts the bytes that it gets."""
    program = tmp_path / "ffmpeg"
    program.write_text('#!/bin/sh\nfor last; do :; done\nwc -c > "$last"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert gradviz("render", "x^2", "x=2", "-o", "run.mp4", "--scale", "1").code == 0
    gradviz("render", "x^2", "x=2", "-o", "run.png", "--scale", "1")
    with Image.open("run.png") as drawn:
        size = drawn.width * drawn.height * 4
    pictures = 1 + 2 + 1 + 1  # before the first step; x, x^2; the seed; one edge back
    assert int(Path("run.mp4").read_text()) == size * (pictures + 1)  # the last one is held


@pytest.mark.usefixtures("qapp")
def test_without_an_encoder_a_film_is_refused_with_what_would_do(
    gradviz: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = gradviz("render", "x^2", "x=2", "-o", "run.mp4")
    assert answer.code == 2
    assert "ffmpeg" in answer.error
    assert "GIF" in answer.error


def _texts(name: str) -> set[str]:
    tree = ElementTree.parse(name)
    return {"".join(element.itertext()).strip() for element in tree.iter() if element.tag.endswith("}text")}


@pytest.mark.parametrize("command", [("render", "-o", "run\0.svg"), ("report", "-o", "run\0.html")])
def test_name_with_a_nul_is_no_file(gradviz: Run, command: tuple[str, ...]) -> None:
    answer = gradviz(*command, "x^2", "x=2")
    assert (answer.code, answer.error.endswith("can't be written: the name can't be one of a file")) == (2, True)


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "1e308", "1e-308"])
@pytest.mark.parametrize("suffix", ["png", "gif"])
def test_senseless_scale_is_refused(gradviz: Run, scale: str, suffix: str) -> None:
    answer = gradviz("render", "x^2", "x=2", "-o", f"run.{suffix}", f"--scale={scale}")
    assert answer.code == 2
    assert "scale" in answer.error


def test_old_picture_is_whole_when_the_disk_is_full(
    gradviz: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gradviz("render", "x^2", "x=2", "-o", "run.svg").code == 0
    old = (tmp_path / "run.svg").read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = gradviz("render", "x^3", "x=2", "-o", "run.svg")
    assert (answer.code, answer.error) == (2, "run.svg can't be written: no space left on device")
    assert (tmp_path / "run.svg").read_bytes() == old
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["run.svg"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("-o", ""), "nothing is no picture format; give a name that ends in one of .svg"),
        (("-o", "run.svg", "--steps="), "--steps is a range such as 0..4, or all, not nothing"),
    ],
)
def test_empty_option_is_named_in_the_error(gradviz: Run, arguments: tuple[str, ...], error: str) -> None:
    answer = gradviz("render", "x^2", "x=2", *arguments)
    assert answer.code == 2
    assert answer.error.startswith(error)
