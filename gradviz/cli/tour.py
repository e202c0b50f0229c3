"""`gradviz tour`: the main job in the real window, with a screenshot of each station."""

import argparse
import os
import re
import sys
from pathlib import Path

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE, Failure
from gradviz.export.theme import THEMES
from gradviz.ui.preflight import GENERAL, missing_libraries

_LEAST, _MOST = 400, 8000


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="the folder for the screenshots")
    parser.add_argument("--theme", choices=tuple(THEMES), default="light", help="the colours (light)")
    parser.add_argument("--size", metavar="1400x900", type=size, default=(1400, 900), help="of the window (1400x900)")


def run(options: argparse.Namespace) -> int:
    """Walk through the window and save what it shows; returns the exit code."""
    folder = Path(options.output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{folder} can't be made a folder: {(error.strerror or str(error)).lower()}") from error
    _prepare_qt()
    from gradviz.ui.tour import tour  # loads Qt

    for file in tour(folder, options.theme, options.size):
        print(file)
    return DONE


def size(text: str) -> tuple[int, int]:
    """Width and height in `1400x900`."""
    match = re.fullmatch(r"(\d{3,4})[x×](\d{3,4})", text.strip())
    if match is None or not all(_LEAST <= int(part) <= _MOST for part in match.groups()):
        raise argparse.ArgumentTypeError(f"write width and height of {_LEAST} to {_MOST}, as in 1400x900, not {text}")
    return int(match[1]), int(match[2])


def _prepare_qt() -> None:
    """Offscreen where there is no display; one line where Qt can't start at all."""
    if sys.platform != "linux":
        return
    trouble = missing_libraries(GENERAL)
    if trouble is not None:
        raise Failure(trouble)
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        # WORKAROUND: without a screen Qt tells at each window that it can't be raised
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")
