"""Exit codes, the one exception that ends a command with one of them, and how errors are printed."""

import sys
from collections.abc import Iterable

DONE = 0
NOT_GOOD = 1
"""A check failed, training diverged or a breakpoint was hit."""
BAD_INPUT = 2
FAULT = 70
"""Something that gradviz itself did wrong."""
INTERRUPTED = 130
READER_GONE = 141

_LONGEST = 1000
"""So many characters of a message are shown."""


class Failure(Exception):  # noqa: N818 - it also ends a command that found what it was to look for
    """Ends a command: one line, further lines such as the formula with a caret, and the exit code."""

    def __init__(self, message: str, lines: tuple[str, ...] = (), code: int = BAD_INPUT) -> None:
        super().__init__(message)
        self.message = message
        self.lines = lines
        self.code = code


def report(message: str, lines: Iterable[str] = ()) -> None:
    """Write an error to standard error: one line, then lines such as the formula with a caret."""
    print(f"gradviz: error: {_bounded(one_line(message))}", file=sys.stderr)
    for line in lines:
        print(printable(line), file=sys.stderr)


def note(message: str) -> None:
    """Write something worth knowing to standard error, beside the answer."""
    print(f"gradviz: {one_line(message)}", file=sys.stderr)


def one_line(text: str) -> str:
    """The text on one line."""
    return printable(" ".join(text.splitlines()))


def _bounded(text: str) -> str:
    """The text without its middle where a huge argument is quoted in it."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


def printable(text: str) -> str:
    """The text with its control characters made visible, so that no input can steer the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
