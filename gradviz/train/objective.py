"""The loss as a function of the parameters alone: L(θ) = Σᵢ ℓ(θ; xᵢ, yᵢ), or the mean, over chosen samples.

The formula says ℓ for one sample. It is compiled once for each number of samples that is asked for: the whole
data set, a mini-batch, and what is left over for the last mini-batch of an epoch.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradviz.core.compile import Compiled, compile_loss
from gradviz.core.graph import Graph
from gradviz.core.op import as_value
from gradviz.core.types import SCALAR, Array, Shape
from gradviz.data.names import did_you_mean
from gradviz.errors import TrainingError

Element = Any
"""A parameter while it runs: a Python float or a float64 array."""

Samples = NDArray[np.intp]
"""Places of samples in the data, from 0."""

REDUCTIONS = ("mean", "sum")


@dataclass(frozen=True, slots=True, eq=False)
class _Program:
    """A compiled loss and its arguments, in which only the parameters and the samples are still to be filled in."""

    compiled: Compiled
    arguments: tuple[Any, ...]
    parameter_places: tuple[tuple[str, int], ...]
    data_places: tuple[tuple[str, int], ...]


class Objective:
    """Loss and gradient at given parameters over given samples.

    graph: the loss of one sample. constants: leaves that stay as they are. data: leaves with a leading sample axis.
    parameter_shapes: all other leaves. Safe to use from several threads, one at a time.
    """

    def __init__(
        self,
        graph: Graph,
        parameter_shapes: Mapping[str, Shape],
        constants: Mapping[str, Array],
        data: Mapping[str, Array] | None = None,
        reduce: str = "mean",
    ) -> None:
        if reduce not in REDUCTIONS:
            raise TrainingError(f"losses are reduced by sum or mean, not by {reduce}")
        self.graph = graph
        self.reduce = reduce
        self.constants = {name: as_value(value) for name, value in constants.items()}
        self.data = checked_data(graph, data or {})
        self.samples = len(next(iter(self.data.values()), (0,)))
        self.parameters = tuple(name for name in graph.leaves() if name in parameter_shapes)
        self.leaf_shapes = self._leaf_shapes(parameter_shapes)
        self._programs: dict[tuple[int, bool], _Program] = {}
        self._lock = Lock()  # a compiled loss reuses its buffers

    def loss_and_gradient(
        self, parameters: Mapping[str, Element], chosen: Samples | None = None
    ) -> tuple[float, dict[str, Element]]:
        """L and ∂L/∂θ over the chosen samples, over all when None; not finite where the numbers overflow.

        Raises EvaluationError when a sample makes no sense, such as a class that no score has.
        """
        return self._run(parameters, chosen, with_gradient=True)

    def loss(self, parameters: Mapping[str, Element], chosen: Samples | None = None) -> float:
        """L over the chosen samples, over all when None."""
        return self._run(parameters, chosen, with_gradient=False)[0]

    def _run(
        self, parameters: Mapping[str, Element], chosen: Samples | None, *, with_gradient: bool
    ) -> tuple[float, dict[str, Element]]:
        with self._lock:
            program = self._program(self.samples if chosen is None else len(chosen), with_gradient)
            arguments = list(program.arguments)
            for name, place in program.parameter_places:
                arguments[place] = parameters[name]
            if chosen is not None:
                for name, place in program.data_places:
                    arguments[place] = self.data[name][chosen]
            loss, *gradients = program.compiled.run(*arguments)
        return float(loss), dict(zip(program.compiled.gradient_names, gradients, strict=True))

    def elements(self, parameters: Mapping[str, Any]) -> dict[str, Element]:
        """Parameters as they run: scalars as Python floats, arrays as float64, each of its declared shape."""
        values = {name: as_value(parameters[name]) for name in self.parameters}
        return {name: value if value.shape else float(value) for name, value in values.items()}

    def fixed_elements(self) -> list[Element]:
        """The leaves that are no parameters, with the data of all samples, in the order of the formula."""
        fixed = self.constants | self.data
        return [_element(fixed[name]) for name in self.graph.leaves() if name in fixed]

    def sample_values(self, parameters: Mapping[str, Element], sample: int) -> dict[str, Array]:
        """A value for every leaf of the formula, with the data of one sample: what to record a trace with."""
        rows = {name: as_value(values[sample]) for name, values in self.data.items()}
        return {**self.constants, **rows, **{name: as_value(parameters[name]) for name in self.parameters}}

    def _leaf_shapes(self, parameter_shapes: Mapping[str, Shape]) -> dict[str, Shape]:
        known = {name: value.shape for name, value in self.constants.items()}
        known |= {name: values.shape[1:] for name, values in self.data.items()} | dict(parameter_shapes)
        return {name: known[name] for name in self.graph.leaves()}

    def _program(self, samples: int, with_gradient: bool) -> _Program:
        key = (samples, with_gradient)
        if key not in self._programs:
            self._programs[key] = self._compiled(samples, self.parameters if with_gradient else ())
        return self._programs[key]

    def _compiled(self, samples: int, wrt: tuple[str, ...]) -> _Program:
        compiled = compile_loss(
            self.graph,
            self.leaf_shapes,
            wrt=wrt,
            data=tuple(self.data),
            samples=max(samples, 1),
            reduce=self.reduce,
        )
        places = {name: place for place, name in enumerate(compiled.leaf_shapes)}
        fixed = self.constants | self.data
        arguments = tuple(_element(fixed[name]) if name in fixed else None for name in places)
        return _Program(
            compiled,
            arguments,
            tuple((name, places[name]) for name in self.parameters),
            tuple((name, places[name]) for name in self.data),
        )


def checked_data(graph: Graph, data: Mapping[str, Any]) -> dict[str, Array]:
    """The data as float64 arrays of one length; raises TrainingError for an unknown leaf or unequal lengths."""
    leaves = graph.leaves()
    arrays: dict[str, Array] = {}
    for name, values in data.items():
        if name not in leaves:
            raise TrainingError(f"the formula has no {name} to bind data to{did_you_mean(name, leaves)}")
        arrays[name] = np.asarray(values, dtype=np.float64)
        if arrays[name].shape[:1] in (SCALAR, (0,)):
            raise TrainingError(f"the data for {name} has no samples; its first axis counts them")
    lengths = {name: len(values) for name, values in arrays.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise TrainingError(f"the data must have equally many samples for each leaf; {listed}")
    return arrays


def check_leaves(graph: Graph, names: Collection[str]) -> None:
    """Raise TrainingError for a name that is no leaf of the graph."""
    leaves = graph.leaves()
    for name in names:
        if name not in leaves:
            raise TrainingError(f"the formula has no {name}{did_you_mean(name, leaves)}")


def _element(value: Array) -> Element:
    return value if value.shape else float(value)
