"""Ready-made watches over all values and adjoints of an iteration: NaN, vanishing, dead units, and the like."""

from collections.abc import Iterator

import numpy as np

from gradviz.core.graph import Apply
from gradviz.core.ops.hazards import Hazard, has_hazard, hazards
from gradviz.core.types import Array, NodeId
from gradviz.session.batch import BatchRun
from gradviz.session.look import Alarm, Look, Past, Thresholds, rows_where
from gradviz.text import numbers


def non_finite(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """The first sample in whose run a number is NaN or infinite; its trace says at which step."""
    run = look.run
    assert run is not None
    places: list[tuple[NodeId, int | None, Array | None, bool]] = [
        (node, None, run.values[node], run.is_batched[node]) for node in run.graph.node_ids()
    ]
    for (node, operand), sent in run.contributions.items():
        apply = run.graph.nodes[node]
        assert isinstance(apply, Apply)
        places.append((node, operand, sent, run.is_batched[apply.operands[operand]]))
    for place, slot, found, is_batched in places:
        if found is not None and not np.all(np.isfinite(found)):
            row = _bad_row(run, place, slot, found, is_batched)
            phase = "forward" if slot is None else "backward"
            return Alarm("non_finite", place, f"{look.name(place)} is not finite", "", phase, slot, look.sample(row))
    return None


def _bad_row(run: BatchRun, node: NodeId, operand: int | None, found: Array, is_batched: bool) -> int:
    if is_batched:
        return rows_where(~np.isfinite(found), True)
    g = run.adjoints[node]
    if operand is not None and g is not None and run.is_batched[node]:  # a sum over samples: look at who sends
        return rows_where(~np.isfinite(g), True)
    return 0


def vanishing(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """The weakest signal among the layers is next to nothing of the one nearest to the loss."""
    found = _strengths(look)
    if len(found) < 2:
        return None
    near, far = found[-1], min(found, key=lambda pair: pair[1])
    if near[1] == 0 or far[0] >= near[0] or far[1] >= limits["ratio"] * near[1]:
        return None
    share = numbers.typeset(float(f"{far[1] / near[1]:.2g}"))
    return Alarm(
        "vanishing",
        far[0],
        f"the gradient vanishes: at {look.name(far[0])} only {share} of what {look.name(near[0])} gets is left",
        "use relu or a skip connection instead of many sigmoids or tanhs, larger weights, or a normalised input",
        "backward",
    )


def exploding(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """The signal grows on its way back, or the gradient from one iteration to the next."""
    found = _strengths(look)
    advice = "try smaller weights or a smaller learning rate, or clip the gradient"
    if len(found) >= 2:
        near, far = found[-1], max(found, key=lambda pair: pair[1])
        if near[1] > 0 and far[0] < near[0] and far[1] > limits["ratio"] * near[1]:
            times = numbers.typeset(float(f"{far[1] / near[1]:.2g}"))
            why = f"the gradient explodes: {look.name(far[0])} gets {times} times what {look.name(near[0])} gets"
            return Alarm("exploding", far[0], why, advice, "backward")
    has_grown = look.iteration >= 5 and look.gradient_norm > limits["growth"] * past.largest_norm > 0
    if not has_grown or past.first_loss is None or look.loss < past.first_loss:
        return None
    times = numbers.typeset(float(f"{look.gradient_norm / past.largest_norm:.2g}"))
    why = f"the gradient explodes: it is {times} times as long as in the first iterations"
    return Alarm("exploding", look.graph.output, why, advice, "backward")


def _strengths(look: Look) -> list[tuple[NodeId, float]]:
    """How much flows back at each layer: into ops that use a parameter, and out of activations; in order of time.

    A value is a root mean square over samples and units. Exact zeros are left out: those are cut, not weak.
    """
    run = look.run
    assert run is not None
    leaves = look.graph.leaves()
    parameters = {leaves[name] for name in look.parameters if name in leaves}
    found = []
    for index, node in enumerate(look.graph.nodes):
        if not isinstance(node, Apply):
            continue
        if has_hazard(node.op, Hazard.ACTIVATES):
            signal = run.contributions.get((NodeId(index), 0))
        elif parameters & set(node.operands) and index != look.graph.output:
            signal = run.adjoints[index]
        else:
            continue
        strength = _strength(signal)
        if strength > 0:
            found.append((NodeId(index), strength))
    return found


def _strength(signal: Array | None) -> float:
    if signal is None:
        return 0.0
    largest = float(np.max(np.abs(signal), initial=0.0))
    if not 0 < largest < np.inf:
        return 0.0
    return largest * float(np.sqrt(np.mean(np.square(signal / largest))))  # so that no square underflows


def dead_relu(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """A relu of which many units are 0 for every sample."""
    run = look.run
    assert run is not None
    for node, _apply, operands in _applied(run, Hazard.RECTIFIES):
        x = operands[0]
        if not run.is_batched[node] or run.samples < limits["samples"] or not np.all(np.isfinite(x)):
            continue
        dead = np.all(x <= 0, axis=0)
        count, units = int(np.sum(dead)), int(np.size(dead))
        if count and count >= limits["share"] * units:
            all_of = "its only unit" if units == 1 else f"{count} of its {units} units"
            return Alarm(
                "dead_relu",
                node,
                f"relu at {look.name(node)} is dead: {all_of} give 0 for all {run.samples} samples"
                if units > 1
                else f"relu at {look.name(node)} is dead: {all_of} gives 0 for all {run.samples} samples",
                "start from other weights or a positive bias, try a smaller learning rate, or use leaky_relu",
            )
    return None


def saturated(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """A sigmoid or tanh whose units stand where the curve is flat, while the loss is high."""
    run = look.run
    assert run is not None
    if past.first_loss is not None and look.loss < limits["loss"] * past.first_loss:
        return None
    for node, apply, operands in _applied(run, Hazard.FLATTENS):
        y = run.values[node]
        assert y is not None
        flat = _slope(apply, y, operands[0]) < limits["slope"]
        if np.mean(flat) < limits["share"] or not _matters(run, node):
            continue
        row = rows_where(flat, run.is_batched[node])
        share = numbers.typeset(float(f"{100 * np.mean(flat):.3g}"))
        reach = numbers.typeset(float(f"{np.max(np.abs(operands[0])):.3g}"))
        return Alarm(
            "saturated",
            node,
            f"{apply.op.name} at {look.name(node)} is saturated: {share} % of it is flat (its operand reaches {reach})",
            "try smaller weights or a normalised input; at the output, a loss that undoes it, such as cross_entropy",
            sample=look.sample(row),
        )
    return None


def _matters(run: BatchRun, node: NodeId) -> bool:
    """False where the node is saturated because it has learnt: what comes back is as small as it should be."""
    g = run.adjoints[node]
    return g is None or bool(np.any(g))


def near_overflow(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """A value that is still finite, but not its square."""
    run = look.run
    assert run is not None
    for node, apply, _operands in _applied(run, None):
        y = run.values[node]
        assert y is not None
        large = np.isfinite(y) & (np.abs(y) > limits["above"])
        if np.any(large):
            size = numbers.typeset(float(f"{np.max(np.abs(np.where(large, y, 0))):.3g}"))
            return Alarm(
                "overflow",
                node,
                f"{apply.op.name} at {look.name(node)} reaches {size}, close to what 64 bits hold",
                "scale the numbers down; in training, try a smaller learning rate",
                sample=look.sample(rows_where(large, run.is_batched[node])),
            )
    return None


def underflow(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """A result that is 0, or all but, though no operand is 0."""
    run = look.run
    assert run is not None
    if past.has_converged(look):
        return None
    for node, apply, operands in _applied(run, Hazard.SHRINKS):
        y = run.values[node]
        assert y is not None
        if not all(np.all(np.isfinite(x)) for x in operands):
            continue
        tiny = np.abs(y) < limits["below"]
        if hazards(apply.op).isdisjoint((Hazard.EXPONENTIAL, Hazard.COMPETES, Hazard.FLATTENS)):
            for operand, x in enumerate(operands):
                tiny = tiny & (_lined_up(run, node, operand, x) != 0) if np.ndim(tiny) else tiny & np.all(x != 0)
        if np.any(tiny):
            return Alarm(
                "underflow",
                node,
                f"{apply.op.name} at {look.name(node)} underflows: its result is 0 to 64 bits, though no operand is",
                "compute with logarithms (log_softmax, logsumexp), or scale the numbers up",
                sample=look.sample(rows_where(tiny, run.is_batched[node])),
            )
    return None


def _lined_up(run: BatchRun, node: NodeId, operand: int, x: Array) -> Array:
    """An operand in the shape of the result, as broadcasting lays it out; all ones where it can't be."""
    y = run.values[node]
    apply = run.graph.nodes[node]
    assert y is not None
    assert isinstance(apply, Apply)
    is_batched = run.is_batched[apply.operands[operand]]
    if is_batched and np.ndim(x) < np.ndim(y):
        x = np.reshape(x, (np.shape(x)[0],) + (1,) * (np.ndim(y) - np.ndim(x)) + np.shape(x)[1:])
    try:
        return np.broadcast_to(x, np.shape(y))
    except ValueError:
        return np.ones_like(y)


def log_near_zero(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """A logarithm whose operand is next to 0."""
    return _near_zero(look, Hazard.LOGARITHM, 0, limits["below"], "log_near_zero", "takes the logarithm of")


def division_near_zero(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """A quotient whose denominator is next to 0."""
    return _near_zero(look, Hazard.QUOTIENT, 1, limits["below"], "division_near_zero", "divides by")


def _near_zero(look: Look, hazard: Hazard, operand: int, below: float, key: str, verb: str) -> Alarm | None:
    run = look.run
    assert run is not None
    for node, apply, operands in _applied(run, hazard):
        x = operands[operand]
        near = (np.abs(x) < below) & (x != 0)  # 0 itself is not finite, which another watch says
        if np.any(near):
            smallest = numbers.typeset(float(f"{np.min(np.abs(x[near]) if np.ndim(x) else np.abs(x)):.3g}"))
            return Alarm(
                key,
                node,
                f"{look.name(node)} {verb} {smallest}",
                "use log_softmax, logsumexp or cross_entropy, which need no such number, or add a small constant",
                sample=look.sample(rows_where(near, run.is_batched[apply.operands[operand]])),
            )
    return None


def _slope(apply: Apply, y: Array, x: Array) -> Array:
    """The local derivative of an elementwise op, relative to that at 0, where these are steepest."""
    rule = apply.op.partials[0]
    assert rule is not None
    with np.errstate(all="ignore"):
        middle = rule(apply.op.evaluate(np.float64(0.0)), np.float64(0.0))
        return np.abs(np.asarray(rule(y, x), dtype=np.float64)) / abs(float(middle))


def _applied(run: BatchRun, hazard: Hazard | None) -> Iterator[tuple[NodeId, Apply, list[Array]]]:
    """The computed nodes whose op has a hazard (all when None), each with the values of its operands."""
    for index, node in enumerate(run.graph.nodes):
        if (
            isinstance(node, Apply)
            and (hazard is None or has_hazard(node.op, hazard))
            and run.values[index] is not None
        ):
            operands = [x for x in (run.values[i] for i in node.operands) if x is not None]
            if len(operands) == len(node.operands):
                yield NodeId(index), node, operands
