"""`gradviz examples`: the list, or one example as a document on standard output."""

import argparse

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE
from gradviz.cli.output import print_table
from gradviz.project.examples import examples, load_example
from gradviz.project.format import encode


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="write this example as a document, for > FILE.gradviz")


def run(options: argparse.Namespace) -> int:
    """Print the list or the example; returns the exit code."""
    if options.name is not None:
        print(encode(load_example(options.name)), end="")
        return DONE
    print_table(
        ("name", "title", "formula"),
        [(example.key, example.title, "; ".join(example.formula.splitlines())) for example in examples()],
    )
    return DONE
