"""The guided lecture: its stops, read from resources/lecture/lecture.json. Each is a document with a few words.

Numbers in the words are claims, written {32|grad(x)}: what is read, and what it is. A test computes every one of them
from the stop's own document; people see the number alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import msgspec

from gradviz import resources
from gradviz.project.examples import load_example
from gradviz.project.project import Project, project_from_formula

FILE = "lecture/lecture.json"
_CLAIM = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")


@dataclass(frozen=True, slots=True)
class Claim:
    """A number in the words of a stop, and the question that it answers."""

    shown: str
    asked: str


class Stop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stop. text: paragraphs with claims. math: pairs of LaTeX and plain text. play: what to try there.

    example or formula: its document. position: of the debugger; None shows everything. show: docks to bring forward.
    """

    key: str
    title: str
    text: tuple[str, ...]
    play: str
    math: tuple[tuple[str, str], ...] = ()
    example: str = ""
    formula: str = ""
    position: int | None = None
    show: tuple[str, ...] = ()

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The words as people read them."""
        return tuple(_CLAIM.sub(_number, paragraph) for paragraph in self.text)

    def claims(self) -> Iterator[Claim]:
        """Every number that the words state."""
        for paragraph in self.text:
            for found in _CLAIM.finditer(paragraph):
                yield Claim(found[1], found[2])

    def project(self) -> Project:
        """The stop's document, as it begins."""
        project = load_example(self.example) if self.example else project_from_formula(self.formula)
        return replace(project, position=self.position, title=self.title)


class Lecture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All stops in order."""

    title: str
    stops: tuple[Stop, ...]


@lru_cache(maxsize=1)
def lecture() -> Lecture:
    """The lecture that comes with gradviz."""
    return msgspec.json.decode(resources.path(FILE).read_bytes(), type=Lecture)


def _number(found: re.Match[str]) -> str:
    return found[1].replace("-", "−")
