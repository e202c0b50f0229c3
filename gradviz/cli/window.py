"""`gradviz [FILE …]`: the window, one a file; also `gradviz --help` and `gradviz --version`."""

import os
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path

from gradviz.cli import desktop
from gradviz.cli.commands import COMMANDS
from gradviz.cli.failure import Failure
from gradviz.cli.parser import Parser
from gradviz.ui.preflight import trouble


def run(argv: Sequence[str]) -> int:
    """Open a window for each document or formula that is named, else one; returns the exit code."""
    if argv and not argv[0].startswith("-"):
        _check_file(argv[0])  # before argparse complains about the arguments of a mistyped command
    options = _parser().parsed(argv)
    if options.install_desktop:
        return desktop.install()
    if options.remove_desktop:
        return desktop.remove()
    for name in options.files:
        _check_file(name)
    found = trouble()
    if found is not None:
        raise Failure(found)
    # several threads of OpenBLAS spin while they wait and starve the window: digits train 10 times as fast with one
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from gradviz.ui import app  # loads Qt

    return app.run(["gradviz", *options.files])


def _check_file(name: str) -> None:
    if not (Path(name).is_file() or _is_formula(name)):
        raise Failure(_no_such_file(name))


def _is_formula(text: str) -> bool:
    """True for text that can't be meant as a file or a command."""
    return any(mark in text for mark in "^+*(=") and not text.endswith(".gradviz")


def _parser() -> Parser:
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {summary}" for name, (_, summary) in COMMANDS.items())
    parser = Parser(
        "gradviz",
        "The debugger for computation graphs: see, step through and train what back-propagation does.",
        epilog=f"commands that need no window:\n{listed}\n\ngradviz COMMAND --help says more about one.",
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="*", help=".gradviz files or formulas to open, each in a window of its own"
    )
    parser.add_argument(
        "--install-desktop",
        action="store_true",
        help="put gradviz in the menus (Linux) and open .gradviz files with it",
    )
    parser.add_argument("--remove-desktop", action="store_true", help="take it out of the menus again")
    parser.add_argument("--version", action="version", version=f"gradviz {version('gradviz')}")
    return parser


def _no_such_file(name: str) -> str:
    near = get_close_matches(name, COMMANDS, n=1)
    if near:
        return f"there is no command and no file {name}; did you mean gradviz {near[0]}?"
    return f"there is no file {name}; gradviz --help lists the commands"
