"""`gradviz render`: the graph as a picture, with all its numbers or as it stands after some steps; or all steps.

gradviz render "(x^2)^2" x=2 -o run.pdf --steps all       one page a step
gradviz render "(x^2)^2" x=2 -o run.png --steps 3..7      run-1.png … run-5.png
"""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from gradviz.cli import parser as arguments
from gradviz.cli.documents import subject_input
from gradviz.cli.failure import DONE, Failure, note
from gradviz.cli.files import writable, write
from gradviz.cli.inputs import pointing_into
from gradviz.cli.picturing import film_of, nodes_named, trace_of
from gradviz.core.trace import Trace
from gradviz.export.choice import Choice
from gradviz.export.film import Film, numbered, positions
from gradviz.export.formats import EXPORTERS, LARGEST_FONT, SMALLEST_FONT, Options
from gradviz.export.picture import Picture
from gradviz.export.theme import PICTURE_THEMES
from gradviz.text import numbers
from gradviz.text.plain import plain

WITH_QT = (".png", ".pdf", ".gif", ".mp4")
FILMS = (".gif", ".mp4")
INCH = 96.0
_MOST_FRAMES = 120
_RANGE = re.compile(r"([0-9]{1,9})?\.\.([0-9]{1,9})?")


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    listed = " ".join((*EXPORTERS, *WITH_QT))
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help=f"the picture's file: {listed}")
    moment = parser.add_mutually_exclusive_group()
    moment.add_argument("--step", metavar="N", type=arguments.whole_number, help="show the run after its first N steps")
    moment.add_argument(
        "--steps",
        metavar="A..B",
        help="a picture after each of these steps, or `all`: numbered files, pages of a PDF, or a film",
    )
    parser.add_argument("--theme", choices=tuple(PICTURE_THEMES), default="light", help="the colours (light)")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--scale", metavar="X", type=arguments.number, help="pixels a unit of PNG, GIF and MP4 (2)")
    size.add_argument("--dpi", metavar="N", type=arguments.number, help="the same as dots an inch, such as 300")
    parser.add_argument("--font-size", metavar="PT", type=arguments.number, help="of the cards, in points (12.75)")
    parser.add_argument("--transparent", action="store_true", help="no ground behind the graph")
    parser.add_argument("--no-values", action="store_true", help="without the values")
    parser.add_argument("--no-derivatives", action="store_true", help="without the derivatives")
    parser.add_argument("--no-notes", action="store_true", help="without what is written on the canvas")
    parser.add_argument("--explain", action="store_true", help="write below it what the step does")
    parser.add_argument("--legend", action="store_true", help="write below it what the marks mean")
    parser.add_argument("--only", metavar="NAMES", type=arguments.names, help="these nodes alone, such as x,v1,L")
    parser.add_argument(
        "--unfold", metavar="NAMES", type=arguments.names, help="show uses of these functions from inside, or `all`"
    )
    parser.add_argument("--seconds", metavar="S", type=arguments.number, default=0.8, help="a step of a film (0.8)")


def run(options: argparse.Namespace) -> int:
    """Draw and write; returns the exit code."""
    suffix = Path(options.output).suffix.lower()
    if suffix not in EXPORTERS and suffix not in WITH_QT:
        raise Failure(
            f"{suffix or options.output or 'nothing'} is no picture format; "
            f"give a name that ends in one of {', '.join((*EXPORTERS, *WITH_QT))}, such as run{next(iter(EXPORTERS))}"
        )
    path = writable(options.output)
    _check(options, suffix)
    subject = subject_input(options.formula, options.values)
    with pointing_into(subject.reading):
        trace = trace_of(subject)
    wanted = _positions(options, trace, is_film=suffix in FILMS)
    part = nodes_named(subject, options.only) if options.only else None
    look = Options(PICTURE_THEMES[options.theme], options.transparent, plain(subject.graph), **_font(options))
    pictures = _pictures(film_of(subject, trace, options.unfold or ()), wanted, _choice(options, part))
    _write(path, suffix, pictures, look, options)
    if trace is not None and trace.failure is not None:
        note(f"the run ends at a failure: {trace.failure.message}")
    return DONE


def _check(options: argparse.Namespace, suffix: str) -> None:
    """Refuse what can't be before anything is computed."""
    size = options.font_size
    if size is not None and not SMALLEST_FONT <= size <= LARGEST_FONT:
        raise Failure(f"--font-size is {SMALLEST_FONT:g} to {LARGEST_FONT:g} points, not {size:g}")
    if not 0.02 <= options.seconds <= 60:
        raise Failure(f"--seconds is 0.02 to 60, not {options.seconds:g}")
    for name in ("scale", "dpi"):
        if getattr(options, name) is not None and suffix in (*EXPORTERS, ".pdf"):
            raise Failure(f"--{name} is for pixels; {suffix} has none: choose .png, .gif or .mp4, or --font-size")
    if suffix == ".mp4":
        _prepare_qt()
        from gradviz.ui import video

        if video.encoder() is None:
            raise Failure(video.MISSING)


def _font(options: argparse.Namespace) -> dict[str, float]:
    return {} if options.font_size is None else {"font_size": options.font_size}


def _choice(options: argparse.Namespace, part: frozenset[int] | None) -> Choice:
    return Choice(
        values=not options.no_values,
        derivatives=not options.no_derivatives,
        legend=options.legend,
        explanation=options.explain,
        notes=not options.no_notes,
        part=part,  # type: ignore[arg-type]  # a NodeId is an int
    )


def _positions(options: argparse.Namespace, trace: Trace | None, *, is_film: bool) -> int | list[int] | None:
    """One position (None: the whole run), or a row of them."""
    if trace is None:
        for name in ("step", "steps"):
            if getattr(options, name) is not None:
                raise Failure(f"--{name} needs a run: give the leaves values, such as x=2")
        return None
    last = len(trace.steps)
    if options.steps is None:
        _check_step(options.step, last)
        return positions(last, most=_MOST_FRAMES) if is_film and options.step is None else options.step
    found = _RANGE.fullmatch(options.steps.strip())
    if options.steps.strip() == "all":
        return positions(last)
    if found is None:
        raise Failure(f"--steps is a range such as 0..{last}, or all, not {options.steps or 'nothing'}")
    return positions(last, int(found[1] or 0), int(found[2]) if found[2] else None)


def _check_step(step: int | None, last: int) -> None:
    if step is not None and not 0 <= step <= last:
        raise Failure(f"there is no step {step}; the run has {numbers.plural(last, 'step')}, so N is 0 to {last}")


def _pictures(film: Film, wanted: int | list[int] | None, choice: Choice) -> list[Picture]:
    return list(film.pictures(wanted, choice)) if isinstance(wanted, list) else [film.at(wanted, choice)]


def _write(path: Path, suffix: str, pictures: Sequence[Picture], look: Options, options: argparse.Namespace) -> None:
    """Write one file, or a numbered one for each picture."""
    if options.steps is None or suffix in (*FILMS, ".pdf"):
        write(path, _drawn(pictures, suffix, look, options))
        return
    targets = [writable(str(target)) for target in numbered(path, len(pictures))]
    for target, picture in zip(targets, pictures, strict=True):
        write(target, _drawn([picture], suffix, look, options))
    note(f"wrote {len(targets)} files, {targets[0].name} to {targets[-1].name}")


def _drawn(pictures: Sequence[Picture], suffix: str, look: Options, options: argparse.Namespace) -> bytes:
    if suffix in EXPORTERS:
        return EXPORTERS[suffix].write(pictures[0], look)
    _prepare_qt()
    from gradviz.ui import raster, video

    scale = raster.SCALE
    if options.dpi is not None or options.scale is not None:
        scale = options.scale if options.dpi is None else options.dpi / INCH
    match suffix:
        case ".pdf":
            return raster.pdf_pages(pictures, look)
        case ".gif":
            return raster.gif(pictures, look, scale=scale, seconds=options.seconds)
        case ".mp4":
            return video.mp4(pictures, look, scale=scale, seconds=options.seconds)
        case _:
            return raster.png(pictures[0], look, scale=scale)


def _prepare_qt() -> None:
    """Say in one line what Qt lacks here, and let it draw without a display."""
    from gradviz.ui.preflight import GENERAL, missing_libraries

    if sys.platform != "linux" or "PySide6.QtGui" in sys.modules:
        return
    trouble = missing_libraries(GENERAL)
    if trouble is not None:
        raise Failure(trouble)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
