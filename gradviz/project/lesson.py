"""Teacher mode: what a document hides from whoever opens it, until a teacher lifts it.

It is no lock. It keeps the answer out of sight, says that it does, and offers to show it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gradviz.data.names import did_you_mean
from gradviz.errors import DocumentError
from gradviz.project.project import Command, Project


@dataclass(frozen=True, slots=True)
class Part:
    """Something that can be hidden: its title, and the heading that it stands under."""

    title: str
    heading: str


PANELS, CONTROLS, NUMBERS = "Panels", "Controls", "Numbers"

PARTS: Mapping[str, Part] = {
    "values": Part("the values on the graph", NUMBERS),
    "derivatives": Part("the derivatives on the graph", NUMBERS),
    "build": Part("palette and leaves", PANELS),
    "explain": Part("explanation and inspector", PANELS),
    "loss": Part("loss", PANELS),
    "fit": Part("data and fit", PANELS),
    "rates": Part("learning-rate lab", PANELS),
    "surface": Part("loss surface", PANELS),
    "sweep": Part("sweep", PANELS),
    "debug": Part("breakpoints and watches", PANELS),
    "toolbar": Part("toolbar", CONTROLS),
    "formula": Part("formula bar", CONTROLS),
    "timeline": Part("timeline", CONTROLS),
    "train": Part("training", CONTROLS),
    "labs": Part("laboratories", CONTROLS),
    "export": Part("pictures and code", CONTROLS),
}
"""All that can be hidden, by the key that stands in the file."""


def set_lesson(hidden: Iterable[str]) -> Command:
    """Hide exactly these parts; raises DocumentError for one that there isn't."""
    found = checked(hidden)
    return lambda project: project if project.lesson == found else replace(project, lesson=found)


def checked(hidden: Iterable[str]) -> frozenset[str]:
    """The parts, all of them known; raises DocumentError."""
    found = frozenset(hidden)
    for key in sorted(found - PARTS.keys()):
        raise DocumentError(
            f"the file is damaged: lesson.hidden: there is no part {key[:30]}{did_you_mean(key, PARTS)}"
        )
    return found


def said(project: Project) -> str:
    """In a sentence what the document hides; "" when it hides nothing."""
    titles = [part.title for key, part in PARTS.items() if key in project.lesson]
    if not titles:
        return ""
    listed = titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"
    return f"Teacher mode: this document hides {listed}."
