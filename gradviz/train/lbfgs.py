"""L-BFGS with SciPy's parts: the direction from the last ten updates, the length from a search along it.

    p = −H g            H: `scipy.optimize.LbfgsInvHessProduct` of the kept pairs s = Δθ, y = Δg
    θ ← θ + α p         α: `scipy.optimize.line_search`, strong Wolfe conditions

Nocedal and Wright, "Numerical Optimization", 2006, algorithms 3.5 and 7.4. One update is a pure function of θ, g and
the pairs; so an L-BFGS run can be reopened at any iteration like all others.
"""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradviz.core.types import Array
from gradviz.errors import TrainingError

Element = Any
Memory = tuple[Element, ...]
Evaluate = Callable[[dict[str, Element]], tuple[float, Mapping[str, Element]]]
"""Loss and gradient at other parameters, over the same samples."""

PAIRS = 10
_MOST_HALVINGS = 40
_CURVES = 1e-10


def lbfgs_step(
    evaluate: Evaluate,
    parameters: Mapping[str, Element],
    loss: float,
    gradients: Mapping[str, Element],
    memory: Mapping[str, Memory],
) -> tuple[dict[str, Element], dict[str, Memory]]:
    """The parameters after one update, and the pairs to remember: for each parameter, s and y of the last updates.

    The very same parameters come back when no step along the direction lowers the loss.
    """
    form = _Form(parameters)
    theta, g = form.flat(parameters), form.flat(gradients)
    pairs = form.pairs(memory)
    line = _Line(evaluate, form, theta, loss, g)
    found = line.step(_direction(g, pairs)) or (line.step(_direction(g, None)) if pairs is not None else None)
    if found is None:
        return dict(parameters), dict(memory)
    new_theta, new_g = found
    s, y = new_theta - theta, new_g - g
    if s @ y > _CURVES * np.linalg.norm(s) * np.linalg.norm(y):
        old_s, old_y = pairs if pairs is not None else (np.empty((0, len(s))), np.empty((0, len(s))))
        pairs = np.vstack([old_s, s])[-PAIRS:], np.vstack([old_y, y])[-PAIRS:]
    return form.elements(new_theta), form.memory(pairs)


def check_scipy() -> None:
    """Raise TrainingError when SciPy is missing."""
    try:
        import scipy.optimize  # noqa: F401 - on demand: it is slow to load
    except ImportError:
        raise TrainingError("L-BFGS needs SciPy: pip install scipy") from None


class _Form:
    """How the parameters stand one after the other in one vector."""

    def __init__(self, parameters: Mapping[str, Element]) -> None:
        self.shapes = {name: np.shape(value) for name, value in parameters.items()}
        sizes = [int(np.prod(shape)) for shape in self.shapes.values()]
        self.cuts = np.cumsum(sizes)[:-1]

    def flat(self, values: Mapping[str, Element]) -> Array:
        return np.concatenate([np.ravel(values[name]) for name in self.shapes]).astype(np.float64)

    def elements(self, flat: Array) -> dict[str, Element]:
        parts = zip(self.shapes.items(), np.split(flat, self.cuts), strict=True)
        return {name: part.reshape(shape) if shape else float(part[0]) for (name, shape), part in parts}

    def pairs(self, memory: Mapping[str, Memory]) -> tuple[Array, Array] | None:
        if not all(memory[name] for name in self.shapes):
            return None
        s, y = (np.concatenate([memory[n][which] for n in self.shapes], axis=1) for which in (0, 1))
        return s, y

    def memory(self, pairs: tuple[Array, Array] | None) -> dict[str, Memory]:
        if pairs is None:
            return dict.fromkeys(self.shapes, ())
        s, y = (np.split(kept, self.cuts, axis=1) for kept in pairs)
        return {name: (s[i].copy(), y[i].copy()) for i, name in enumerate(self.shapes)}


class _Line:
    """The loss along a direction; the newest evaluation is kept, for value and slope are asked for one by one."""

    def __init__(self, evaluate: Evaluate, form: _Form, theta: Array, loss: float, g: Array) -> None:
        self._evaluate, self._form = evaluate, form
        self._theta, self._loss, self._g = theta, loss, g
        self._at: tuple[bytes, float, Array] = (theta.tobytes(), loss, g)

    def value(self, theta: Array) -> float:
        return self._known(theta)[1]

    def gradient(self, theta: Array) -> Array:
        return self._known(theta)[2]

    def step(self, direction: Array) -> tuple[Array, Array] | None:
        """Where the search ends and the gradient there; None when nothing along the direction is lower."""
        from scipy.optimize import line_search

        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # a search without end is told by its answer
            length = line_search(self.value, self.gradient, self._theta, direction, self._g, self._loss)[0]
        length = self._halved(direction) if length is None else float(length)
        if length is None:
            return None
        theta = self._theta + length * direction
        return theta, self.gradient(theta)

    def _halved(self, direction: Array) -> float | None:
        length = 1.0
        for _ in range(_MOST_HALVINGS):
            if self.value(self._theta + length * direction) < self._loss:
                return length
            length /= 2
        return None

    def _known(self, theta: Array) -> tuple[bytes, float, Array]:
        key = theta.tobytes()
        if self._at[0] != key:
            loss, gradients = self._evaluate(self._form.elements(theta))
            self._at = (key, loss if np.isfinite(loss) else np.inf, self._form.flat(gradients))
        return self._at


def _direction(g: Array, pairs: tuple[Array, Array] | None) -> Array:
    """Downhill; without pairs the gradient's own, not longer than 1."""
    from scipy.optimize import LbfgsInvHessProduct

    if pairs is not None:
        direction: Array = -LbfgsInvHessProduct(*pairs).matvec(g)
        if direction @ g < 0:
            return direction
    return -g / max(1.0, float(np.linalg.norm(g)))
