"""`gradviz code`: the graph as a Python file for NumPy, PyTorch or JAX that gives the same value and gradients."""

import argparse

from gradviz.cli import parser as arguments
from gradviz.cli.documents import subject_input
from gradviz.cli.failure import DONE
from gradviz.cli.files import writable, write
from gradviz.cli.inputs import pointing_into
from gradviz.text.code import DIALECTS, code


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    parser.add_argument("--dialect", choices=tuple(DIALECTS), default="numpy", help="the library (numpy)")
    parser.add_argument("-o", "--output", metavar="OUT", help="the Python file to write, instead of standard output")


def run(options: argparse.Namespace) -> int:
    """Write the code; returns the exit code."""
    path = writable(options.output) if options.output is not None else None
    subject = subject_input(options.formula, options.values)
    with pointing_into(subject.reading):
        text = code(subject.graph, subject.values, options.dialect)
    if path is None:
        print(text, end="")
    else:
        write(path, text.encode())
    return DONE
