"""The interpreter: one forward and one backward pass, with everything kept.

forward    vᵢ = opᵢ(operands)                      in topological order
seed       v̄_out = 1
backward   v̄_operand += v̄ᵢ · ∂vᵢ/∂v_operand       in reverse order, one contribution an edge
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal, Node, leading, select
from gradviz.core.holes import complete
from gradviz.core.op import Rule, as_value
from gradviz.core.stillness import collector_at_rest
from gradviz.core.trace import Finding, Phase, Step, StepKind, Trace
from gradviz.core.types import Array, NodeId
from gradviz.errors import EvaluationError, GradvizError, GraphError


def record(graph: Graph, values: Mapping[str, Any] | None = None, *, wrt: Iterable[str] | None = None) -> Trace:
    """Run the graph forward and backward once and keep all that happened.

    values: one number or array for each leaf; leaves with a default may be left out.
    wrt: names of the leaves to differentiate by; all of them when None.
    Raises GraphError when a leaf has no value or a name is unknown. An op that fails does not raise: the
    trace ends in a FAIL step and keeps all that came before. What depends on an open port stays blank. Nodes that
    don't lead to the output are evaluated, not differentiated, and may fail without ending the run.
    """
    leaf_values = bind(graph, values or {})
    return _Recorder(graph, leaf_values, wanted_leaves(graph, wrt)).run()


def bind(graph: Graph, values: Mapping[str, Any]) -> dict[str, Array]:
    """A float64 value for each leaf of the graph, from `values` or else from the graph's defaults."""
    leaves = graph.leaves()
    unknown = [name for name in values if name not in leaves]
    if unknown:
        raise GraphError(f"the formula has no {unknown[0]}; {_leaf_words(leaves)}")
    missing = [name for name in leaves if name not in values and name not in graph.defaults]
    if missing:
        raise GraphError(f"{missing[0]} has no value; give it as {missing[0]}=2 or {missing[0]}=[1,2]")
    return {name: leaf_value(name, values[name] if name in values else graph.defaults[name]) for name in leaves}


def _leaf_words(leaves: Iterable[str]) -> str:
    listed = ", ".join(leaves)
    return f"its leaves are {listed}" if listed else "it has no leaves"


def leaf_value(name: str, given: Any) -> Array:
    """The value as float64; raises GraphError for what NumPy would turn to NaN (None) or parse ("2")."""
    try:
        array = np.asarray(given)
        is_numeric = array.dtype.kind in "biuf" or (
            array.dtype.kind == "O" and not any(item is None or isinstance(item, str) for item in array.flat)
        )
        if is_numeric:
            return as_value(array)
    except (TypeError, ValueError, OverflowError):
        pass  # it is refused below, with its name
    raise GraphError(
        f"{name} is given {type(given).__name__}: {repr(given)[:60]}; a value is a number or an array of numbers"
    )


def wanted_leaves(graph: Graph, wrt: Iterable[str] | None) -> frozenset[str]:
    """The leaves to differentiate by, all that lead to the output when None; raises GraphError for no leaf's name."""
    leaves = graph.leaves()
    if wrt is None:
        leads = leading((graph.output,), graph.nodes)
        return frozenset(name for name, node in leaves.items() if leads[node])
    wanted = tuple(wrt)
    for name in wanted:
        if name not in leaves:
            raise GraphError(f"the formula has no leaf {name} to differentiate by; {_leaf_words(leaves)}")
    return frozenset(wanted)


def evaluate(graph: Graph, leaf_values: Mapping[str, Any]) -> Array:
    """The value of the output alone, without a trace; raises what the failing op raises.

    leaf_values: a value for every leaf. Raises GraphError when an operand is missing.
    """
    return evaluator(graph)(leaf_values)


def evaluator(graph: Graph) -> Callable[[Mapping[str, Any]], Array]:
    """`evaluate` for one graph and many values: what leads to the output is found once."""
    nodes, moved = select((complete(graph).output,), graph.nodes)
    return partial(_evaluate_all, nodes, moved[graph.output])


def _evaluate_all(nodes: tuple[Node, ...], output: NodeId, leaf_values: Mapping[str, Any]) -> Array:
    values: list[Any] = []
    with np.errstate(all="ignore"):
        for node in nodes:
            match node:
                case Literal():
                    values.append(node.value)
                case Leaf():
                    values.append(frozen(leaf_values[node.name]))
                case Apply():
                    values.append(frozen(_evaluate(node, [values[operand] for operand in node.operands])))
                case Hole():
                    raise AssertionError("the graph is complete")
    result: Array = values[output]
    return result


_REPORTED: Any = {"over": "call", "divide": "call", "invalid": "call", "under": "ignore"}

_FAILURES = (GradvizError, ArithmeticError, np.linalg.LinAlgError, MemoryError, ValueError)
"""What an op may raise where it can't compute."""


class _Recorder:
    def __init__(self, graph: Graph, leaf_values: Mapping[str, Array], wanted: frozenset[str]) -> None:
        self.graph = graph
        self.leaf_values = leaf_values
        self.wanted = wanted
        self.values: list[Array | None] = [None] * len(graph)
        self.adjoints: list[Array | None] = [None] * len(graph)
        self.contributions: dict[tuple[NodeId, int], Array] = {}
        self.steps: list[Step] = []
        self.findings: list[Finding] = []
        self.failure: GradvizError | None = None
        self.loose_failures: dict[NodeId, GradvizError] = {}
        self._leads = leading((graph.output,), graph.nodes)
        self._has_blanks = any(isinstance(node, Hole) for node in graph.nodes)
        self._at: tuple[NodeId, int | None] = (NodeId(0), None)

    def run(self) -> Trace:
        # NumPy reports each kind of trouble by a call, which becomes a finding at the node at work
        with collector_at_rest(), np.errstate(**_REPORTED, call=self._note):
            if self._forward() and self.values[self.graph.output] is not None:
                self._backward()
        return Trace(
            self.graph,
            tuple(self.values),
            self.contributions,
            tuple(self.adjoints),
            tuple(self.steps),
            self.wanted,
            tuple(dict.fromkeys(self.findings)),
            self.failure,
            loose_failures=self.loose_failures,
        )

    def _forward(self) -> bool:
        for node_id, node in zip(self.graph.node_ids(), self.graph.nodes, strict=True):
            self._at = (node_id, None)
            match node:
                case Literal():
                    self.values[node_id] = node.value
                case Leaf():
                    self._evaluated(node_id, self.leaf_values[node.name])
                case Apply():
                    if not self._apply(node_id, node):
                        return False
                case Hole():
                    pass  # it and all that depends on it stays blank
        return True

    def _apply(self, node_id: NodeId, node: Apply) -> bool:
        """Evaluate an op whose operands have values; False when that ends the run."""
        values = self.values
        operands: list[Any] = [values[operand] for operand in node.operands]
        if self._has_blanks and any(operand is None for operand in operands):
            return True
        try:
            self._evaluated(node_id, _evaluate(node, operands))
            return True
        except _FAILURES as error:
            self._failed(error)
        self._has_blanks = True
        if self._leads[node_id]:
            self._step(StepKind.FAIL, Phase.FORWARD, node_id, None, None)
            return False
        elif self.failure is not None:
            self.loose_failures[node_id], self.failure = self.failure, None
        return True

    def _backward(self) -> None:
        output = self.graph.output
        wanted_ids = {node for name, node in self.graph.leaves().items() if name in self.wanted}
        flows_to = self.graph.reaching(wanted_ids)
        seed = np.ones_like(self._value(output))[()]
        self.adjoints[output] = frozen(seed)
        self._step(StepKind.SEED, Phase.SEED, output, None, self.adjoints[output])
        # reversed: an adjoint is complete before it is read
        for node_id, node in zip(reversed(tuple(self.graph.node_ids())), reversed(self.graph.nodes), strict=True):
            if isinstance(node, Apply) and self.adjoints[node_id] is not None:
                operands = self._operand_values(node)
                for operand, source in enumerate(node.operands):
                    if source in flows_to:
                        rule = node.op.rule(operand)
                        if rule is not None and not self._contribute(node_id, node, operand, rule, operands):
                            return
        for wanted in wanted_ids:  # a leaf that nothing flows back to doesn't influence the output
            if self.adjoints[wanted] is None:
                self.adjoints[wanted] = frozen(np.zeros_like(self._value(wanted))[()])

    def _contribute(self, node_id: NodeId, node: Apply, operand: int, rule: Rule, operands: list[Any]) -> bool:
        self._at = (node_id, operand)
        g, y = self.adjoints[node_id], self.values[node_id]
        try:
            sent = rule(g, y, *operands, **dict(node.attrs)) if node.attrs else rule(g, y, *operands)
        except _FAILURES as error:
            self._failed(error)
            self._step(StepKind.FAIL, Phase.BACKWARD, node_id, operand, None)
            return False
        source = node.operands[operand]
        contribution = frozen(sent)
        self.contributions[node_id, operand] = contribution
        before = self.adjoints[source]
        self.adjoints[source] = contribution if before is None else frozen(before + contribution)
        self._step(StepKind.CONTRIBUTE, Phase.BACKWARD, node_id, operand, contribution)
        return True

    def _failed(self, error: Exception) -> None:
        if isinstance(error, GradvizError):
            error.node = self._at[0]
            self.failure = error
        else:
            self.failure = EvaluationError(f"{_op_name(self.graph, self._at[0])} failed: {error}", node=self._at[0])

    def _evaluated(self, node_id: NodeId, value: Array) -> None:
        self.values[node_id] = value = frozen(value)
        self._step(StepKind.EVALUATE, Phase.FORWARD, node_id, None, value)

    def _step(self, kind: StepKind, phase: Phase, node: NodeId, operand: int | None, value: Array | None) -> None:
        self.steps.append(Step(len(self.steps), kind, phase, node, operand, value))

    def _operand_values(self, node: Apply) -> list[Any]:
        return [self.values[operand] for operand in node.operands]

    def _value(self, node_id: NodeId) -> Array:
        value = self.values[node_id]
        assert value is not None, "operands come first"
        return value

    def _note(self, what: str, _flag: int) -> None:
        names = {"divide by zero": "division by zero", "invalid value": "invalid value"}
        self.findings.append(Finding(*self._at, names.get(what, what)))


def _evaluate(node: Apply, operands: list[Any]) -> Array:
    if not node.attrs:
        node.op.shape(*[operand.shape for operand in operands])  # says in words what doesn't fit
        return node.op.evaluate(*operands)
    settings = node.settings
    node.op.shape(*[operand.shape for operand in operands], **settings)  # says in words what doesn't fit
    result: Array = node.op.evaluate(*operands, **settings)
    return result


def frozen(value: Any) -> Array:
    """The value as read-only float64; a 0-d array becomes a scalar."""
    if isinstance(value, np.float64):
        return value  # type: ignore[return-value]  # np.float64 is immutable and has an array's attributes
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0:
        return array[()]
    if array.flags.writeable:
        array = array.view()
        array.setflags(write=False)
    return array


def _op_name(graph: Graph, node_id: NodeId) -> str:
    node = graph.nodes[node_id]
    return node.op.name if isinstance(node, Apply) else "the leaf"
