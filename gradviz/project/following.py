"""After an edit of the graph: all that is kept by node stays with its node.

moved       old node → new node
breakpoints, pins, colours, comments at a node                       keyed by node
which uses of functions are unfolded                                 known by the nodes inside
roles, values, bindings                                              keyed by the name of a leaf
"""

from collections.abc import Mapping
from dataclasses import replace

from gradviz.core.graph import Graph, Leaf, Use
from gradviz.core.types import NodeId
from gradviz.project.placing import Comment
from gradviz.project.project import Project
from gradviz.project.stops import moved_breakpoints


def followed(project: Project, before: Graph | None, moved: Mapping[NodeId, NodeId]) -> Project:
    """The project, whose graph is new, with everything that is keyed by node at its new node."""
    return replace(
        project,
        breakpoints=moved_breakpoints(project.breakpoints, moved),
        pins={moved[node]: place for node, place in project.pins.items() if node in moved},
        colours={moved[node]: colour for node, colour in project.colours.items() if node in moved},
        comments=tuple(_moved_comment(comment, project, moved) for comment in project.comments),
        unfolded=_moved_uses(project.unfolded, before, project.graph, moved),
    )


def _moved_uses(
    uses: frozenset[Use], before: Graph | None, after: Graph | None, moved: Mapping[NodeId, NodeId]
) -> frozenset[Use]:
    """The same uses of functions, each known by the nodes that it still has: its output may be another one now."""
    if before is None or after is None:
        return frozenset()
    found = set()
    for block in (one for one in before.blocks if one.use in uses):
        inside = {moved[member] for member in block.members if member in moved}
        is_renamed = block.name not in after.functions
        likely = [b for b in after.blocks if b.name == block.name or (is_renamed and b.name not in before.functions)]
        best = max(likely, key=lambda b: len(inside.intersection(b.members)), default=None)
        if best is not None and not inside.isdisjoint(best.members):
            found.add(best.use)
    return frozenset(found)


def has_marks(project: Project) -> bool:
    """True when anything is kept by node, so that it has to be known which node is which."""
    return bool(project.breakpoints or project.pins or project.colours or project.comments or project.unfolded)


def renamed_leaves(before: Graph | None, after: Graph, moved: Mapping[NodeId, NodeId]) -> dict[str, str]:
    """Old name → new name of the leaves that an edit renamed."""
    if before is None:
        return {}
    found = {}
    for name, node in before.leaves().items():
        now = after.nodes[moved[node]] if node in moved else None
        if isinstance(now, Leaf) and now.name != name:
            found[name] = now.name
    return found


def with_renamed(project: Project, names: Mapping[str, str]) -> Project:
    """The project with leaf settings and bindings under their leaves' new names."""
    if not names:
        return project
    leaves = {names.get(name, name): leaf for name, leaf in project.leaves.items()}
    bindings = {names.get(name, name): columns for name, columns in project.bindings.items()}
    return replace(project, leaves=leaves, bindings=bindings)


def _moved_comment(comment: Comment, project: Project, moved: Mapping[NodeId, NodeId]) -> Comment:
    """A comment at a node that has gone stays where that node was pinned, else where it was relative to it."""
    if comment.target is None:
        return comment
    if comment.target in moved:
        return replace(comment, target=moved[comment.target])
    place = project.pins.get(comment.target)
    x, y = (place.x, place.y) if place is not None else (0.0, 0.0)
    return replace(comment, target=None, x=comment.x + x, y=comment.y + y)
