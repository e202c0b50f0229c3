"""Reports and replays: one file that shows what was typed, runs none of it, and steps as the window does."""

import json
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from gradviz import resources
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.export.cards import boxes_and_slots
from gradviz.export.chart import chart
from gradviz.export.choice import Choice
from gradviz.export.film import Film, positions
from gradviz.export.html import data, mathematics, text
from gradviz.export.picture import Composer
from gradviz.export.replay import replay
from gradviz.export.report import Report
from gradviz.export.theme import LIGHT
from gradviz.layout.dot import place
from gradviz.train.history import History
from pictured import LINE_ROLES, LINE_VALUES, least_squares, picture_of, random_graph

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&<!--"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")

# a page as far as the replay's script looks at it: parts whose looks are switched by the class `off`
DOCUMENT = """
var nodes = {}, heard = {};
function Classes(off) { this.off = off; }
Classes.prototype = {
  contains: function (c) { return c === "off" && this.off; }, add: function (c) { if (c === "off") this.off = true; },
  remove: function (c) { if (c === "off") this.off = false; }, toggle: function () { return true; }
};
function node(id) {
  if (!nodes[id]) nodes[id] = {
    textContent: "", classList: new Classes(false), children: [], on: {},
    setAttribute: function (k, v) { this[k] = v; }, appendChild: function (c) { this.children.push(c); },
    addEventListener: function (kind, f) { this.on[kind] = f; }
  };
  return nodes[id];
}
var parts = PARTS.map(function (offs) {
  return { children: offs.map(function (off) { return { classList: new Classes(off) }; }) };
});
function HTMLButtonElement() {}
var window = {
  location: { hash: "" }, setInterval: function (f) { heard.tick = f; return 1; }, clearInterval: function () {}
};
var document = {
  getElementById: function (id) { return id === "run" ? { textContent: RUN } : node(id); },
  querySelectorAll: function () { return parts; }, querySelector: function () { return null; },
  createElement: function () { return { textContent: "" }; },
  addEventListener: function (kind, f) { heard[kind] = f; }
};
function press(key) { heard.keydown({ key: key, target: {}, preventDefault: function () {} }); }
function looks() {
  return parts.map(function (p) { return p.children.map(function (c) { return c.classList.off ? 0 : 1; }); });
}
"""


class _Reader(HTMLParser):
    """What a page has: its tags, the text of its scripts, and the looks of each part."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.parts: list[list[bool]] = []
        self._depth: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "g":
            if given.get("class") == "part":
                self.parts.append([])
            else:
                self.parts[-1].append("off" in (given.get("class") or "").split())
        if tag == "script":
            self.scripts.append("")
        self._depth.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._depth.append(f"/{tag}")

    def handle_data(self, found: str) -> None:
        if self._depth and self._depth[-1] == "script":
            self.scripts[-1] += found


def _read(written: str) -> _Reader:
    reader = _Reader()
    reader.feed(written)
    return reader


def _film() -> tuple[Film, Trace]:
    graph = least_squares()
    trace = record(graph, LINE_VALUES)
    return Film(
        Composer(graph, place(*boxes_and_slots(graph, LINE_ROLES), graph.output), LINE_ROLES, trace), trace
    ), trace


def _replay(title: str = "run") -> str:
    film, trace = _film()
    return replay(film, trace, positions(film.last), title=title, formula="L")


def _report(**more: object) -> str:
    graph = least_squares()
    trace = record(graph, LINE_VALUES)
    picture = picture_of(graph, LINE_VALUES, None, LINE_ROLES)
    return Report("t", "(y-(Wx+b))^2", graph, picture, LINE_ROLES, trace, **more).written()  # type: ignore[arg-type]


class _Player:
    """The page's own script, run by Qt's engine on a document of parts."""

    def __init__(self, written: str) -> None:
        reader = _read(written)
        qml = pytest.importorskip("PySide6.QtQml", exc_type=ImportError)  # a bare Linux may lack libgssapi
        self._engine = qml.QJSEngine()
        self._run(f"var PARTS = {json.dumps(reader.parts)}, RUN = {json.dumps(reader.scripts[0])};")
        self._run(DOCUMENT)
        self._run(reader.scripts[1])

    def _run(self, program: str) -> object:
        found = self._engine.evaluate(program)
        assert not found.isError(), found.toString()
        return found.toVariant()

    def press(self, *keys: str) -> None:
        for key in keys:
            self._run(f"press({json.dumps(key)})")

    @property
    def texts(self) -> tuple[str, str]:
        return str(self._run("node('title').textContent")), str(self._run("node('place').textContent"))

    @property
    def looks(self) -> list[list[int]]:
        return json.loads(str(self._run("JSON.stringify(looks())")))


# -- replay ---------------------------------------------------------------------------------------


def test_a_replay_shows_at_each_step_what_the_picture_of_that_step_shows(qapp: object):
    film, _ = _film()
    player = _Player(_replay())
    known: list[dict[object, int]] | None = None
    for position in range(film.last + 1):
        picture = film.at(position, Choice())
        parts = (*picture.wires, *picture.pills, *picture.cards)
        known = known or [{} for _ in parts]
        shown = [look.index(1) for look in player.looks]
        assert all(sum(look) == 1 for look in player.looks)
        for part, look, seen in zip(parts, shown, known, strict=True):
            assert seen.setdefault(part, look) == look  # one look for what is drawn alike, and another for the rest
        player.press("ArrowRight")
    assert known is not None
    assert all(len(set(seen.values())) == len(seen) for seen in known)


def test_keys_walk_through_a_replay(qapp: object):
    player = _Player(_replay())
    assert player.texts[1].startswith("step 0 of 16")
    player.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft")
    assert player.texts[1].startswith("step 2 of 16")
    player.press("End", "ArrowRight")
    assert player.texts[1].startswith("step 16 of 16")
    player.press("Home")
    assert player.texts == ("Before the first step", "step 0 of 16")


def test_going_back_shows_what_was_there(qapp: object):
    player = _Player(_replay())
    before = player.looks
    player.press("End", "Home")
    assert player.looks == before


def test_without_script_the_end_of_the_run_is_seen():
    film, _ = _film()
    seen = [look.index(False) for look in _read(_replay()).parts]
    player = _Player(_replay())
    player.press("End")
    assert seen == [look.index(1) for look in player.looks]
    assert film.last == 16


def test_a_replay_of_200_nodes_is_not_much_larger_than_its_drawing():
    graph = random_graph(200, 5)
    values = {name: np.float64(0.3 + 0.1 * i) for i, name in enumerate(graph.leaves())}
    trace = record(graph, values)
    film = Film(Composer(graph, place(*boxes_and_slots(graph, {}), graph.output), {}, trace), trace)
    written = replay(film, trace, positions(film.last, most=100), title="large", formula="L")
    assert len(written) < 2_000_000


# -- safety ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["replay", "report"])
def test_nothing_typed_becomes_an_element_or_runs(kind: str):
    written = _replay(EVIL) if kind == "replay" else _report(notes=EVIL, comments=(EVIL,), samples=EVIL)
    reader = _read(written)
    allowed = {resources.path("pages/replay.js").read_text(encoding="utf-8")}
    given = [attrs.get("type") for tag, attrs in reader.tags if tag == "script"]
    programs = [found for kind_of, found in zip(given, reader.scripts, strict=True) if kind_of is None]
    assert set(programs) <= allowed
    assert "img" not in {tag for tag, _ in reader.tags}
    assert not [name for _, attrs in reader.tags for name in attrs if name.startswith("on")]


@pytest.mark.parametrize("write", [_replay, _report])
def test_a_page_asks_for_nothing_from_elsewhere(write: Callable[[], str]):
    written = write()
    outside = re.findall(r"(?:src|href)=|url\((?!data:)|@import|https?://(?!www\.w3\.org/)", written)
    assert not outside


def test_the_policy_allows_the_style_and_the_script_of_the_page_alone():
    written = _replay()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', written)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    style = re.search(r"<style>(.*?)</style>", written, re.DOTALL)
    for inside in (style[1] if style else "", _read(written).scripts[1]):
        assert f"'sha256-{b64encode(sha256(inside.encode()).digest()).decode()}'" in policy[1]
    assert "script-src 'none'" in _report()


def test_json_in_a_page_can_not_end_its_element():
    assert "<" not in data({"a": EVIL})
    assert json.loads(data({"a": EVIL})) == {"a": EVIL}


def test_text_is_escaped_for_content_and_attributes():
    assert text("<a b=\"c\" d='e'>&\x00") == "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;\ufffd"


def test_mathematics_escapes_what_latex_lets_through():
    found = mathematics(r"\mathrm{<script>} x < 1 & \text{<b>}", "x < 1")
    assert "<script" not in found
    assert "<b>" not in found


def test_latex_that_can_not_be_read_is_shown_as_text():
    assert mathematics(r"\left( x", "(x") == '<span class="gradviz-math">(x</span>'


def test_names_of_functions_are_one_word():
    assert "<mi>softmax</mi>" in mathematics(r"\mathrm{softmax}\left(x\right)", "softmax(x)")


# -- report ---------------------------------------------------------------------------------------


def test_a_report_has_the_numbers_of_the_run():
    written = _report()
    rows = [re.sub(r"<[^>]*>", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", written)]
    assert ["W", "parameter", "number", "2", "36"] in rows
    assert ["b", "parameter", "number", "1", "12"] in rows


def test_a_report_derives_each_parameter_and_no_data():
    titles = re.findall(r"<h3>(.*?)</h3>", _report())
    assert [re.sub(r"<[^>]*>", "", title).replace("&#x02202;", "∂") for title in titles] == ["∂L∂W", "∂L∂b"]


def test_a_report_has_the_curve_of_a_training():
    history = History(np.arange(5), np.array([16.0, 8.0, 4.0, 2.0, 1.0]), np.ones(5))
    written = _report(history=history)
    assert "Loss over the iterations, from 16 to 1" in written
    assert "Loss over the iterations" not in _report()


def test_every_drawing_has_a_name_for_those_who_do_not_see_it():
    drawings = [attrs for tag, attrs in _read(_report()).tags if tag == "svg"]
    assert drawings
    assert all(attrs.get("role") == "img" and attrs.get("aria-label") for attrs in drawings)


# -- chart ----------------------------------------------------------------------------------------


def _heights(drawn: str) -> list[float]:
    curve = re.findall(r'<path d="(M[^"]*)" fill="none"', drawn)[-1]
    return [float(pair.split()[1]) for pair in re.findall(r"[ML]([\d.]+ [\d.]+)", curve)]


def test_a_curve_that_halves_each_time_is_a_straight_line_on_a_logarithmic_axis():
    x = np.arange(12.0)
    heights = _heights(chart(x, {"loss": 0.5**x}, LIGHT, title="t"))
    assert np.diff(heights) == pytest.approx(np.diff(heights).mean(), abs=0.15)


def test_a_curve_over_zero_is_linear():
    x = np.arange(5.0)
    heights = _heights(chart(x, {"loss": x - 2}, LIGHT, title="t"))
    assert np.diff(heights) == pytest.approx(np.diff(heights).mean(), abs=0.15)
    assert heights[0] > heights[-1]


def test_numbers_that_are_not_finite_leave_a_gap():
    drawn = chart(np.arange(4.0), {"loss": np.array([1.0, np.nan, 2.0, np.inf])}, LIGHT, title="t")
    assert "nan" not in drawn
    assert "inf" not in drawn


@pytest.mark.parametrize("y", [np.array([]), np.array([1.0]), np.array([np.nan, np.nan])])
def test_nothing_to_draw_is_no_chart(y: np.ndarray):
    assert chart(np.arange(float(len(y))), {"loss": y}, LIGHT, title="t") == ""


def test_a_flat_curve_is_drawn():
    assert "<path" in chart(np.arange(3.0), {"loss": np.zeros(3)}, LIGHT, title="t")


def test_many_curves_have_a_legend_in_rows_and_differ_in_stroke():
    x = np.arange(10.0)
    drawn = chart(x, {f"the curve of number {k}": x + k for k in range(7)}, LIGHT, title="t")
    rows = re.findall(r'<path d="M([\d.]+) ([\d.]+)h22" (fill[^/]*)/>', drawn)
    assert len(rows) == 7
    assert len({y for _, y, _ in rows}) > 1
    assert len({pen for _, _, pen in rows}) == 7
    assert all(float(place) < 700 for place, _, _ in rows)
    curves = re.findall(r'<path d="(M[^"]*L[^"]*)" fill="none"', drawn)
    highest = min(float(pair.split()[1]) for curve in curves for pair in re.findall(r"[ML]([\d.]+ [\d.]+)", curve))
    assert highest > max(float(y) for _, y, _ in rows)


# -- a real browser, where there is one -----------------------------------------------------------


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here")
def test_a_browser_runs_the_replay_under_its_policy(tmp_path: Path):
    (tmp_path / "run.html").write_text(_replay(), encoding="utf-8")
    assert BROWSER is not None
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run(
        [*command, "--virtual-time-budget=2000", "--dump-dom", (tmp_path / "run.html").as_uri() + "#12"],
        capture_output=True,
        timeout=60,
        check=True,
    )
    shown = done.stdout.decode()
    assert '<h2 id="title">Back from v₃ to v₂</h2>' in shown
    assert "step 12 of 16" in shown
