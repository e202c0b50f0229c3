"""Arguments as people type them: formulas that begin with a minus, options and values in any order.

gradviz eval "-log(x)" x=2 --json y=[1,2]
"""

import argparse
import math
import re
from collections.abc import Sequence
from typing import NoReturn

from gradviz.cli.failure import Failure
from gradviz.lang.names import canonical
from gradviz.lang.reading import shortened

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*(?:e[+-]?[0-9]+)?|\.[0-9]+(?:e[+-]?[0-9]+)?|inf|nan)", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_LONG = re.compile(r"[+-]?[0-9]{19,}")
"""Python's own int and float also accept 1_000 and the digits of other scripts."""


class Parser(argparse.ArgumentParser):
    """argparse, with errors of one line and formulas such as `-x^2` taken as formulas."""

    def __init__(self, prog: str, description: str, *, epilog: str | None = None) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    def error(self, message: str) -> NoReturn:
        """End the command with the message as its error."""
        message = message.removeprefix("argument ")
        raise Failure(f"{message}; see {self.prog} --help")

    def parsed(self, argv: Sequence[str]) -> argparse.Namespace:
        """The options of these arguments, in any order."""
        cut = argv.index("--") if "--" in argv else len(argv)
        shielded = [self._shielded(argument) for argument in argv[:cut]]
        return self.parse_intermixed_args([*shielded, *(f" {argument}" for argument in argv[cut + 1 :])])

    def _shielded(self, argument: str) -> str:
        """A formula that begins with a minus gets a blank before it, which argparse takes as no option."""
        is_formula = argument.startswith("-") and argument != "-" and not argument.startswith("--")
        return f" {argument}" if is_formula and argument not in self._option_string_actions else argument


def names(text: str) -> tuple[str, ...]:
    """The names in `W,b`."""
    found = tuple(canonical(name.strip()) for name in text.split(",") if name.strip())
    if not found:
        raise argparse.ArgumentTypeError("name at least one, as in W,b")
    return found


def name(text: str) -> str:
    """The one name in the text, in the spelling that it has inside: θ is theta."""
    if not text.strip():
        raise argparse.ArgumentTypeError("give a name, such as W")
    return canonical(text.strip())


def number(text: str) -> float:
    """The number in the text."""
    if not _NUMBER.fullmatch(text.strip()):
        raise argparse.ArgumentTypeError(f"write a number such as 0.1, not {shortened(text) or 'nothing'}")
    return float(text)


def whole_number(text: str) -> int:
    """The whole number in the text."""
    if not _WHOLE.fullmatch(text.strip()):
        length = " of at most 18 digits," if _LONG.fullmatch(text.strip()) else ""
        raise argparse.ArgumentTypeError(f"write a whole number{length} such as 10, not {shortened(text) or 'nothing'}")
    return int(text)


def decimals(text: str) -> tuple[float, ...]:
    """The numbers in `.05,.2,1.1`."""
    try:
        return tuple(number(part) for part in text.split(","))
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(
            f"write numbers separated by commas, such as .05,.2,1.1, not {shortened(text) or 'nothing'}"
        ) from None


def rates(text: str) -> tuple[float, ...]:
    """The learning rates in `.05,.2,1.1`; finite ones, for they are to be compared."""
    found = decimals(text)
    for rate in found:
        if not math.isfinite(rate):
            raise argparse.ArgumentTypeError(f"{rate} is no learning rate")
    return found


def whole_numbers(text: str) -> Sequence[int]:
    """The numbers in `0,1,2` or `0..9`; a range stays one, for it may be as long as it likes."""
    first, dots, last = text.partition("..")
    try:
        found: Sequence[int] = tuple(map(whole_number, (first, last) if dots else text.split(",")))
    except argparse.ArgumentTypeError:
        found = ()
    if dots and found:
        found = range(found[0], found[1] + 1)
    if not found:
        raise argparse.ArgumentTypeError(
            f"write whole numbers such as 0,1,2 or 0..9, not {shortened(text) or 'nothing'}"
        )
    return found


def add_formula(parser: Parser, *, or_file: bool = False) -> None:
    """Add EXPR (or EXPR|FILE) and the values `name=value`."""
    what = "a formula, a .gradviz file, or - to read a formula from standard input"
    parser.add_argument(
        "formula",
        metavar="EXPR|FILE" if or_file else "EXPR",
        help=what if or_file else "a formula, or - to read it from standard input",
    )
    parser.add_argument(
        "values", metavar="name=value", nargs="*", default=[], help="values of leaves in JSON: x=2 W=[[1,2],[3,4]]"
    )


def add_json(parser: Parser) -> None:
    """Add --json."""
    parser.add_argument("--json", action="store_true", help="answer in JSON")
