"""Edits that change or remove what is there: other operations, names, numbers; nodes taken away."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal, Use
from gradviz.core.op import Op, as_value, freeze_attrs
from gradviz.core.types import NodeId
from gradviz.errors import GraphError
from gradviz.project.editing.adding import checked_name
from gradviz.project.editing.draft import Draft
from gradviz.project.editing.edit import Edit
from gradviz.project.editing.inside import At, edited


def remove(graph: Graph, nodes: Collection[NodeId], *, unfolded: Collection[Use] = ()) -> Edit:
    """Take nodes away. An operation of one operand heals its wire; what used any other node has an open port then."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        keys = sorted({at(node) for node in nodes}, reverse=True)
        kept: list[NodeId] = []
        for key in keys:
            operands = draft.operands(key)
            heir = operands[0] if len(operands) == 1 and not isinstance(draft.nodes[operands[0]], Hole) else None
            numbers = [o for o in operands if isinstance(draft.nodes[o], Literal) and len(draft.users(o)) == 1]
            was_output = draft.output == key
            draft.relink(key, heir)
            draft.drop(key)
            if was_output and heir is None:
                draft.output = _next_output(draft, operands, keys)
            for number in numbers:
                if number not in keys and number != heir and number != draft.output:
                    draft.drop(number)
            kept += [heir] if heir is not None else []
        return [key for key in kept if key in draft.nodes][-1:]

    return edited(graph, nodes, steps, unfolded)


def replace_op(graph: Graph, node: NodeId, op: Op, *, unfolded: Collection[Use] = ()) -> Edit:
    """Another operation in a node's place: the same operands, more are open ports, and what is too much is loose."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        old = draft.apply_at(at(node))
        count = max(len(old.operands), op.arity) if op.is_variadic else op.arity
        operands = list(old.operands[:count])
        operands += [draft.hole() for _ in range(count - len(operands))]
        known = _kinds(old.op)
        kept = {name: value for name, value in old.attrs if known.get(name) == _kinds(op).get(name, "")}
        draft.nodes[at(node)] = Apply(op, tuple(operands), freeze_attrs(op, kept))
        return (at(node),)

    return edited(graph, (node,), steps, unfolded)


def rename(graph: Graph, node: NodeId, name: str, *, unfolded: Collection[Use] = ()) -> Edit:
    """Give a node another name; "" takes an inner node's name away. Raises GraphError for a name that is taken."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        key = at(node)
        found = draft.nodes[key]
        if not name.strip() and not isinstance(found, Leaf):
            draft.names.pop(key, None)
            return (key,)
        spelled = checked_name(name)
        own = found.name if isinstance(found, Leaf) else draft.names.get(key)
        if spelled != own and spelled in draft.names_in_use():
            raise GraphError(f"there is a {spelled} already; choose another name", node=node)
        match found:
            case Leaf():
                _rename_leaf(draft, key, found.name, spelled)
            case Literal():
                raise GraphError("a number has no name; put a leaf in its place to give it one", node=node)
            case _:
                draft.names[key] = spelled
        return (key,)

    return edited(graph, (node,), steps, unfolded)


def set_number(graph: Graph, node: NodeId, value: Any, *, unfolded: Collection[Use] = ()) -> Edit:
    """Another number in a number's place, or a number at an open port."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        if not isinstance(draft.nodes[at(node)], Literal | Hole):
            raise GraphError("this is no number of the formula", node=node)
        draft.nodes[at(node)] = Literal(as_value(value))
        draft.names.pop(at(node), None)
        return (at(node),)

    return edited(graph, (node,), steps, unfolded)


def set_attrs(graph: Graph, node: NodeId, *, unfolded: Collection[Use] = (), **attrs: Any) -> Edit:
    """Other settings for an operation, such as axis=0."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        found = draft.apply_at(at(node))
        draft.nodes[at(node)] = replace(found, attrs=freeze_attrs(found.op, {**found.settings, **attrs}))
        return (at(node),)

    return edited(graph, (node,), steps, unfolded)


def _kinds(op: Op) -> dict[str, str]:
    """What kind of thing each setting of an operation takes."""
    return {param.name: param.kind for param in op.params}


def _rename_leaf(draft: Draft, key: NodeId, old: str, new: str) -> None:
    if any(old in f.body.leaves() and old not in f.params for f in draft.functions.values()):
        raise GraphError(f"{old} is used inside a function; change its name in the formula")
    draft.nodes[key] = Leaf(new)
    if old in draft.defaults:
        draft.defaults = {new if name == old else name: value for name, value in draft.defaults.items()}


def _next_output(draft: Draft, operands: Iterable[NodeId], gone: Collection[NodeId]) -> NodeId | None:
    """The output after the output was taken away: the first of its operands that is no number."""
    left = [o for o in operands if o in draft.nodes and o not in gone]
    fitting = [o for o in left if not isinstance(draft.nodes[o], Literal | Hole)]
    return fitting[0] if fitting else None
