"""Make the screenshots of the documentation: `python docs/make_images.py`, with gradviz installed.

Runs the tour of the real window, offscreen, and keeps the pictures that the documents show, in few colours so that
they stay small. A picture that no document names is not made, and a name that no station has is an error.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parent
IMAGES = DOCS / "images"
DARK = "dark-"
"""Names that begin so are taken from the tour in the dark theme."""


def main() -> int:
    """Make every picture that README.md and docs/**/*.md show; returns the exit code."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    wanted = shown_images()
    with tempfile.TemporaryDirectory() as folder:
        for theme in ("light", "dark"):
            names = {name for name in wanted if name.startswith(DARK) == (theme == "dark")}
            if names:
                keep(tour_pictures(Path(folder) / theme, theme), names)
    for file in IMAGES.glob("*.png"):
        if file.stem not in wanted:
            file.unlink()
    return 0


def shown_images() -> set[str]:
    """The names of the pictures that the documents show."""
    documents = [DOCS.parent / "README.md", *DOCS.rglob("*.md")]
    return {name for document in documents for name in re.findall(r"images/([\w-]+)\.png", document.read_text("utf-8"))}


def tour_pictures(folder: Path, theme: str) -> dict[str, Path]:
    """The tour's screenshots by the name of their station, without the number in front."""
    from gradviz.ui.tour import tour  # loads Qt, which must know first that there is no display

    return {file.stem.split("-", 1)[1]: file for file in tour(folder, theme)}


def keep(pictures: dict[str, Path], names: set[str]) -> None:
    """Copy these pictures in 256 colours; raises SystemExit for a name that no station has."""
    IMAGES.mkdir(exist_ok=True)
    for name in sorted(names):
        source = pictures.get(name.removeprefix(DARK))
        if source is None:
            raise SystemExit(f"no station of the tour is called {name}; there are {', '.join(pictures)}")
        with Image.open(source) as picture:
            small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
            small.save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
