"""The examples: the lecture's own, each a project that is one click away."""

from dataclasses import dataclass

from gradviz.project.project import Project


@dataclass(frozen=True, slots=True)
class Example:
    """An example's key (as in `gradviz examples square`), its title and one sentence."""

    key: str
    title: str
    sentence: str
    formula: str


def examples() -> tuple[Example, ...]:
    """All examples in the order in which they are shown."""
    raise NotImplementedError


def load_example(key: str) -> Project:
    """The project of an example; raises DocumentError for a key that there isn't."""
    raise NotImplementedError
