"""`gradviz render`: the graph as a picture, with all its numbers or as it stands after some steps."""

import argparse
import os
import sys
from pathlib import Path

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE, Failure, note
from gradviz.cli.files import writable, write
from gradviz.cli.inputs import Subject, pointing_into, subject_input
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.errors import LayoutError
from gradviz.export.cards import boxes_and_slots
from gradviz.export.formats import EXPORTERS, Options
from gradviz.export.picture import Picture, compose
from gradviz.export.theme import THEMES
from gradviz.layout.dot import place
from gradviz.layout.engine import find_engine
from gradviz.layout.types import Placement
from gradviz.text.plain import plain

WITH_QT = (".png", ".pdf", ".gif")
_MOST_FRAMES = 120


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    listed = " ".join((*EXPORTERS, *WITH_QT))
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help=f"the picture's file: {listed}")
    parser.add_argument("--step", metavar="N", type=arguments.whole_number, help="show the run after its first N steps")
    parser.add_argument("--theme", choices=tuple(THEMES), default="light", help="the colours (light)")


def run(options: argparse.Namespace) -> int:
    """Draw and write; returns the exit code."""
    suffix = Path(options.output).suffix.lower()
    if suffix not in EXPORTERS and suffix not in WITH_QT:
        raise Failure(f"{suffix or options.output} is no picture format; choose {', '.join((*EXPORTERS, *WITH_QT))}")
    path = writable(options.output)
    subject = subject_input(options.formula, options.values)
    with pointing_into(subject.reading):
        trace = _trace(subject)
    _check_step(options.step, trace)
    chosen = Options(THEMES[options.theme], title=plain(subject.graph))
    pictures = _pictures(subject, trace, options.step, is_film=suffix == ".gif")
    write(path, _drawn(pictures, suffix, chosen))
    if trace is not None and trace.failure is not None:
        note(f"the run ends at a failure: {trace.failure.message}")
    return DONE


def _trace(subject: Subject) -> Trace | None:
    """The run; None when no leaf has a value, and then the graph alone is drawn."""
    known = {**subject.graph.defaults, **subject.values}
    return record(subject.graph, subject.values) if known or not subject.graph.leaves() else None


def _check_step(step: int | None, trace: Trace | None) -> None:
    if step is None:
        return
    if trace is None:
        raise Failure("--step needs a run: give the leaves values, such as x=2")
    if not 0 <= step <= len(trace.steps):
        raise Failure(f"there is no step {step}; the run has {len(trace.steps)} steps, so N is 0 to {len(trace.steps)}")


def _pictures(subject: Subject, trace: Trace | None, step: int | None, *, is_film: bool) -> list[Picture]:
    """One picture, or for a film one after each step (evenly fewer when there are many)."""
    placement = _placement(subject)
    positions: list[int | None] = [step]
    if is_film and step is None and trace is not None:
        stride = -(-(len(trace.steps) + 1) // _MOST_FRAMES)
        positions = [*range(0, len(trace.steps), stride), len(trace.steps)]
    shows_numbers = trace is not None
    return [
        compose(
            subject.graph,
            placement,
            subject.roles,
            trace,
            position,
            values=shows_numbers,
            derivatives=shows_numbers,
        )
        for position in positions
    ]


def _placement(subject: Subject) -> Placement:
    boxes, slots = boxes_and_slots(subject.graph, subject.roles)
    try:
        engine = find_engine()
    except LayoutError as error:
        note(f"{error.message}; placed without it")
        engine = None
    return place(boxes, slots, subject.graph.output, engine=engine)


def _drawn(pictures: list[Picture], suffix: str, options: Options) -> bytes:
    if suffix in EXPORTERS:
        return EXPORTERS[suffix].write(pictures[0], options)
    _prepare_qt()
    from gradviz.ui import raster

    if len(pictures) > 1:
        return raster.gif(pictures, options)
    return raster.RASTER_EXPORTERS[suffix].write(pictures[0], options)


def _prepare_qt() -> None:
    """Say in one line what Qt lacks here, and let it draw without a display."""
    from gradviz.ui.preflight import GENERAL, missing_libraries

    if sys.platform != "linux" or "PySide6.QtGui" in sys.modules:
        return
    trouble = missing_libraries(GENERAL)
    if trouble is not None:
        raise Failure(trouble)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
