"""Edits of blocks: selected nodes become a function of the formula and a call of it, and back.

fold       sq(y − tanh(w x + b))   →   neuron(w, x, b) = tanh(w x + b)     sq(y − neuron(w, x, b))
dissolve   the other way round, for one call
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from gradviz.core.blocks import call_op, inner_nodes, outer_blocks
from gradviz.core.graph import Apply, Block, Function, Graph, Hole, Leaf, Literal, Use
from gradviz.core.types import NodeId
from gradviz.errors import GraphError
from gradviz.lang.lower import read_functions
from gradviz.lang.unparse import definition
from gradviz.project.editing.adding import checked_name, free_names
from gradviz.project.editing.draft import Draft
from gradviz.project.editing.edit import Edit
from gradviz.project.editing.inside import At, dissolved, edited, with_body


def fold(graph: Graph, nodes: Collection[NodeId], name: str, *, unfolded: Collection[Use] = ()) -> Edit:
    """Make nodes a function of that name and one call of it; raises GraphError when they have not one result.

    What leads into them becomes the parameters; numbers that only they use come along. Inside an unfolded block the
    new one becomes part of its function.
    """
    spelled = checked_name(name)
    fresh: dict[str, Function] = {}

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        taken = draft.names_in_use() - set(draft.names.values())
        if spelled in taken or (draft.is_body and spelled in {*graph.leaves(), *graph.names.values()}):
            raise GraphError(f"there is a {spelled} already; choose another name")
        made = _folded(draft, {at(node) for node in nodes}, spelled)
        fresh[spelled] = draft.functions[spelled]
        return (made,)

    return edited(graph, nodes, steps, unfolded, fresh)


def dissolve(graph: Graph, block: Block) -> Edit:
    """Make a block plain nodes; its function goes when nothing else uses it."""
    if block in outer_blocks(graph):
        return _without_function(dissolved(graph, [block]), block.name)
    outer = next(b for b in reversed(graph.blocks) if b != block and set(block.members) <= set(b.members))
    body = graph.functions[outer.name].body
    place = dict(zip(outer.members, inner_nodes(body), strict=True))
    inner = next(b for b in body.blocks if b.output == place[block.output] and b.name == block.name)
    if inner not in outer_blocks(body):
        raise GraphError(f"{block.name} stands inside another block; dissolve that one first")
    return with_body(graph, outer.name, dissolved(body, [inner], graph.functions), outer)


def use_function(graph: Graph | None, text: str) -> Edit:
    """A call with open ports of the function that a definition line defines; the definition is added if it's new.

    text: a definition such as "neuron(w, x, b) = tanh(w x + b)", or the name of a function that the graph has.
    """
    found = {} if "=" not in text else read_functions(text, graph.leaves() if graph is not None else ())
    name = next(reversed(found)) if found else text.strip()

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        for function in found.values():
            add_function(draft, function)
        if name not in draft.functions:
            raise GraphError(f"there is no function {name}")
        op = call_op(name, draft.functions[name].params)
        return (draft.apply(op, tuple(draft.hole() for _ in op.operands)),)

    return edited(graph, (), steps)


def rename_function(graph: Graph, old: str, new: str) -> Edit:
    """Another name for a function, with all its uses; raises GraphError for a name that is taken."""
    spelled = checked_name(new)
    same = {node: node for node in graph.node_ids()}
    focus = tuple(block.output for block in graph.blocks if block.name == old)[-1:]
    if spelled == old:
        return Edit(graph, same, focus)
    if spelled in {*graph.functions, *graph.leaves(), *graph.names.values()}:
        raise GraphError(f"there is a {spelled} already; choose another name")
    functions = {}
    for name, function in graph.functions.items():
        if spelled in {*function.params, *function.body.leaves(), *function.body.names.values()}:
            raise GraphError(f"{spelled} is a letter inside {name} already; choose another name")
        changed = spelled if name == old else name
        functions[changed] = Function(changed, function.params, _with_blocks_renamed(function.body, old, spelled))
    renamed = _with_blocks_renamed(graph, old, spelled)
    made = Graph(graph.nodes, graph.output, graph.names, graph.defaults, functions, renamed.blocks)
    return Edit(made, same, focus)


def _with_blocks_renamed(graph: Graph, old: str, new: str) -> Graph:
    blocks = tuple(replace(block, name=new) if block.name == old else block for block in graph.blocks)
    return Graph(graph.nodes, graph.output, graph.names, graph.defaults, graph.functions, blocks)


def definition_of(graph: Graph, name: str) -> str:
    """The line that defines a function, complete in itself: calls of other functions are written out."""
    function = graph.functions[name]
    body = dissolved(function.body, outer_blocks(function.body), graph.functions).graph
    while body.blocks:
        body = dissolved(body, outer_blocks(body), graph.functions).graph
    alone = Function(name, function.params, body)
    return definition(Graph((Hole(),), NodeId(0), functions={name: alone}), name)


def add_function(draft: Draft, function: Function) -> None:
    """Add a function to a draft; raises GraphError when another one has its name."""
    known = draft.functions.get(function.name)
    if known is not None and not known.same_as(function):
        raise GraphError(f"there is another function {function.name} already; rename one of them first")
    taken = {node.name for node in draft.nodes.values() if isinstance(node, Leaf)} | set(draft.names.values())
    if function.name in taken:
        raise GraphError(f"there is a {function.name} already; rename it first")
    draft.functions.setdefault(function.name, function)


def _without_function(edit: Edit, name: str) -> Edit:
    graph = edit.graph
    inner = (block for function in graph.functions.values() for block in function.body.blocks)
    if name not in graph.functions or any(block.name == name for block in (*graph.blocks, *inner)):
        return edit
    functions = {key: function for key, function in graph.functions.items() if key != name}
    return Edit(
        Graph(graph.nodes, graph.output, graph.names, graph.defaults, functions, graph.blocks), edit.moved, edit.focus
    )


def _folded(draft: Draft, chosen: set[NodeId], name: str) -> NodeId:
    chosen = _with_numbers(draft, {key for key in chosen if not isinstance(draft.nodes[key], Leaf)})
    output = _result(draft, chosen)
    _check_convex(draft, chosen)
    body = Draft(None, draft.functions)
    handed: dict[NodeId, NodeId] = {}
    params: list[str] = []
    places: dict[NodeId, NodeId] = {}
    fresh = free_names(draft.names_in_use(), *"xuvz")
    for key in draft.ordered():
        if key not in chosen:
            continue
        node = draft.nodes[key]
        for source in draft.operands(key):
            if source not in chosen and source not in handed:
                params.append(_parameter(draft, source, fresh))
                handed[source] = body.leaf(params[-1])
        if isinstance(node, Apply):
            node = Apply(node.op, tuple(places.get(o, handed.get(o, o)) for o in node.operands), node.attrs)
        places[key] = body.add(node)
        if key in draft.names and key != output:
            body.names[places[key]] = draft.names.pop(key)
    if not params:
        raise GraphError("nothing leads into these nodes; select nodes that depend on something")
    body.output = places[output]
    made = body.finished(every=True)
    draft.functions[name] = Function(name, tuple(params), made.graph)
    members = _members(draft, made, places)
    draft.nodes[output] = Apply(call_op(name, tuple(params)), tuple(handed))
    for key in chosen - {output}:
        draft.drop(key)
    draft.blocks[output] = Block(name, tuple(handed), members, output)
    return output


def _members(draft: Draft, made: Edit, places: dict[NodeId, NodeId]) -> tuple[NodeId, ...]:
    """For each inner node of the body the old node that it was, −1 where it is new."""
    was: dict[NodeId, NodeId] = {}
    for key, place in places.items():
        now = made.moved[place]
        was[now] = key
        if key in draft.blocks:
            inside = next(block for block in reversed(made.graph.blocks) if block.output == now)
            was |= dict(zip(inside.members, draft.blocks[key].members, strict=True))
    return tuple(was.get(node, NodeId(-1)) for node in inner_nodes(made.graph))


def _with_numbers(draft: Draft, chosen: set[NodeId]) -> set[NodeId]:
    """The chosen nodes, and the numbers and open ports that lead into them."""
    operands = {operand for key in chosen for operand in draft.operands(key)}
    along = {o for o in operands if isinstance(draft.nodes[o], Literal | Hole) and o not in draft.names}
    return chosen | {o for o in along if all(target in chosen for target, _ in draft.users(o))}


def _result(draft: Draft, chosen: set[NodeId]) -> NodeId:
    operations = [key for key in chosen if isinstance(draft.nodes[key], Apply)]
    if not operations:
        raise GraphError("select the operations that are to become a block")
    results = []
    for key in sorted(chosen):
        users = draft.users(key)
        if key == draft.output or not users or any(target not in chosen for target, _ in users):
            results.append(key)
    if len(results) > 1:
        shown = " and ".join(_label(draft, key) for key in results[:2])
        raise GraphError(f"a block has one result, but {shown} are both used outside: select fewer or more nodes")
    return results[0]


def _check_convex(draft: Draft, chosen: set[NodeId]) -> None:
    """Refuse a selection that leads out and in again: the node between would have to be in the block."""
    leads_in = {o for key in chosen for o in draft.operands(key)} - chosen
    for source in leads_in:
        if any(draft.leads_to(key, source) for key in chosen if isinstance(draft.nodes[key], Apply)):
            raise GraphError(f"{_label(draft, source)} lies between the selected nodes: select it too", node=source)


def _label(draft: Draft, key: NodeId) -> str:
    node = draft.nodes[key]
    if key in draft.names:
        return draft.names[key]
    match node:
        case Apply():
            return node.op.name
        case Leaf():
            return node.name
        case _:
            return "a number"


def _parameter(draft: Draft, source: NodeId, fresh: Iterable[str]) -> str:
    node = draft.nodes[source]
    if isinstance(node, Leaf):
        return node.name
    return draft.names.get(source) or next(iter(fresh))
