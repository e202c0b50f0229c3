"""Why a number is not finite: the step at which it arose, read off the op and its operands.

    log of 0 at v₂, because softmax saturated: its operands differ by 800
    0 · ∞ at v₁: the upstream adjoint is 0, for `where` hides this branch, but the local derivative is infinite

One entry a kind of trouble, each with what would help. Nothing here changes anything; all of it is read off a trace.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Apply, Leaf
from gradviz.core.ops.hazards import Hazard, has_hazard, hazards
from gradviz.core.trace import Step, StepKind, Trace
from gradviz.core.types import Array, NodeId
from gradviz.session.breakpoints import subject, trouble
from gradviz.session.poison import is_finite
from gradviz.text import numbers
from gradviz.text.backward import local_value
from gradviz.text.symbols import display, symbols


@dataclass(frozen=True, slots=True)
class Cause:
    """why: a sentence without its full stop. advice: what would help. node: where it arose."""

    why: str
    advice: str
    node: NodeId


_STABLE_LOGS = {
    Hazard.COMPETES: "write log_softmax(z) for log(softmax(z)), or cross_entropy(z, y): they never take the log of 0",
    Hazard.FLATTENS: "write -softplus(-z) for log(sigmoid(z)): it never takes the log of 0",
    Hazard.EXPONENTIAL: "write z for log(exp(z)), or logsumexp(z) for log(sum(exp(z)))",
}


def cause_of(trace: Trace, step: Step) -> Cause:
    """Why the number of a step is not finite."""
    if step.kind is StepKind.UPDATE:
        return _update(trace, step)
    if step.kind in (StepKind.CONTRIBUTE, StepKind.SEED):
        return _backward(trace, step)
    return _forward(trace, step.node)


def _forward(trace: Trace, node: NodeId) -> Cause:
    """The origin of a bad value: the first node before it whose operands are all finite."""
    origin = _origin(trace, node)
    found, name = trace.graph.nodes[origin], _name(trace, origin)
    if isinstance(found, Leaf):
        advice = f"give {name} a finite value; after a training that diverged, try a smaller learning rate"
        return Cause(f"{name} itself is {trouble(_value(trace, origin))}", advice, origin)
    if not isinstance(found, Apply):
        return Cause(f"the number {name} is not finite", "write a finite number", origin)
    explain = next((_BY_HAZARD[hazard] for hazard in _BY_HAZARD if has_hazard(found.op, hazard)), _overflow)
    return explain(trace, origin, found)


def _origin(trace: Trace, node: NodeId) -> NodeId:
    while True:
        found = trace.graph.nodes[node]
        bad = [i for i in found.operands if not is_finite(trace.values[i])] if isinstance(found, Apply) else []
        if not bad:
            return node
        node = bad[0]


def _log(trace: Trace, node: NodeId, apply: Apply) -> Cause:
    x = _value(trace, apply.operands[0])
    name = _name(trace, node)
    if np.any(x < 0):
        lowest = numbers.typeset(float(np.min(x)))
        return Cause(
            f"{apply.op.name} of the negative number {lowest} at {name}",
            "the logarithm exists above 0 only: log(x^2)/2 or log(abs(x)) may be meant",
            node,
        )
    because, source = _why_zero(trace, apply.operands[0], x == 0)
    usual = "keep the operand above 0, such as log(x + 1e-12)"
    advice = next((words for hazard, words in _STABLE_LOGS.items() if _has(trace, source, hazard)), usual)
    return Cause(f"{apply.op.name} of 0 at {name}{because}", advice, node)


def _division(trace: Trace, node: NodeId, apply: Apply) -> Cause:
    top, bottom = (_value(trace, i) for i in apply.operands)
    zero = bottom == 0
    if not np.any(zero):
        return _overflow(trace, node, apply)
    both = np.any(zero & (np.broadcast_to(top, np.broadcast_shapes(np.shape(top), np.shape(bottom))) == 0))
    because, _ = _why_zero(trace, apply.operands[1], zero)
    what = "0 divided by 0" if both else "division by 0"
    return Cause(
        f"{what} at {_name(trace, node)}{because}", "keep the denominator away from 0, such as a/(b + 1e-12)", node
    )


def _root(trace: Trace, node: NodeId, apply: Apply) -> Cause:
    lowest = numbers.typeset(float(np.min(_value(trace, apply.operands[0]))))
    return Cause(
        f"{apply.op.name} of the negative number {lowest} at {_name(trace, node)}",
        "keep the operand at 0 or above, such as sqrt(maximum(x, 0)) or sqrt(abs(x))",
        node,
    )


def _power(trace: Trace, node: NodeId, apply: Apply) -> Cause:
    base, exponent = (_value(trace, i) for i in apply.operands)
    if np.any((base == 0) & (exponent < 0)):
        return Cause(f"0 to a negative power at {_name(trace, node)}", "keep the base away from 0", node)
    if np.any(base < 0) and np.any(exponent != np.round(exponent)):
        why = f"a negative number to the power {numbers.typeset_value(exponent)} at {_name(trace, node)}"
        return Cause(why, "take abs(x) first, or a whole exponent", node)
    return _overflow(trace, node, apply)


def _overflow(trace: Trace, node: NodeId, apply: Apply) -> Cause:
    largest = max((float(np.max(np.abs(_value(trace, i)), initial=0.0)) for i in apply.operands), default=0.0)
    size, name = numbers.typeset(largest), _name(trace, node)
    if trouble(_value(trace, node)) == "NaN":
        why = f"{apply.op.name} has no value at {name} (its operands reach {size})"
        return Cause(why, f"keep the operands of {apply.op.name} where it is defined", node)
    if has_hazard(apply.op, Hazard.EXPONENTIAL):
        return Cause(
            f"{apply.op.name} of {size} overflows at {name}: beyond 709.78 it is more than 64 bits hold",
            "subtract the largest operand first, or use logsumexp, softmax, softplus or log_softmax, which do",
            node,
        )
    why = f"{apply.op.name} overflows at {name}: its operands reach {size}"
    return Cause(why, "scale the numbers down; when this is after some iterations, try a smaller learning rate", node)


_BY_HAZARD: dict[Hazard, Callable[[Trace, NodeId, Apply], Cause]] = {
    Hazard.LOGARITHM: _log,
    Hazard.QUOTIENT: _division,
    Hazard.ROOT: _root,
    Hazard.POWER: _power,
}


def _why_zero(trace: Trace, node: NodeId, zero: Array) -> tuple[str, NodeId | None]:
    """Why elements of a node are 0, as ", because …", and the node that made them so."""
    found, name = trace.graph.nodes[node], _name(trace, node)
    if isinstance(found, Leaf):
        return f", because {name} is 0", node
    if not isinstance(found, Apply):
        return "", None
    operands = [_value(trace, i) for i in found.operands]
    of = hazards(found.op)
    if Hazard.PASSES in of:
        return _why_zero(trace, found.operands[0], zero)
    if Hazard.COMPETES in of:
        spread = numbers.typeset(float(np.max(operands[0]) - np.min(operands[0])))
        return f", because {found.op.name} saturated: its operands differ by {spread}", node
    if Hazard.FLATTENS in of or Hazard.EXPONENTIAL in of:
        lowest = numbers.typeset(float(np.min(operands[0])))
        return f", because {found.op.name} of {lowest} is too small for 64 bits", node
    if Hazard.RECTIFIES in of:
        return f", because {found.op.name} is 0 for its operand {numbers.typeset_value(operands[0])}", node
    if Hazard.SUBTRACTS in of:
        left, right = (_name(trace, i) for i in found.operands)
        same = f"{left} − {right} is always 0" if left == right else f"{left} and {right} are equal"
        return f", because {same}", node
    if Hazard.MEASURES in of:
        inner, source = _why_zero(trace, found.operands[0], operands[0] == 0)
        return inner or f", because {_name(trace, found.operands[0])} is 0", source or node
    if Hazard.MULTIPLIES in of:
        return _why_product(trace, found, name), node
    return f", because {name} is 0", node


def _why_product(trace: Trace, product: Apply, name: str) -> str:
    factor = next((i for i in product.operands if np.any(_value(trace, i) == 0)), None)
    if factor is None:
        return f", because the product {name} is too small for 64 bits"
    return f", because its factor {_name(trace, factor)} is 0"


def _backward(trace: Trace, step: Step) -> Cause:
    apply = trace.graph.nodes[step.node]
    g = trace.adjoints[step.node]
    if not isinstance(apply, Apply) or step.operand is None or g is None:
        return Cause(f"{subject(trace, step)} is not finite", "", step.node)
    name, source = _name(trace, step.node), _name(trace, apply.operands[step.operand])
    if not is_finite(trace.values[step.node]) or any(not is_finite(trace.values[i]) for i in apply.operands):
        before = _forward(trace, step.node)
        return Cause(f"{before.why}, and {name} sends it back to {source}", before.advice, before.node)
    local = local_value(trace, step.node, step.operand) if apply.op.partials else None
    if local is not None and not is_finite(local):
        return _infinite_slope(trace, step, apply, g)
    why = f"{subject(trace, step)} overflows: upstream reaches {_size(g)}"
    return Cause(
        why, "the gradient explodes: scale the weights down, clip the gradient, or try a smaller rate", step.node
    )


def _infinite_slope(trace: Trace, step: Step, apply: Apply, g: Array) -> Cause:
    assert step.operand is not None
    x = _value(trace, apply.operands[step.operand])
    name, op = _name(trace, step.node), apply.op.name
    at = "0" if np.any(x == 0) else numbers.typeset_value(x)
    if np.any(g == 0) and trouble(step.value if step.value is not None else g) == "NaN":
        mask = _mask_above(trace, step.node)
        hidden = f", for {mask} hides this branch," if mask else ""
        return Cause(
            f"0 · ∞ at {name}: its upstream adjoint is 0{hidden} but the local derivative of {op} at {at} is infinite",
            f"choose a harmless operand before {op}: where(c, {op}(where(c, x, 1)), 0)",
            step.node,
        )
    return Cause(
        f"the local derivative of {op} at {at} is infinite, at {name}",
        f"keep the operand away from it, such as {op}(x + 1e-12)",
        step.node,
    )


def _mask_above(trace: Trace, node: NodeId) -> str | None:
    """The mask whose hidden branch a node feeds, in words."""
    reached = trace.graph.reaching({node})
    for index in sorted(reached):
        found = trace.graph.nodes[index]
        if isinstance(found, Apply) and has_hazard(found.op, Hazard.HIDES):
            return f"{found.op.name} ({_name(trace, index)})"
    return None


def _update(trace: Trace, step: Step) -> Cause:
    name = _name(trace, step.node)
    before = trace.values[step.node]
    why = f"the update takes {name} beyond what 64 bits hold" if is_finite(before) else f"{name} was not finite before"
    return Cause(why, "try a smaller learning rate", step.node)


def _has(trace: Trace, node: NodeId | None, hazard: Hazard) -> bool:
    found = trace.graph.nodes[node] if node is not None else None
    return isinstance(found, Apply) and has_hazard(found.op, hazard)


def _size(value: Array) -> str:
    return numbers.typeset(float(np.max(np.abs(value), initial=0.0)))


def _value(trace: Trace, node: NodeId) -> Array:
    found = trace.values[node]
    assert found is not None, "operands come first"
    return found


def _name(trace: Trace, node: NodeId) -> str:
    return display(symbols(trace.graph)[node])
