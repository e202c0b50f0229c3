"""Edits that add: operations with open ports, leaves, numbers, pasted text, copies.

What is added is a loose part until a wire leads from it; in an empty document it is the output. Leaves of one name
are one leaf, so what is pasted shares the leaves that are there.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal, Use
from gradviz.core.op import AttrValue, Op
from gradviz.core.types import NodeId
from gradviz.errors import GraphError
from gradviz.lang.lower import read_all
from gradviz.lang.names import CONSTANTS, RESERVED, canonical, function_names, is_name
from gradviz.lang.order import inner_lines
from gradviz.lang.unparse import formula
from gradviz.project.editing.draft import Draft
from gradviz.project.editing.edit import Edit
from gradviz.project.editing.inside import At, edited
from gradviz.project.editing.parts import part
from gradviz.project.editing.wiring import main_operand

_FIRST_NAMES = {"matmul": ("W",), "add": ("b",), "sub": ("b",), "mul": ("a",), "div": ("a",), "pow": ("n",)}
_MORE_NAMES = "abcdefghkmnpqrsuvw"


def add_op(
    graph: Graph | None, op: Op, attrs: Mapping[str, AttrValue] = MappingProxyType({}), *, operands: int | None = None
) -> Edit:
    """An operation with all ports open. operands: how many, for an operation that takes any number."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        count = operands if operands is not None and op.is_variadic else op.arity
        return (draft.apply(op, tuple(draft.hole() for _ in range(count)), attrs),)

    return edited(graph, (), steps)


def add_leaf(graph: Graph | None, name: str) -> Edit:
    """A leaf; the one of that name when there is one. Raises GraphError for what can't be a name."""
    spelled = checked_name(name)
    if graph is not None and spelled in graph.names.values():
        node = graph.find(spelled)
        return Edit(graph, {i: i for i in graph.node_ids()}, (node,))
    return edited(graph, (), lambda draft, at: (draft.leaf(spelled),))


def add_number(graph: Graph | None, value: Any) -> Edit:
    """A number, or an array of numbers."""
    return edited(graph, (), lambda draft, at: (draft.number(value),))


def apply_op(graph: Graph, node: NodeId, op: Op, *, unfolded: Collection[Use] = ()) -> Edit:
    """An operation applied to a node, wherever the node was used; its other operands are new leaves."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        names = free_names(draft.names_in_use(), *_FIRST_NAMES.get(op.name, ()))
        others = [draft.leaf(next(names)) for _ in range(op.arity - 1)]
        place = main_operand(op)
        operands = (*others[:place], at(node), *others[place:])
        is_output = draft.output == at(node)
        made = draft.apply(op, operands)
        for target, operand in draft.users(at(node)):
            if target != made:
                draft.set_operand(target, operand, made)
        if is_output:
            draft.output = made
        if isinstance(draft.nodes[at(node)], Hole):
            draft.names.pop(at(node), None)
        return (made,)

    return edited(graph, (node,), steps, unfolded)


def duplicate(graph: Graph, nodes: Collection[NodeId], *, unfolded: Collection[Use] = ()) -> Edit:
    """A copy of nodes as a loose part: wires among them are copied too, wires into them lead into the copies as well.

    Leaves are not copied: they are shared by name. Copied nodes have no names.
    """
    return duplicate_with(graph, nodes, unfolded=unfolded)[0]


def duplicate_with(
    graph: Graph, nodes: Collection[NodeId], *, unfolded: Collection[Use] = ()
) -> tuple[Edit, dict[NodeId, NodeId]]:
    """The same, and the copy of each node that has one."""
    known: list[NodeId] = []

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        keys = sorted({at(node) for node in nodes})
        copies: dict[NodeId, NodeId] = {}
        for key in keys:
            node = draft.nodes[key]
            if not isinstance(node, Leaf | Hole):
                copies[key] = draft.add(node)
        if not copies:
            raise GraphError("a leaf is there once and can be used often: draw another wire from it")
        for copy in copies.values():
            for operand, source in enumerate(draft.operands(copy)):
                draft.set_operand(copy, operand, copies.get(source, source))
        known[:] = [node for node in nodes if at(node) in copies]
        return (*copies.values(), *(copies[at(node)] for node in known))

    edit = edited(graph, nodes, steps, unfolded)
    if not edit.focus:
        raise GraphError("inside a block all leads to its output, and a copy leads nowhere: paste it outside the block")
    made = len(edit.focus) - len(known)
    return Edit(edit.graph, edit.moved, edit.focus[:made]), dict(zip(known, edit.focus[made:], strict=True))


def paste(graph: Graph | None, text: str) -> Edit:
    """Formula text as a loose part; names of lines that are taken get a number. Raises FormulaError."""
    declared = set(graph.leaves()) if graph is not None else set()
    pasted = read_all(text, declared).graph
    return edited(graph, (), lambda draft, at: (_pasted(draft, pasted)[pasted.output],))


def paste_with(graph: Graph | None, text: str, nodes: Iterable[NodeId]) -> tuple[Edit, dict[NodeId, NodeId]]:
    """The same, and where these nodes of the text's own graph are now; those inside its blocks are left out."""
    declared = set(graph.leaves()) if graph is not None else set()
    pasted = read_all(text, declared).graph
    known: list[NodeId] = []

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        places = _pasted(draft, pasted)
        known[:] = [node for node in nodes if node in places]
        return (places[pasted.output], *(places[node] for node in known))

    edit = edited(graph, (), steps)
    return Edit(edit.graph, edit.moved, edit.focus[:1]), dict(zip(known, edit.focus[1:], strict=True))


def text_of(graph: Graph, nodes: Collection[NodeId]) -> str:
    """The formula text of nodes: each with all operands that are chosen too; wires from other nodes are open ports.

    Leaves and numbers that the nodes use come along.
    """
    return formula(part(graph, nodes).graph)


def free_names(taken: Collection[str], *first: str) -> Iterator[str]:
    """Names for new leaves, the fitting ones first."""
    yield from (name for name in (*first, *_MORE_NAMES) if name not in taken)
    count = 1
    while True:
        if f"a{count}" not in taken:
            yield f"a{count}"
        count += 1


def checked_name(name: str) -> str:
    """The one spelling of a name; raises GraphError for what can't be one."""
    spelled = canonical(name.strip())
    if not is_name(spelled):
        raise GraphError(f"{name.strip() or 'nothing'} is no name; use letters, then digits, such as w1 or theta")
    if spelled in RESERVED or spelled in CONSTANTS or (spelled in function_names() and spelled not in _GREEK_TOO):
        raise GraphError(f"{spelled} means something else in a formula already; choose another name")
    return spelled


_GREEK_TOO = ("sigma", "gamma", "beta", "xi", "zeta")
"""Names of Greek letters, also where they are functions: σ is a leaf where no bracket follows."""


def _pasted(draft: Draft, pasted: Graph) -> dict[NodeId, NodeId]:
    for name, function in pasted.functions.items():
        known = draft.functions.get(name)
        if known is not None and not known.same_as(function):
            raise GraphError(f"there is another function {name} already; rename one of them first")
        draft.functions.setdefault(name, function)
    source = Draft(pasted)
    if source.output is None:
        raise GraphError("there is nothing in this text but an open port")
    is_all = draft.output is None
    places: dict[NodeId, NodeId] = {}
    taken = draft.names_in_use() | set(pasted.leaves())
    ends = {*inner_lines(pasted), pasted.output}
    for key in sorted(source.nodes):
        node = source.nodes[key]
        match node:
            case Leaf(name):
                places[key] = _named(draft, name)
            case Apply(op, operands, attrs):
                places[key] = draft.add(Apply(op, tuple(places[o] for o in operands), attrs))
            case Hole() if key not in ends and key not in source.names:
                places[key] = draft.hole()
            case Literal() | Hole():
                places[key] = draft.add(node)
    for key, name in source.names.items():
        draft.names[places[key]] = _free(name, taken)
        taken.add(draft.names[places[key]])
    for name, value in source.defaults.items():
        draft.defaults.setdefault(name, value)
    if is_all:
        draft.output = places[pasted.output]
    return places


def _named(draft: Draft, name: str) -> NodeId:
    """The leaf, or the line of that name that is there."""
    return next((key for key, known in draft.names.items() if known == name), None) or draft.leaf(name)


def _free(name: str, taken: Collection[str]) -> str:
    if name not in taken:
        return name
    count = 1
    while f"{name}_{count}" in taken:
        count += 1
    return f"{name}_{count}"
