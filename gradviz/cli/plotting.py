"""`--plot`: the loss over the iterations as a picture, for those commands that descend."""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from gradviz.cli import parser as arguments
from gradviz.cli.failure import Failure, note
from gradviz.cli.files import writable, write
from gradviz.core.types import Array
from gradviz.export.chart import chart_file
from gradviz.export.theme import PICTURE_THEMES
from gradviz.train.history import History


def add_plot(parser: arguments.Parser) -> None:
    """Add the options of the plot."""
    parser.add_argument("--plot", metavar="loss.svg", help="draw the loss over the iterations there, as SVG")
    parser.add_argument("--theme", choices=tuple(PICTURE_THEMES), default="light", help="the plot's colours (light)")


def plot_path(options: argparse.Namespace) -> Path | None:
    """Where the plot is to be written, None where none is wanted; a Failure for a place where it can't be."""
    if options.plot is None:
        return None
    path = writable(options.plot)
    if path.suffix.lower() != ".svg":
        raise Failure(f"--plot writes .svg, not {path.suffix or 'a file without an ending'}: name it {path.stem}.svg")
    return path


def curves_of(history: History) -> dict[str, Array]:
    """The loss, and that on the samples kept out where it was measured."""
    found = {"loss": history.loss}
    if np.isfinite(history.validation).any():
        found["validation"] = history.validation
    return found


def side_by_side(histories: Mapping[str, History]) -> tuple[Array, dict[str, Array]]:
    """Several losses over the same iterations; where one has ended or was thinned otherwise, it has a gap."""
    longest = max(histories.values(), key=len)
    losses = {}
    for name, history in histories.items():
        losses[name] = np.full(len(longest), np.nan)
        _, here, there = np.intersect1d(longest.iteration, history.iteration, return_indices=True)
        losses[name][here] = history.loss[there]
    return longest.iteration.astype(np.float64), losses


def plot(path: Path, options: argparse.Namespace, x: Array, curves: Mapping[str, Array], title: str) -> None:
    """Write the plot."""
    drawn = chart_file(x, curves, PICTURE_THEMES[options.theme], title=title)
    if drawn:
        write(path, drawn.encode())
    else:
        note(f"{path} was not written: a plot takes two iterations with finite losses")
