"""Make the screenshots of the documentation: `python docs/make_images.py`, with gradviz installed.

Runs the tour of the real window, offscreen, and keeps the pictures that the documents show, in few colours so that
they stay small. A picture that no document names is not made, and a name that no station has is an error.

Whether a picture is out of date can't be told from pixels, for fonts and rounding differ between machines. So
images/manifest.json keeps of each picture

    file     the hash of the file as it was made: it was not changed by hand or forgotten
    colours  the hash of the theme's colours and fonts
    texts    all that could be read in the window at that station, without the numbers (gradviz/ui/seen.py)

The first two are looked at by an ordinary test. The third needs a tour, which CI takes anyway:

    gradviz tour -o DIR && python docs/make_images.py --check DIR

A button that got another name, a panel that came or went, a tour that takes another way: each changes the texts. What
moves without changing a word (a margin, an icon) is not noticed.
"""

import argparse
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from gradviz.export.theme import DARK as DARK_THEME
from gradviz.export.theme import LIGHT as LIGHT_THEME

DOCS = Path(__file__).parent
IMAGES = DOCS / "images"
MANIFEST = IMAGES / "manifest.json"
PASSING = {"computing …"}
"""What stands for a moment in place of another text, while a worker is busy."""
LATE = {"loss # (strong colour) to #"}
"""What a worker may have brought or not at the moment of the screenshot; it is neither missed nor noticed."""
DARK = "dark-"
"""Names that begin so are taken from the tour in the dark theme."""


def main(arguments: Iterable[str] | None = None) -> int:
    """Make every picture that README.md and docs/**/*.md show, or check them; returns the exit code."""
    parser = argparse.ArgumentParser(description="Make the screenshots of the documentation.")
    parser.add_argument("--check", metavar="DIR", type=Path, help="hold the pictures against a tour saved there")
    options = parser.parse_args(None if arguments is None else list(arguments))
    if options.check is None:
        make()
        return 0
    found = [*trouble_with_files(), *trouble_with_texts(options.check)]
    print("\n".join(found) or f"{len(shown_images())} pictures are up to date")
    return 1 if found else 0


def make() -> None:
    """Make every picture and the manifest anew."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    wanted = shown_images()
    manifest: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for theme in ("light", "dark"):
            names = {name for name in wanted if name.startswith(DARK) == (theme == "dark")}
            if names:
                taken = Path(folder) / theme
                keep(tour_pictures(taken, theme, names), names)
                manifest |= {name: record(name, texts_in(taken)[name.removeprefix(DARK)]) for name in names}
    for file in IMAGES.glob("*.png"):
        if file.stem not in wanted:
            file.unlink()
    MANIFEST.write_text(json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def shown_images() -> set[str]:
    """The names of the pictures that the documents show."""
    documents = [DOCS.parent / "README.md", *DOCS.rglob("*.md")]
    return {name for document in documents for name in re.findall(r"images/([\w-]+)\.png", document.read_text("utf-8"))}


def tour_pictures(folder: Path, theme: str, names: set[str]) -> dict[str, Path]:
    """The tour's screenshots, as far as it is wanted, by the name of their station without the number in front."""
    stations = {name.removeprefix(DARK) for name in names}
    from gradviz.ui.tour import tour  # loads Qt, which must know first that there is no display

    return {file.stem.split("-", 1)[1]: file for file in tour(folder, theme, until=stations)}


def texts_in(folder: Path) -> Mapping[str, list[str]]:
    """What each screenshot of a tour shows."""
    found: Mapping[str, list[str]] = json.loads((folder / "contents.json").read_text("utf-8"))
    return found


def keep(pictures: Mapping[str, Path], names: set[str]) -> None:
    """Copy these pictures in 256 colours; raises SystemExit for a name that no station has."""
    IMAGES.mkdir(exist_ok=True)
    for name in sorted(names):
        source = pictures.get(name.removeprefix(DARK))
        if source is None:
            raise SystemExit(f"no station of the tour is called {name}; there are {', '.join(pictures)}")
        with Image.open(source) as picture:
            small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
            small.save(IMAGES / f"{name}.png", optimize=True)


def record(name: str, texts: list[str]) -> dict[str, Any]:
    """What the manifest keeps of a picture that was made just now."""
    return {"file": _hash_of(file_of(name).read_bytes()), "colours": colours_of(name), "texts": texts}


def file_of(name: str) -> Path:
    """Where a picture stands."""
    return IMAGES / f"{name}.png"


def colours_of(name: str) -> str:
    """The hash of the colours in which a picture is drawn."""
    theme = DARK_THEME if name.startswith(DARK) else LIGHT_THEME
    return _hash_of(repr(sorted(theme.tokens.items())).encode())


def trouble_with_files() -> list[str]:
    """What is wrong with the pictures without looking at the window: missing, changed by hand, other colours."""
    manifest, wanted = json.loads(MANIFEST.read_text("utf-8")), shown_images()
    there = {file.stem for file in IMAGES.glob("*.png")}
    remedy = "run python docs/make_images.py"
    found = [f"{name}.png is shown but was never made: {remedy}" for name in sorted(wanted - (there & set(manifest)))]
    found += [f"{name}.png is shown nowhere: {remedy}" for name in sorted((there | set(manifest)) - wanted)]
    for name in sorted(wanted & there & set(manifest)):
        if manifest[name]["file"] != _hash_of(file_of(name).read_bytes()):
            found.append(f"{name}.png is not the file that was made: {remedy}")
        elif manifest[name]["colours"] != colours_of(name):
            found.append(f"{name}.png has other colours than the window: {remedy}")
    return found


def trouble_with_texts(folder: Path) -> list[str]:
    """Which pictures show another window than a tour that was just taken."""
    manifest, now = json.loads(MANIFEST.read_text("utf-8")), texts_in(folder)
    found = []
    for name, kept in sorted(manifest.items()):
        station = name.removeprefix(DARK)
        if station not in now:
            found.append(f"{name}.png shows a station that the tour no longer has")
            continue
        gone = set(kept["texts"]) - set(now[station]) - LATE
        come = set(now[station]) - set(kept["texts"]) - LATE
        is_passing = come <= PASSING and len(gone) <= len(come)
        if (gone or come) and not is_passing:
            told = [f"no longer: {_some(gone)}"] * bool(gone) + [f"new: {_some(come)}"] * bool(come)
            found.append(f"{name}.png is out of date: run python docs/make_images.py ({'; '.join(told)})")
    return found


def _some(texts: set[str]) -> str:
    shown = sorted(texts)[:3]
    return ", ".join(repr(text[:60]) for text in shown) + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")


def _hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
