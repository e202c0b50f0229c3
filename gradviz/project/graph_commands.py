"""Editing the graph as a command: the formula's text follows the graph, and all that is kept by node follows too.

graph ──change──▶ Edit(graph, moved) ──formula──▶ text ──read──▶ the same graph again
"""

from dataclasses import replace

from gradviz.lang.lower import read_all
from gradviz.lang.unparse import formula_of_named
from gradviz.project.commands import Command, set_formula, with_reading
from gradviz.project.editing.edit import Change, Edit
from gradviz.project.following import renamed_leaves, with_renamed
from gradviz.project.matching import same_nodes
from gradviz.project.project import Project


def edit_graph(change: Change) -> Command:
    """Edit the graph; raises a GradvizError, leaving no trace, when the edit can't be.

    A text that could not be read gives way: the graph that is shown is what is edited.
    """

    def command(project: Project) -> Project:
        edit = change(project.graph)
        if edit.is_empty:
            return set_formula("")(project)
        if project.graph is not None and edit.graph.same_as(project.graph):
            return project
        return edited_project(project, edit)

    return command


def edited_project(project: Project, edit: Edit) -> Project:
    """The project with the graph of an edit, as its formula says it."""
    text = formula_of_named(edit.graph)
    reading = read_all(text, set(edit.graph.leaves()))
    moved = edit.moved
    if not reading.graph.same_as(edit.graph):  # a name that a formula reads otherwise
        onward = same_nodes(edit.graph, reading.graph)
        moved = {old: onward[new] for old, new in moved.items() if new in onward}
    before = project.graph
    project = with_renamed(project, renamed_leaves(before, reading.graph, moved))
    return with_reading(replace(project, formula=text, reading=reading, error=None), before, moved)
