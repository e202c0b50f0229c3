"""The table of commands. A command's module is imported when it is run, so that `gradviz --help` stays quick."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from gradviz.cli.parser import Parser

COMMANDS = {
    "eval": ("evaluate", "value and gradients, with every node and edge"),
    "trace": ("trace", "every step of the debugger with its explanation"),
    "derive": ("derive", "the chain rule line by line, the closed form and its value"),
    "check": ("check", "each leaf's gradient against differences of the value"),
    "hessian": ("hessian", "the second derivatives of a small problem, and how it bends"),
    "flow": ("flow", "where the gradient goes: nodes by |adjoint|, and the sum over all paths to a leaf"),
    "lab": ("lab", "the laboratories: order of the backward pass, forgotten zeros, forward beside reverse mode"),
    "code": ("code", "the graph as Python that runs: NumPy, PyTorch or JAX, with value and gradients"),
    "render": ("render", "the graph as a picture: SVG, PNG, PDF, DOT, TikZ or a film of all steps"),
    "report": ("handout", "a web page to hand in, or with --replay one that walks through the steps"),
    "train": ("train", "gradient descent, on data or on the formula itself"),
    "debug": ("debug", "run or train until a condition holds, such as nan or abs(h) > 10"),
    "rates": ("rates", "the learning-rate lab: several rates from one start, and the limit that theory gives"),
    "sweep": ("sweep", "every combination of rates, optimizers and seeds, here or on a cluster"),
    "examples": ("examples", "the lecture's examples, as a list or one as a document"),
    "tour": ("tour", "the main job in the real window, with a screenshot of each station"),
}
"""For each command its module in gradviz.cli and its summary."""


class Command(Protocol):
    """What a command's module offers."""

    def configure(self, parser: Parser) -> None:
        """Add the command's arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it; returns the exit code."""


def run(name: str, argv: Sequence[str]) -> int:
    """Run the command of that name."""
    module, summary = COMMANDS[name]
    command = cast(Command, import_module(f"gradviz.cli.{module}"))
    parser = Parser(f"gradviz {name}", f"{summary[:1].upper()}{summary[1:]}.")
    command.configure(parser)
    return command.run(parser.parsed(argv))
