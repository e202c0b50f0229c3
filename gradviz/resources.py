"""Where the files that come with gradviz are: fonts, icons, examples, data sets.

In a checkout they stand in `resources/` beside the package; the wheel carries them inside it.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_PLACES = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")


def path(name: str) -> Path:
    """The path of a resource such as "fonts/Inter-Regular.otf"; raises FileNotFoundError when it is missing."""
    for place in _PLACES:
        found = place / name
        if found.exists():
            return found
    raise FileNotFoundError(f"gradviz was installed without its file {name}; install it again")


def names(folder: str, suffix: str) -> tuple[str, ...]:
    """The sorted names, without the suffix, of the files in a resource folder that end in it (such as ".csv")."""
    return tuple(sorted(file.stem for file in path(folder).iterdir() if file.name.endswith(suffix)))
