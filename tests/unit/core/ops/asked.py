"""How the tests of ops ask: a formula's value and gradients by both executors, which must agree."""

from typing import Any

import numpy as np

import gradviz
from gradviz.core.compile import compile
from gradviz.core.record import record


def asked(formula: str, wrt: list[str] | None = None, **values: Any) -> tuple[Any, dict[str, Any]]:
    """(value, gradients) as recorded, after the compiled function has given the same."""
    graph = gradviz.parse(formula, **dict.fromkeys(values))
    trace = record(graph, values, wrt=wrt)
    value, gradients = compile(graph, wrt, **values)(values)
    np.testing.assert_allclose(value, trace.result, rtol=1e-12)
    for name, gradient in trace.gradients.items():
        np.testing.assert_allclose(gradients[name], gradient, rtol=1e-12, err_msg=name)
    return trace.result, trace.gradients


def slope(formula: str, x: Any) -> Any:
    """The derivative of a formula by x."""
    return asked(formula, x=x)[1]["x"]
