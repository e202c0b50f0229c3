"""A graph while it is being edited: nodes by key, in no order, with each use of a function as one node.

graph ──Draft──▶ nodes[key] ──any changes──▶ finished() ──▶ Edit(graph in reading order, moved, focus)

A node's key is its id in the graph before; new nodes get new keys. What is hidden in a block has no key of its own:
blocks are changed through the body of their function (editing/inside.py).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from gradviz.core.blocks import call_op, inner_nodes, inserted, is_call, ordered_blocks, outer_blocks
from gradviz.core.graph import Apply, Block, Function, Graph, GraphBuilder, Hole, Leaf, Literal, Node
from gradviz.core.op import AttrValue, Op, as_value, freeze_attrs
from gradviz.core.types import Array, NodeId
from gradviz.errors import GraphError
from gradviz.lang.order import formula_order, renumbered
from gradviz.lang.unparse import named
from gradviz.project.editing.edit import Edit

Moves = Mapping[str, tuple[Graph, Mapping[NodeId, NodeId]]]
_GIVEN_BY_US = re.compile(r"v\d+")


class Draft:
    """A graph to be changed; functions: where it is a body, those of the whole formula."""

    def __init__(self, graph: Graph | None, functions: Mapping[str, Function] | None = None) -> None:
        self.nodes: dict[NodeId, Node] = {}
        self.names: dict[NodeId, str] = {}
        self.defaults: dict[str, Array] = {}
        self.blocks: dict[NodeId, Block] = {}
        self.functions: dict[str, Function] = dict(functions or {})
        self.is_body = functions is not None
        self.output: NodeId | None = None
        self._next = self._old = 0
        self._shared: set[NodeId] = set()
        if graph is not None:
            self._take(graph)

    def _take(self, graph: Graph) -> None:
        if not self.is_body:
            self.functions = dict(graph.functions)
        self.blocks = {block.output: block for block in outer_blocks(graph)}
        hidden = {node for block in self.blocks.values() for node in block.members} - set(self.blocks)
        for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
            if node_id in self.blocks:
                block = self.blocks[node_id]
                self.nodes[node_id] = Apply(self.call_of(block.name), block.operands)
            elif node_id not in hidden:
                self.nodes[node_id] = node
        self._next = self._old = len(graph)
        self.names = dict(graph.names)
        self.defaults = dict(graph.defaults)
        self.output = graph.output
        if self._is_blank():
            self.nodes.clear()
            self.output = None
        self._shared = self._shared_now()

    def _is_blank(self) -> bool:
        return len(self.nodes) == 1 and isinstance(next(iter(self.nodes.values())), Hole) and not self.names

    # -- looking -----------------------------------------------------------------------------------

    def call_of(self, name: str) -> Op:
        """The op that stands for a call of a function."""
        return call_op(name, self.functions[name].params)

    def operands(self, key: NodeId) -> tuple[NodeId, ...]:
        """What a node takes; nothing for a leaf, a number or an open port."""
        node = self.nodes[key]
        return node.operands if isinstance(node, Apply) else ()

    def users(self, key: NodeId) -> list[tuple[NodeId, int]]:
        """The operand slots that a node feeds."""
        return [
            (target, i)
            for target, node in self.nodes.items()
            if isinstance(node, Apply)
            for i, operand in enumerate(node.operands)
            if operand == key
        ]

    def _shared_now(self) -> set[NodeId]:
        """The nodes that need a line of their own in the formula because they are used twice."""
        uses = Counter(operand for key in self.nodes for operand in self.operands(key))
        uses.update([self.output] if self.output is not None else [])
        return {key for key, count in uses.items() if count > 1}

    def names_in_use(self) -> set[str]:
        """All names that a new leaf may not take."""
        leaves = {node.name for node in self.nodes.values() if isinstance(node, Leaf)}
        inner = {name for function in self.functions.values() for name in function.body.leaves()}
        return leaves | set(self.names.values()) | set(self.functions) | inner

    def apply_at(self, key: NodeId) -> Apply:
        """The op at a node; raises GraphError when there is none."""
        node = self.nodes.get(key)
        if not isinstance(node, Apply):
            raise GraphError("there is no operation here", node=key)
        return node

    # -- changing ----------------------------------------------------------------------------------

    def add(self, node: Node) -> NodeId:
        """A new node; the first one is the output."""
        key = NodeId(self._next)
        self._next += 1
        self.nodes[key] = node
        if self.output is None:
            self.output = key
        return key

    def leaf(self, name: str) -> NodeId:
        """The leaf of that name."""
        known = (key for key, node in self.nodes.items() if isinstance(node, Leaf) and node.name == name)
        found = next(known, None)
        return found if found is not None else self.add(Leaf(name))

    def number(self, value: object) -> NodeId:
        """A new number or array of numbers."""
        return self.add(Literal(as_value(value)))

    def apply(self, op: Op, operands: tuple[NodeId, ...], attrs: Mapping[str, AttrValue] | None = None) -> NodeId:
        """A new operation."""
        return self.add(Apply(op, operands, freeze_attrs(op, attrs or {})))

    def hole(self) -> NodeId:
        """A new open port; it is no output."""
        was = self.output
        key = self.add(Hole())
        self.output = was
        return key

    def set_operand(self, key: NodeId, operand: int, source: NodeId) -> None:
        """Let another node feed one operand slot."""
        node = self.apply_at(key)
        if not 0 <= operand < len(node.operands):
            raise GraphError(f"{node.op.name} has no operand number {operand + 1}", node=key)
        operands = tuple(source if i == operand else o for i, o in enumerate(node.operands))
        self.nodes[key] = replace(node, operands=operands)

    def relink(self, old: NodeId, new: NodeId | None) -> None:
        """Let all that uses a node use another one instead, or have open ports; the output moves along."""
        for target, operand in self.users(old):
            if target != new:
                self.set_operand(target, operand, new if new is not None else self.hole())
        if self.output == old and new is not None:
            self.output = new

    def drop(self, key: NodeId) -> None:
        """Take a node away that nobody uses any more."""
        del self.nodes[key]
        self.names.pop(key, None)
        self.blocks.pop(key, None)
        if self.output == key:
            self.output = None

    def leads_to(self, source: NodeId, target: NodeId) -> bool:
        """True when a node depends on another one, or is it."""
        waiting, seen = [target], {target}
        while waiting:
            key = waiting.pop()
            if key == source:
                return True
            fresh = set(self.operands(key)) - seen
            seen |= fresh
            waiting += fresh
        return False

    # -- finishing ---------------------------------------------------------------------------------

    def finished(self, *focus: NodeId, moves: Moves | None = None, every: bool = False) -> Edit:
        """The graph that the draft has become.

        moves: of functions whose body was edited, the body before and where its nodes went. Raises GraphError for a
        cycle. every: `moved` also holds the keys of new nodes.
        """
        self._tidy()
        builder = GraphBuilder()
        places: dict[NodeId, NodeId] = {}
        moved: dict[NodeId, NodeId] = {}
        blocks: list[Block] = []
        for key in self.ordered():
            node = self.nodes[key]
            if is_call(node) and isinstance(node, Apply):
                function = self.functions[node.op.name]
                inner, made = inserted(builder, function, tuple(places[o] for o in node.operands))
                blocks += made
                places[key] = inner[function.body.output]
                moved |= self._moved_members(key, inner, moves or {})
            else:
                places[key] = _added(builder, node, places)
        taken = set(moved.values())
        for key, place in places.items():
            if (every or key < self._old) and key not in moved and place not in taken:
                moved[key] = place
        graph = self._graph(builder, places, tuple(blocks))
        order = formula_order(graph)
        final = {old: order[place] for old, place in moved.items() if place in order}
        return Edit(renumbered(graph, order), final, tuple(order[places[key]] for key in focus if key in places))

    def _graph(self, builder: GraphBuilder, places: Mapping[NodeId, NodeId], blocks: tuple[Block, ...]) -> Graph:
        assert self.output is not None
        shared = self._shared_now()
        names = {places[key]: name for key, name in self.names.items() if self._keeps_name(key, shared)}
        leaves = {node.name for node in builder.nodes if isinstance(node, Leaf)}
        defaults = {name: value for name, value in self.defaults.items() if name in leaves}
        functions = {} if self.is_body else self.functions
        whole = Graph(tuple(builder.nodes), places[self.output], names, defaults, functions, ordered_blocks(blocks))
        return named(whole, self.functions)

    def _keeps_name(self, key: NodeId, shared: set[NodeId]) -> bool:
        """False for a name such as v1 that a node had because it was used twice, and isn't any more."""
        if isinstance(self.nodes[key], Leaf | Literal):
            return False
        return not (_GIVEN_BY_US.fullmatch(self.names[key]) and key in self._shared - shared)

    def _moved_members(self, key: NodeId, inner: Mapping[NodeId, NodeId], moves: Moves) -> dict[NodeId, NodeId]:
        block = self.blocks.get(key)
        if block is None:
            return {}
        function = self.functions[block.name]
        before, moved = moves.get(block.name, (function.body, None))
        found = {}
        for member, node in zip(block.members, inner_nodes(before), strict=True):
            place = node if moved is None else moved.get(node)
            if place is not None and place in inner and member >= 0:
                found[member] = inner[place]
        return found

    def _tidy(self) -> None:
        """No open port without a use, and none with two; a number stands in each place by itself."""
        if self.output is not None and self.output not in self.nodes:
            self.output = None
        uses: dict[NodeId, list[tuple[NodeId, int]]] = {key: [] for key in self.nodes}
        for target, node in self.nodes.items():
            for operand, source in enumerate(node.operands if isinstance(node, Apply) else ()):
                uses[source].append((target, operand))
        for key, node in list(self.nodes.items()):
            if isinstance(node, Hole) and not uses[key] and key != self.output:
                self.drop(key)
            elif isinstance(node, Hole | Literal) and key not in self.names:
                for target, operand in uses[key] if key == self.output else uses[key][1:]:
                    self._next += 1
                    self.nodes[NodeId(self._next - 1)] = node
                    self.set_operand(target, operand, NodeId(self._next - 1))
        if self.output is None:
            self.output = self._last_root()

    def _last_root(self) -> NodeId:
        """What becomes the output when there is none: the last node that nobody uses; an open port when all is gone."""
        used = {operand for key in self.nodes for operand in self.operands(key)}
        roots = [key for key in self.nodes if key not in used]
        operations = [key for key in roots if isinstance(self.nodes[key], Apply)]
        return (operations or roots or [self.add(Hole())])[-1]

    def ordered(self) -> list[NodeId]:
        """All keys, a node after its operands, as far as possible in the order of keys; raises for a cycle."""
        done: dict[NodeId, bool] = {}
        order: list[NodeId] = []
        for root in sorted(self.nodes):
            waiting = [(root, False)]
            while waiting:
                key, is_ready = waiting.pop()
                if is_ready:
                    done[key] = True
                    order.append(key)
                elif key not in done:
                    done[key] = False
                    waiting.append((key, True))
                    waiting += [(operand, False) for operand in reversed(self.operands(key))]
                elif not done[key]:  # what is begun and not done is what led here
                    raise GraphError("a node can't depend on itself: this wire would close a circle", node=key)
        return order


def _added(builder: GraphBuilder, node: Node, places: Mapping[NodeId, NodeId]) -> NodeId:
    match node:
        case Leaf(name):
            return builder.leaf(name)
        case Literal(value):
            return builder.literal(value)
        case Hole():
            return builder.hole()
        case Apply(op, operands, attrs):
            return builder.apply(op, *(places[operand] for operand in operands), **dict(attrs))


def distinct(keys: Iterable[NodeId]) -> tuple[NodeId, ...]:
    """The keys, each once, in order."""
    return tuple(dict.fromkeys(keys))
