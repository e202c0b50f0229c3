"""A run as a web page to walk through: one drawing that holds every look of every part, and what changes each step.

    part 7:  [ not yet ] [ current ] [ done ]        step 4: part 7 shows look 1, part 3 shows look 2, …

A part has two or three looks, so the page grows with the graph, not with graph times steps.
"""

from collections.abc import Hashable, Sequence

from gradviz.core.trace import StepKind, Trace
from gradviz.export.choice import Choice
from gradviz.export.film import Film
from gradviz.export.html import INKS, data, page, text
from gradviz.export.picture import Card, Picture, Pill, State, Wire
from gradviz.export.svg import around, part_svg

MOST_POSITIONS = 3000
_PHASES = {
    StepKind.EVALUATE: "forward",
    StepKind.SEED: "seed",
    StepKind.CONTRIBUTE: "backward",
    StepKind.UPDATE: "update",
    StepKind.FAIL: "failure",
}
_CONTROLS = """<div id="controls" class="off" role="group" aria-label="Steps">
<button id="start" type="button" aria-label="To the start" title="Home">|◀</button>
<button id="back" type="button" title="Arrow left">◀ Back</button>
<button id="next" type="button" class="primary" title="Arrow right">Step ▶</button>
<button id="end" type="button" aria-label="To the end" title="End">▶|</button>
<button id="play" type="button" aria-pressed="false" title="Space">Play</button>
<input id="slider" type="range" min="0" value="0" step="1" aria-label="Step">
<span id="place"></span>
<button id="size" type="button" aria-pressed="false" title="As large as in the window">1:1</button>
</div>"""


_Part = Card | Wire | Pill


class _Looks:
    """All looks of all parts, numbered as they are met; a part is a card, a wire or a pill of an edge."""

    def __init__(self, picture: Picture) -> None:
        parts = _parts(picture)
        self.keys = {_key(part): number for number, part in enumerate(parts)}
        self._numbers: list[dict[_Part, int]] = [{} for _ in parts]

    def at(self, picture: Picture) -> list[int]:
        """For each part the number of its look in this picture; −1 where it isn't in it."""
        found = [-1] * len(self.keys)
        for part in _parts(picture):
            number = self.keys[_key(part)]
            known = self._numbers[number]
            found[number] = known.setdefault(part, len(known))
        return found

    def drawn(self, shown: Sequence[int]) -> str:
        """The drawing with all looks; those in `shown` are seen as long as no script runs."""
        return "\n".join(
            f'<g class="part">{"".join(_look(part, look == shown[n]) for part, look in known.items())}</g>'
            for n, known in enumerate(self._numbers)
        )


def replay(film: Film, trace: Trace, positions: Sequence[int], *, title: str, formula: str) -> str:
    """The page. positions: of the run, the first of them its start. formula: HTML of the formula."""
    whole = film.at(None, Choice())
    looks = _Looks(whole)
    rows = [looks.at(film.at(position, Choice())) for position in positions]
    steps = [_step(film, trace, position, looks, rows[max(i - 1, 0)], rows[i]) for i, position in enumerate(positions)]
    told = film.told(positions[-1])
    drawing = around(whole, looks.drawn(rows[-1]), INKS, title=f"Computation graph of {title}")
    body = (
        f"<header><h1>{formula}</h1></header>\n"
        f'<div id="stage">{drawing}</div>\n'
        f'<div id="told" class="box" aria-live="polite"><h2 id="title">{text(told.title if told else "")}</h2>'
        f'<p id="sentence" class="quiet">{text(told.sentence if told else "")}</p><div id="lines" class="lines"></div>'
        f"</div>\n{_CONTROLS}\n<noscript><p class='quiet'>The end of the run is shown; the steps need JavaScript."
        "</p></noscript>"
    )
    values = data({"first": rows[0], "steps": steps, "places": list(positions)})
    return page(f"{title} · step by step", body, styles=("replay.css",), script="replay.js", values=values)


def _step(
    film: Film, trace: Trace, position: int, looks: _Looks, before: Sequence[int], after: Sequence[int]
) -> dict[str, object]:
    told = film.told(position)
    step = trace.steps[position - 1] if position else None
    changes = [n for part, (old, new) in enumerate(zip(before, after, strict=True)) if old != new for n in (part, new)]
    return {
        "title": told.title if told is not None else "",
        "sentence": told.sentence if told is not None else "",
        "lines": [line.plain for line in told.equations] if told is not None else [],
        "phase": _PHASES[step.kind] if step is not None else "",
        "changes": changes,
        "focus": looks.keys.get(("card", step.node), -1) if step is not None else -1,
    }


def _parts(picture: Picture) -> tuple[_Part, ...]:
    """Back to front."""
    return (*picture.wires, *picture.pills, *picture.cards)


def _key(part: _Part) -> Hashable:
    match part:
        case Card():
            return "card", part.node
        case Wire():
            return "wire", part.edge
        case Pill():
            return "pill", part.edge, part.kind


def _look(part: _Part, is_shown: bool) -> str:
    state = {State.CURRENT: "current", State.FAILED: "failed"}.get(part.state, "")
    names = " ".join(filter(None, (state, "" if is_shown else "off")))
    return f'<g class="{names}">{part_svg(part, INKS)}</g>' if names else f"<g>{part_svg(part, INKS)}</g>"
