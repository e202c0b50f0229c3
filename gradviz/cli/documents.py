"""From arguments to what EXPR|FILE stands for. Apart from `inputs`, for reading files loads half of gradviz."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gradviz.cli.failure import Failure
from gradviz.cli.inputs import FormulaInput, formula_input, named_values, place_in
from gradviz.core.graph import Graph
from gradviz.core.types import Array, Role
from gradviz.errors import DocumentError, LimitError
from gradviz.lang.reading import Reading
from gradviz.project.files import SUFFIX, load
from gradviz.project.leading import leading
from gradviz.project.leaves import default_roles
from gradviz.project.project import Project


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What EXPR|FILE stands for: a reading, values for its leaves, and of a file the whole project."""

    reading: Reading
    values: Mapping[str, Array]
    roles: Mapping[str, Role]
    project: Project | None = None

    @property
    def graph(self) -> Graph:
        """The graph of the formula or of the document."""
        return self.reading.graph


def subject_input(argument: str, given: Iterable[str], declared: Iterable[str] = ()) -> Subject:
    """Read EXPR|FILE with its values; those given here go before those of the file."""
    if Path(argument).suffix != SUFFIX:
        found = _formula_or_file(argument, given, declared)
        return Subject(found.reading, found.values, default_roles(found.graph))
    project = _document(argument)
    if project.reading is None:
        error = project.error
        reason = error.message if error is not None else "it has no formula"
        place = place_in(project.formula, error.span) if error is not None else ()
        raise Failure(f"{argument} can't be run: {reason}", place)
    return Subject(project.reading, {**project.values, **named_values(given)}, project.roles, project)


def _formula_or_file(argument: str, given: Iterable[str], declared: Iterable[str]) -> FormulaInput:
    """Read a formula; what can't be read and is the name of a file was not meant as one."""
    try:
        return formula_input(argument, given, declared)
    except Failure:
        if Path(argument).suffix and _is_file(argument):
            raise Failure(
                f"{argument} is a file but no gradviz document, whose name ends in {SUFFIX}; "
                "a table of data is given with --data"
            ) from None
        raise


def _is_file(argument: str) -> bool:
    try:
        return Path(argument).is_file()
    except (OSError, ValueError):  # too long for a name, or with a NUL
        return False


def _document(argument: str) -> Project:
    """The project in a file; a Failure names the file."""
    path = Path(argument)
    try:
        return leading(load(path))
    except (DocumentError, LimitError) as error:
        is_named = error.message.startswith(path.name)
        raise Failure(error.message if is_named else f"{argument}: {error.message}") from error
