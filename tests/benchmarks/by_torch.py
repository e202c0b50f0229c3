"""The same descents in PyTorch, eager, as its tutorials write them: one thread, float64."""

import torch
from torch.nn.functional import cross_entropy

from benchmarks.by_hand import Result
from benchmarks.formulas import Problem
from gradviz.core.graph import Apply, Graph, Leaf

torch.set_num_threads(1)

_OPS = {
    "add": torch.add, "mul": torch.mul, "sub": torch.sub,
    "tanh": torch.tanh, "sin": torch.sin, "sigmoid": torch.sigmoid,
}  # fmt: skip

LOSSES = {
    "square_of_square": lambda p, d: (p["x"] ** 2) ** 2,
    "least_squares": lambda p, d: ((d["y"] - (p["W"] * d["x"] + p["b"])) ** 2).sum(),
    "softmax_regression": lambda p, d: cross_entropy(d["x"] @ p["W"].T + p["b"], d["y"].long()),
    "network": lambda p, d: cross_entropy(torch.tanh(d["x"] @ p["W"].T + p["b"]) @ p["V"].T + p["c"], d["y"].long()),
}


def descent(name: str, problem: Problem, iterations: int) -> Result:
    """So many iterations of the descent of that name."""
    parameters = {key: torch.tensor(value, requires_grad=True) for key, value in problem.start.items()}
    data = {key: torch.tensor(value) for key, value in problem.data.items()}
    optimizer = torch.optim.SGD(parameters.values(), lr=problem.rate)
    loss_of, loss = LOSSES[name], torch.tensor(0.0)
    for _ in range(iterations):
        optimizer.zero_grad()
        loss = loss_of(parameters, data)
        loss.backward()
        optimizer.step()
    return loss.item(), {key: value.detach().numpy() for key, value in parameters.items()}


def calls(graph: Graph, values: dict[str, float], iterations: int) -> tuple[float, dict[str, float]]:
    """Value and gradients of a scalar graph, so many times."""
    leaves = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in values.items()}
    output = torch.tensor(0.0)
    for _ in range(iterations):
        for leaf in leaves.values():
            leaf.grad = None
        output = evaluated(graph, leaves)
        output.backward()
    return output.item(), {name: leaf.grad.item() for name, leaf in leaves.items()}


def evaluated(graph: Graph, leaves: dict[str, torch.Tensor]) -> torch.Tensor:
    """The output of a graph of the ops above."""
    made: list[torch.Tensor] = []
    for node in graph.nodes:
        if isinstance(node, Leaf):
            made.append(leaves[node.name])
        elif isinstance(node, Apply):
            made.append(_OPS[node.op.name](*[made[operand] for operand in node.operands]))
    return made[graph.output]
