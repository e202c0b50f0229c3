"""What of a document's breakpoints and watches can't be used, in words, so that none is dropped in silence."""

from collections.abc import Iterator

from gradviz.core.graph import Graph
from gradviz.data.names import did_you_mean
from gradviz.errors import FormulaError
from gradviz.project.project import Project
from gradviz.session.breakpoints import asked, trouble_of
from gradviz.session.monitors import MONITORS


def remarks_on(project: Project) -> Iterator[str]:
    """One line for each breakpoint, watch and setting of a ready-made watch that can't be used."""
    graph = project.graph
    if graph is not None:
        yield from _on_breakpoints(project, graph)
        yield from _on_watches(project, graph)
    yield from _on_advice(project)


def _on_breakpoints(project: Project, graph: Graph) -> Iterator[str]:
    for number, point in enumerate(project.breakpoints, 1):
        trouble = trouble_of(point, graph)
        if trouble is not None:
            yield f"breakpoint {number} of the document is left out: {trouble.message}"


def _on_watches(project: Project, graph: Graph) -> Iterator[str]:
    for text in project.watches:
        found = asked(text, graph)
        if isinstance(found, FormulaError):
            yield f"the watch `{text}` of the document is left out: {found.message}"


def _on_advice(project: Project) -> Iterator[str]:
    known = {monitor.key: monitor for monitor in MONITORS}
    for key, told in project.advice.items():
        if key not in known:
            yield f"the document sets a ready-made watch that there is not: {key}{did_you_mean(key, known)}"
            continue
        names = [threshold.name for threshold in known[key].thresholds]
        for name in told.thresholds:
            if name not in names:
                yield f"the document sets a threshold of {key} that there is not: {name}{did_you_mean(name, names)}"
