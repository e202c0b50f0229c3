"""Update rules of gradient descent, as pure functions.

    SGD        θ ← θ − ε g
    momentum   v ← μ v + g             θ ← θ − ε v
    Nesterov   v ← μ v + g             θ ← θ − ε (g + μ v)
    AdaGrad    s ← s + g²              θ ← θ − ε g / (√s + δ)
    RMSProp    s ← ρ s + (1 − ρ) g²    θ ← θ − ε g / (√s + δ)
    Adam       m ← β₁ m + (1 − β₁) g   s ← β₂ s + (1 − β₂) g²   θ ← θ − ε m̂ / (√ŝ + δ)
               with m̂ = m / (1 − β₁ᵗ) and ŝ = s / (1 − β₂ᵗ)
    AdamW      as Adam                 θ ← θ − ε (m̂ / (√ŝ + δ) + λ θ)
    L-BFGS     p = −H g                θ ← θ + α p, α found by a search (gradviz.train.lbfgs)

A rule works on each element alone, so it is the same for numbers, for arrays, and for expressions, from which
`gradviz.core.loop` writes code. What it remembers between two
iterations (v, s, m) is handed in and handed back; nothing is stored in an optimizer.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from gradviz.core.ops.powers import sqrt
from gradviz.data.names import did_you_mean
from gradviz.errors import TrainingError

Element = Any
"""A Python float, an np.float64 or a float64 array."""

Memory = tuple[Element, ...]
"""What a rule remembers of one parameter: none, one or two values of its shape."""

Update = Callable[[Element, Element, Memory, Any, float, Mapping[str, float]], tuple[Element, Memory]]
"""update(θ, g, memory, t, rate, settings) -> (new θ, new memory); t counts from 1."""


@dataclass(frozen=True, slots=True, eq=False)
class UpdateRule:
    """One published rule: how it computes, and how it is shown.

    remembers: names of what it keeps a parameter, each starting at 0. settings: names with their usual values.
    searches: it looks at the loss elsewhere to find the length of its step, and so has no learning rate; its update
    is `gradviz.train.lbfgs.lbfgs_step`.
    """

    name: str
    title: str
    update: Update
    plain: str
    latex: str
    source: str
    remembers: tuple[str, ...] = ()
    settings: Mapping[str, float] = field(default_factory=dict)
    searches: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Optimizer:
    """A rule with its learning rate and settings."""

    rule: UpdateRule
    rate: float
    settings: Mapping[str, float]

    def start(self, parameters: Mapping[str, Element]) -> dict[str, Memory]:
        """What is remembered before the first iteration: zeros."""
        kept = len(self.rule.remembers)
        return {name: tuple(_zero(value) for _ in range(kept)) for name, value in parameters.items()}

    def step(
        self, parameters: Mapping[str, Element], gradients: Mapping[str, Element], memory: Mapping[str, Memory], t: int
    ) -> tuple[dict[str, Element], dict[str, Memory]]:
        """New parameters and what to remember, after iteration t (counted from 1)."""
        new_parameters: dict[str, Element] = {}
        new_memory: dict[str, Memory] = {}
        update, rate, settings = self.rule.update, self.rate, self.settings
        for name, value in parameters.items():
            moved, kept = update(value, gradients[name], memory[name], t, rate, settings)
            new_parameters[name], new_memory[name] = _plain(moved), tuple(map(_plain, kept))
        return new_parameters, new_memory


_PARTS = {"momentum", "decay", "beta1", "beta2"}
"""Settings by which something shrinks at each iteration."""


def make_optimizer(name: str, rate: float, **settings: float) -> Optimizer:
    """The optimizer of that name, with the rule's usual settings where none are given.

    Raises TrainingError for an unknown name or setting.
    """
    key = name.casefold().replace("-", "").replace("_", "").replace(" ", "")
    if key not in OPTIMIZERS:
        raise TrainingError(f"there is no optimizer {name}{did_you_mean(name, OPTIMIZERS)}")
    rule = OPTIMIZERS[key]
    for unknown in settings.keys() - rule.settings.keys():
        raise TrainingError(f"{rule.name} has no setting {unknown}; it has {', '.join(rule.settings) or 'none'}")
    for option, number in settings.items():
        if not math.isfinite(number) or number < 0 or (option in _PARTS and number >= 1):
            limits = "from 0 to below 1" if option in _PARTS else "from 0"
            raise TrainingError(f"{option} of {rule.name} is a number {limits}; {number} is not")
    return Optimizer(rule, float(rate), MappingProxyType({**rule.settings, **settings}))


def _zero(value: Element) -> Element:
    return np.zeros_like(value) if np.ndim(value) else 0.0


def _plain(value: Element) -> Element:
    """A number as a Python float, though NumPy had a hand in it."""
    return float(value) if isinstance(value, np.float64) else value


def _not_by_element(
    _theta: Element, _g: Element, _memory: Memory, _t: int, _rate: float, _: Mapping[str, float]
) -> Any:
    raise TypeError("this rule looks at the loss elsewhere; use Plan.following")


def _sgd(theta: Element, g: Element, _memory: Memory, _t: int, rate: float, _: Mapping[str, float]) -> Any:
    return theta - rate * g, ()


def _momentum(theta: Element, g: Element, memory: Memory, _t: int, rate: float, settings: Mapping[str, float]) -> Any:
    v = settings["momentum"] * memory[0] + g
    return theta - rate * v, (v,)


def _nesterov(theta: Element, g: Element, memory: Memory, _t: int, rate: float, settings: Mapping[str, float]) -> Any:
    v = settings["momentum"] * memory[0] + g
    return theta - rate * (g + settings["momentum"] * v), (v,)


def _adagrad(theta: Element, g: Element, memory: Memory, _t: int, rate: float, settings: Mapping[str, float]) -> Any:
    s = memory[0] + g * g
    return theta - rate * g / (sqrt(s) + settings["delta"]), (s,)


def _rmsprop(theta: Element, g: Element, memory: Memory, _t: int, rate: float, settings: Mapping[str, float]) -> Any:
    s = settings["decay"] * memory[0] + (1 - settings["decay"]) * (g * g)
    return theta - rate * g / (sqrt(s) + settings["delta"]), (s,)


def _adam_direction(g: Element, memory: Memory, t: int, settings: Mapping[str, float]) -> tuple[Element, Memory]:
    beta1, beta2 = settings["beta1"], settings["beta2"]
    m = beta1 * memory[0] + (1 - beta1) * g
    s = beta2 * memory[1] + (1 - beta2) * (g * g)
    corrected_m, corrected_s = m / (1 - beta1**t), s / (1 - beta2**t)
    return corrected_m / (sqrt(corrected_s) + settings["delta"]), (m, s)


def _adam(theta: Element, g: Element, memory: Memory, t: int, rate: float, settings: Mapping[str, float]) -> Any:
    direction, kept = _adam_direction(g, memory, t, settings)
    return theta - rate * direction, kept


def _adamw(theta: Element, g: Element, memory: Memory, t: int, rate: float, settings: Mapping[str, float]) -> Any:
    direction, kept = _adam_direction(g, memory, t, settings)
    return theta - rate * (direction + settings["weight_decay"] * theta), kept


_ADAM_SETTINGS = {"beta1": 0.9, "beta2": 0.999, "delta": 1e-8}
_ADAM_LATEX = (
    r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad s \leftarrow \beta_2 s + (1-\beta_2)\, g^2, \quad "
    r"\hat m = \frac{m}{1-\beta_1^t}, \quad \hat s = \frac{s}{1-\beta_2^t}, \quad "
)
_ADAM_PLAIN = "m ← β₁ m + (1 − β₁) g; s ← β₂ s + (1 − β₂) g²; m̂ = m / (1 − β₁ᵗ); ŝ = s / (1 − β₂ᵗ); "

_LISTED = (
    UpdateRule(
        "sgd",
        "gradient descent",
        _sgd,
        "θ ← θ − ε g",
        r"\theta \leftarrow \theta - \varepsilon\, g",
        'Cauchy, "Méthode générale pour la résolution des systèmes d\'équations simultanées", 1847; '
        'with mini-batches: Robbins and Monro, "A stochastic approximation method", 1951.',
    ),
    UpdateRule(
        "momentum",
        "momentum",
        _momentum,
        "v ← μ v + g; θ ← θ − ε v",
        r"v \leftarrow \mu v + g, \quad \theta \leftarrow \theta - \varepsilon\, v",
        'Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.',
        ("v",),
        {"momentum": 0.9},
    ),
    UpdateRule(
        "nesterov",
        "Nesterov momentum",
        _nesterov,
        "v ← μ v + g; θ ← θ − ε (g + μ v)",
        r"v \leftarrow \mu v + g, \quad \theta \leftarrow \theta - \varepsilon\,(g + \mu v)",
        'Nesterov, 1983; in this form Bengio et al., "Advances in optimizing recurrent networks", 2012, section 3.5.',
        ("v",),
        {"momentum": 0.9},
    ),
    UpdateRule(
        "adagrad",
        "AdaGrad",
        _adagrad,
        "s ← s + g²; θ ← θ − ε g / (√s + δ)",
        r"s \leftarrow s + g^2, \quad \theta \leftarrow \theta - \varepsilon\,\frac{g}{\sqrt{s} + \delta}",
        'Duchi, Hazan and Singer, "Adaptive subgradient methods", JMLR 12, 2011.',
        ("s",),
        {"delta": 1e-10},
    ),
    UpdateRule(
        "rmsprop",
        "RMSProp",
        _rmsprop,
        "s ← ρ s + (1 − ρ) g²; θ ← θ − ε g / (√s + δ)",
        r"s \leftarrow \rho s + (1-\rho)\, g^2, \quad "
        r"\theta \leftarrow \theta - \varepsilon\,\frac{g}{\sqrt{s} + \delta}",
        'Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5, 2012.',
        ("s",),
        {"decay": 0.9, "delta": 1e-8},
    ),
    UpdateRule(
        "adam",
        "Adam",
        _adam,
        _ADAM_PLAIN + "θ ← θ − ε m̂ / (√ŝ + δ)",
        _ADAM_LATEX + r"\theta \leftarrow \theta - \varepsilon\,\frac{\hat m}{\sqrt{\hat s} + \delta}",
        'Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.',
        ("m", "s"),
        _ADAM_SETTINGS,
    ),
    UpdateRule(
        "adamw",
        "AdamW",
        _adamw,
        _ADAM_PLAIN + "θ ← θ − ε (m̂ / (√ŝ + δ) + λ θ)",
        _ADAM_LATEX + r"\theta \leftarrow \theta - \varepsilon"
        r" \left( \frac{\hat m}{\sqrt{\hat s} + \delta} + \lambda \theta \right)",
        'Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2, '
        "with the decay scaled by the rate.",
        ("m", "s"),
        {**_ADAM_SETTINGS, "weight_decay": 0.01},
    ),
    UpdateRule(
        "lbfgs",
        "L-BFGS",
        _not_by_element,
        "p = −H g; θ ← θ + α p",
        r"p = -H g, \quad \theta \leftarrow \theta + \alpha\, p",
        'Nocedal, "Updating quasi-Newton matrices with limited storage", 1980; '
        "Nocedal and Wright, 2006, algorithms 3.5 and 7.4, with SciPy's parts.",
        searches=True,
    ),
)

OPTIMIZERS: Mapping[str, UpdateRule] = MappingProxyType({rule.name: rule for rule in _LISTED})
"""The rules by name, in the order in which they are shown."""
