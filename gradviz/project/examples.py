"""The examples: the lecture's own, each a document in resources/examples that is one click away.

A file's name begins with its place in the list: `1-square.gradviz` is the example "square", shown first.
"""

from dataclasses import dataclass
from functools import lru_cache

from gradviz import resources
from gradviz.data.names import did_you_mean
from gradviz.errors import DocumentError
from gradviz.project import files
from gradviz.project.project import Project

FOLDER = "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """An example's key (as in `gradviz examples square`), its title, one sentence, and its formula."""

    key: str
    title: str
    sentence: str
    formula: str


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """All examples in the order in which they are shown."""
    found = []
    for key in _files():
        project = load_example(key)
        found.append(Example(key, project.title, project.notes.partition("\n")[0], project.formula))
    return tuple(found)


def load_example(key: str) -> Project:
    """The project of an example; raises DocumentError, with the nearest key, for one that there isn't."""
    known = _files()
    if key not in known:
        raise DocumentError(f"there is no example {key}{did_you_mean(key, known)}")
    return files.load(resources.path(f"{FOLDER}/{known[key]}{files.SUFFIX}"))


def _files() -> dict[str, str]:
    """The file of each example by its key, in order."""
    names = resources.names(FOLDER, files.SUFFIX)
    ordered = sorted(names, key=lambda name: int(name.partition("-")[0]))
    return {name.partition("-")[2]: name for name in ordered}
