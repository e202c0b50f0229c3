"""The runs of many samples at once say what the traces of the samples say."""

import numpy as np
import pytest

import gradviz
from gradviz.session.batch import run_batch

CASES = {
    "(y - (W x + b))^2": {"W": (), "x": (), "b": (), "y": ()},
    "-log(softmax(W x + b))[1]": {"W": (3, 2), "x": (2,), "b": (3,)},
    "h = tanh(W x + b); sum(h h) + sum(max(h) + relu(h))": {"W": (3, 2), "x": (2,), "b": (3,)},
    "sum((x - y)^2) + x*x": {"x": (2,), "y": (2,)},
}


@pytest.mark.parametrize("formula", CASES)
@pytest.mark.parametrize("is_spread", [True, False])
def test_each_row_is_the_trace_of_its_sample(formula: str, is_spread: bool) -> None:
    rng = np.random.default_rng(0)
    shapes = CASES[formula]
    samples = 4
    data = {name for name in shapes if name in "xy"}
    values = {n: rng.normal(size=((samples, *s) if n in data else s)) for n, s in shapes.items()}
    graph = gradviz.parse(formula, **{n: (v[0] if n in data else v) for n, v in values.items()})
    spread = {n: np.broadcast_to(v, (samples, *np.shape(v))) for n, v in values.items() if n not in data}
    leaves = {**values, **spread} if is_spread else values
    run = run_batch(graph, leaves, set(values) if is_spread else data, samples)
    for row in range(samples):
        trace = gradviz.record(graph, {n: (v[row] if n in data else v) for n, v in values.items()})
        for node in graph.node_ids():
            if run.is_batched[node]:
                np.testing.assert_allclose(run.values[node][row], trace.values[node], rtol=1e-12)
                np.testing.assert_allclose(run.adjoints[node][row], trace.adjoints[node], rtol=1e-10, atol=1e-12)
        for key, sent in run.contributions.items():
            if run.is_batched[graph.nodes[key[0]].operands[key[1]]]:
                np.testing.assert_allclose(sent[row], trace.contributions[key], rtol=1e-10, atol=1e-12)
