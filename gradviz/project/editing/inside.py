"""Where an edit takes place: in the formula itself, or in the body of a function, so that all its uses follow.

A node that is hidden in a block belongs to its function's body: the change is made there, and every use of the
function is expanded anew. A change that concerns nodes of several blocks, or of a block and of what is around it,
dissolves these blocks first: their calls become plain nodes.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from gradviz.core.blocks import call_op, inner_nodes, is_call, outer_blocks
from gradviz.core.graph import Apply, Block, Function, Graph, Leaf, Literal, Use, needed, select
from gradviz.core.types import NodeId
from gradviz.errors import GraphError
from gradviz.lang.order import formula_order, renumbered
from gradviz.project.editing.draft import Draft, Moves
from gradviz.project.editing.edit import Edit

At = Callable[[NodeId], NodeId]
Steps = Callable[[Draft, At], Iterable[NodeId]]
"""Changes a draft; `at` gives a node's key there. What it returns is focused."""


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """The body to edit in: its function, where nodes of the graph stand in it, and the block that was meant."""

    function: Function
    nodes: Mapping[NodeId, NodeId]
    block: Block


def edited(
    graph: Graph | None,
    nodes: Iterable[NodeId],
    steps: Steps,
    unfolded: Collection[Use] = (),
    fresh: Mapping[str, Function] = MappingProxyType({}),
) -> Edit:
    """The graph after the steps. nodes: those of the graph that the steps speak of.

    unfolded: blocks that are seen from inside; a node at its output is the one in the body, not the call.
    fresh: the functions that the steps have made, which a body that uses them can't hold itself.
    """
    concerned = tuple(dict.fromkeys(nodes))
    inside = _hidden(graph, unfolded) & set(concerned) if graph is not None else set()
    place = _place(graph, concerned, inside) if graph is not None and inside else None
    if graph is None or place is None:
        return _plainly(graph, concerned, steps, inside, None)
    nodes_there = place.nodes
    there = [nodes_there[node] for node in concerned]
    hidden = _hidden(place.function.body, moved_uses(unfolded, nodes_there)) & set(there)
    body = _plainly(
        place.function.body,
        there,
        lambda draft, at: steps(draft, lambda node: at(nodes_there[node])),
        hidden,
        graph.functions,
    )
    return with_body(graph, place.function.name, body, place.block, fresh)


def _plainly(
    graph: Graph | None,
    nodes: Collection[NodeId],
    steps: Steps,
    inside: Collection[NodeId],
    functions: Mapping[str, Function] | None,
) -> Edit:
    """The graph after the steps, made in this very graph: blocks that hide a node that is needed are dissolved first.

    functions: where the graph is a body, those of the whole formula.
    """
    first: Edit | None = None
    while graph is not None and inside:
        blocks = [block for block in outer_blocks(graph) if set(inside) & set(block.members)]
        more = dissolved(graph, blocks, functions)
        first = more if first is None else _both(first, more)
        graph, inside = more.graph, _hidden(more.graph, ()) & {more.moved[node] for node in inside}
    draft = Draft(graph, functions)
    if first is None:
        return draft.finished(*steps(draft, lambda node: node))
    moved = first.moved
    return _both(first, draft.finished(*steps(draft, lambda node: moved[node])))


def _both(first: Edit, second: Edit) -> Edit:
    return first.then(lambda _graph: second)


def dissolved(graph: Graph, blocks: Iterable[Block], functions: Mapping[str, Function] | None = None) -> Edit:
    """The graph with outermost blocks as plain nodes. functions: where it is a body, those of the whole formula."""
    wanted = set(blocks)
    inner = {b for block in wanted for b in graph.blocks if b != block and set(b.members) <= set(block.members)}
    rest = tuple(block for block in graph.blocks if block not in wanted or block in inner)
    return Draft(replace(graph, blocks=rest), functions).finished(*(block.output for block in wanted))


def with_body(
    graph: Graph,
    name: str,
    body: Edit,
    block: Block | None = None,
    fresh: Mapping[str, Function] = MappingProxyType({}),
) -> Edit:
    """The graph with another body for a function. block: the one whose nodes are to be focused.

    fresh: functions that the body uses and the graph hasn't yet.
    """
    functions: dict[str, Function] = {}
    moves: dict[str, tuple[Graph, Mapping[NodeId, NodeId]]] = {}
    for known in graph.functions.values():
        if known.name == name:
            functions |= fresh
            functions[name] = _finished(replace(known, body=body.graph))
            moves[name] = (known.body, _into(body.moved, body.graph))
        elif any(inner.name in moves for inner in known.body.blocks):
            edit = _reinserted(known.body, graph.functions, functions, moves, is_body=True)
            functions[known.name] = _finished(replace(known, body=edit.graph))
            moves[known.name] = (known.body, edit.moved)
        else:
            functions[known.name] = known
    done = _reinserted(graph, graph.functions, functions, moves, is_body=False)
    return Edit(done.graph, done.moved, _focus(done, functions[name], body, block))


def moved_uses(uses: Iterable[Use], moved: Mapping[NodeId, NodeId]) -> list[Use]:
    """The same uses of functions with other node ids, without those that are nowhere."""
    return [Use(moved[use.output], use.function) for use in uses if use.output in moved]


def _hidden(graph: Graph, unfolded: Collection[Use]) -> set[NodeId]:
    outer = outer_blocks(graph)
    folded = {block.output for block in outer if block.use not in unfolded}
    return {node for block in outer for node in block.members} - folded


def _place(graph: Graph, concerned: Iterable[NodeId], inside: set[NodeId]) -> _Place | None:
    """The innermost body that has all the nodes; None when there is none."""
    found: _Place | None = None
    for block in sorted(graph.blocks, key=lambda block: len(block.members)):
        if not inside <= set(block.members):
            continue
        function = graph.functions[block.name]
        nodes = _in_body(graph, function, block)
        if all(node in nodes for node in concerned):
            found = _Place(function, nodes, block)
            break
    return found


def _in_body(graph: Graph, function: Function, block: Block) -> dict[NodeId, NodeId]:
    """Where the nodes of a block, its operands and the leaves that it uses stand in its function's body."""
    leaves = function.body.leaves()
    free = {node: leaves[name] for name, node in graph.leaves().items() if name in leaves}
    handed = {node: leaves[name] for node, name in zip(block.operands, function.params, strict=True)}
    return free | handed | dict(zip(block.members, inner_nodes(function.body), strict=True))


def _finished(function: Function) -> Function:
    """The function with only what leads to its output, and only the parameters that it uses."""
    body = _kept(function.body)[0]
    params = tuple(name for name in function.params if name in body.leaves())
    if isinstance(body.nodes[body.output], Leaf | Literal) or not params:
        raise GraphError(f"{function.name} would have nothing left to compute; dissolve it instead")
    return Function(function.name, params, body)


def _without(names: Mapping[NodeId, str], node: NodeId) -> dict[NodeId, str]:
    return {key: name for key, name in names.items() if key != node}


def _into(moved: Mapping[NodeId, NodeId], body: Graph) -> dict[NodeId, NodeId]:
    """The moves of an edited body, on into the body without what doesn't lead to its output."""
    kept = _kept(body)[1]
    return {old: kept[new] for old, new in moved.items() if new in kept}


def _kept(body: Graph) -> tuple[Graph, dict[NodeId, NodeId]]:
    """What leads to the output of a body, in the order in which its line is read; and old node → new node."""
    small = needed(replace(body, names=_without(body.names, body.output)))
    order = formula_order(small)
    kept = select((body.output,), body.nodes)[1]
    return renumbered(small, order), {old: order[new] for old, new in kept.items()}


def _reinserted(
    graph: Graph, before: Mapping[str, Function], functions: dict[str, Function], moves: Moves, *, is_body: bool
) -> Edit:
    """The graph with its calls expanded anew."""
    draft = Draft(graph, before if is_body else None)
    draft.functions = dict(functions)
    for key, node in list(draft.nodes.items()):
        if is_call(node) and isinstance(node, Apply):
            old, new = before[node.op.name], functions[node.op.name]
            kept = tuple(o for name, o in zip(old.params, node.operands, strict=True) if name in new.params)
            draft.nodes[key] = Apply(call_op(new.name, new.params), kept)
    return draft.finished(moves=moves)


def _focus(done: Edit, function: Function, body: Edit, block: Block | None) -> tuple[NodeId, ...]:
    """Where the focused nodes of the body stand in the block that was edited."""
    uses = [use for use in done.graph.blocks if use.name == function.name]
    if not uses:
        return ()
    output = done.moved.get(block.output) if block is not None else None
    use = next((use for use in uses if use.output == output), uses[0])
    kept = _kept(body.graph)[1]
    place = dict(zip(inner_nodes(function.body), use.members, strict=True))
    return tuple(place[kept[node]] for node in body.focus if node in kept and kept[node] in place)
