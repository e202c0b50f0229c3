"""`gradviz report`: a document or formula as a web page to hand in, or as a replay to walk through in a browser.

gradviz report homework.gradviz -o homework.html
gradviz report "(x^2)^2" x=2 --replay -o run.html
"""

import argparse
from dataclasses import replace
from pathlib import Path

from gradviz.cli import parser as arguments
from gradviz.cli.documents import Subject, subject_input
from gradviz.cli.failure import DONE, Failure, note
from gradviz.cli.files import writable, write
from gradviz.cli.inputs import pointing_into
from gradviz.cli.picturing import film_of, trace_of
from gradviz.core.trace import Trace
from gradviz.export.choice import Choice
from gradviz.export.film import Film, positions
from gradviz.export.replay import MOST_POSITIONS, replay
from gradviz.export.report import Report, formula_html
from gradviz.text.plain import plain

SUFFIXES = (".html", ".htm")


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="the page's file: .html")
    parser.add_argument("--replay", action="store_true", help="a page that walks through the steps, for any browser")
    parser.add_argument("--title", metavar="TEXT", help="the page's title (the document's, or the formula)")


def run(options: argparse.Namespace) -> int:
    """Write the page; returns the exit code."""
    if Path(options.output).suffix.lower() not in SUFFIXES:
        raise Failure(f"{options.output or 'nothing'} is no web page; give a name that ends in .html, such as run.html")
    path = writable(options.output)
    subject = subject_input(options.formula, options.values)
    with pointing_into(subject.reading):
        trace = trace_of(subject)
    title = options.title or _title(subject, options.formula)
    film = film_of(subject, trace)
    written = _replay(subject, trace, film, title) if options.replay else _report(subject, trace, film, title)
    write(path, written.encode())
    note(f"wrote {path.name}, {len(written.encode()) / 1000:.0f} kB")
    if trace is not None and trace.failure is not None:
        note(f"the run ends at a failure: {trace.failure.message}")
    return DONE


def _title(subject: Subject, argument: str) -> str:
    """Of a document its title or its file's name, else the formula."""
    return plain(subject.graph) if subject.project is None else subject.project.title or Path(argument).stem


def _replay(subject: Subject, trace: Trace | None, film: Film, title: str) -> str:
    if trace is None:
        raise Failure("a replay needs a run: give the leaves values, such as x=2")
    places = positions(film.last, most=MOST_POSITIONS)
    return replay(film, trace, places, title=title, formula=formula_html(subject.graph))


def _report(subject: Subject, trace: Trace | None, film: Film, title: str) -> str:
    project = subject.project
    report = Report(title, subject.reading.text, subject.graph, film.at(None, Choice()), subject.roles, trace)
    if project is not None:
        trained = project.trained
        report = replace(
            report,
            notes=project.notes,
            comments=tuple(comment.text for comment in project.comments),
            settings=project.training,
            iteration=trained.shown if trained is not None else None,
            history=trained.history if trained is not None else None,
        )
    return report.written()
