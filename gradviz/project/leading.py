"""A project without its loose parts: what the command line runs, trains and draws."""

from dataclasses import replace

from gradviz.core.graph import needed, select
from gradviz.lang.lower import read
from gradviz.lang.order import formula_order
from gradviz.project.following import followed
from gradviz.project.project import Project


def leading(project: Project) -> Project:
    """The project with only what leads to its output, and all that is kept by node at its new node."""
    if project.reading is None:
        return project
    graph = project.reading.graph
    kept = select((graph.output,), graph.nodes)[1]
    if len(kept) == len(graph):
        return project
    order = formula_order(needed(graph))
    reading = read(project.reading.text, (*project.leaves, *project.former))
    leaves = {name: project.leaves[name] for name in reading.graph.leaves()}
    small = replace(project, reading=reading, leaves=leaves)
    return followed(small, graph, {old: order[new] for old, new in kept.items()})
