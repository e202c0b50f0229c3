"""Where the files that come with gradviz are: fonts, icons, examples, data sets.

In a checkout they stand in `resources/` beside the package; the wheel carries them inside it.
"""

from pathlib import Path

_PLACES = (Path(__file__).parent / "resources_data", Path(__file__).parent.parent / "resources")


def path(name: str) -> Path:
    """The path of a resource such as "fonts/Inter-Regular.otf"; raises FileNotFoundError when it is missing."""
    for place in _PLACES:
        found = place / name
        if found.exists():
            return found
    raise FileNotFoundError(f"gradviz was installed without its file {name}; install it again")
