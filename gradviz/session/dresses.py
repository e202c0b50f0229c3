"""One formula in every dress: typeset, plain text, function notation, LaTeX, and code that runs.

Each dress is a text whose parts are marked with their nodes, so that all views of a node can light up together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from gradviz.core.graph import Graph
from gradviz.core.types import Array
from gradviz.errors import GradvizError
from gradviz.lang.unparse import marked_functions
from gradviz.text.code import DIALECTS, marked_code
from gradviz.text.latex import marked_latex_lines
from gradviz.text.marks import Marked, join
from gradviz.text.plain import marked_plain_lines

LONGEST = 100_000
"""Characters of a dress that are shown; Copy takes all of it."""


@dataclass(frozen=True, slots=True)
class Dress:
    """The formula in one dress. trouble: why there is none, in words; "" when there is one."""

    key: str
    title: str
    text: Marked
    trouble: str = ""
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Wardrobe:
    """All dresses of a formula. latex, plain: its lines, for typesetting and where that can't be."""

    latex: tuple[Marked, ...]
    plain: tuple[Marked, ...]
    dresses: tuple[Dress, ...]


def wardrobe(graph: Graph, values: Mapping[str, Array]) -> Wardrobe:
    """The formula in all dresses, with these values in the code."""
    latex, plain = marked_latex_lines(graph), marked_plain_lines(graph)
    dresses = [
        Dress("plain", "Plain text", join("\n", plain)),
        _dress("functions", "Function notation", partial(marked_functions, graph)),
        Dress("latex", "LaTeX", join("\n", latex)),
    ]
    for key, dialect in DIALECTS.items():
        dresses.append(_dress(key, dialect.title, partial(marked_code, graph, values, key), is_code=True))
    return Wardrobe(latex, plain, tuple(dresses))


def _dress(key: str, title: str, write: Callable[[], Marked], *, is_code: bool = False) -> Dress:
    try:
        return Dress(key, title, write(), is_code=is_code)
    except GradvizError as error:
        return Dress(key, title, Marked(""), error.message, is_code)
