"""One parameter's update, line by line: each line of the rule in symbols and in the numbers of this iteration.

    g ← g · c/|g| = 36 · 0.5 = 18                clipped, where that is asked for
    v ← μ · v + g = 0.9 · 4 + 18 = 21.6
    W ← W − ε · v = 2 − 0.1 · 21.6 = −0.16

The lines compute what they show; a test holds their last result to the update that was made. Of a long array one
element is followed: the one that is asked for, or else the one with the largest gradient.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.core.op import as_value
from gradviz.text import numbers, symbols
from gradviz.text.equation import Equation, Part, PartKind, equation, name, quantity, sign
from gradviz.train.planning import Measurement, Plan, State
from gradviz.train.schedule import SCHEDULES

_SHOWN_WHOLE = 3
"""Arrays of so many elements are shown whole."""

Quantities = dict[str, Any]


@dataclass(frozen=True, slots=True)
class UpdateExplanation:
    """An update in words and lines of mathematics."""

    title: str
    sentence: str
    equations: tuple[Equation, ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of a rule: what gets a new value, the formula with {quantities}, and how it computes."""

    result: str
    formula: str
    compute: Callable[[Quantities], Any]


def explain_update(
    plan: Plan, state: State, measured: Measurement, parameter: str, index: tuple[int, ...] | None = None
) -> UpdateExplanation:
    """The update that follows a state: of a parameter, or of its element at `index`.

    measured: loss and gradient at the state, over the samples of its iteration.
    """
    value = np.asarray(state.parameters[parameter])
    gradient = np.asarray(measured.gradients[parameter])
    if index is None and value.size > _SHOWN_WHOLE:
        index = tuple(int(i) for i in np.unravel_index(np.nanargmax(np.abs(gradient)), value.shape))
    label = parameter if not index else f"{symbols.display(parameter)}[{', '.join(map(str, index))}]"
    found = _Quantities(plan, state, measured, parameter, index or ())
    lines = [found.line(line, label) for line in found.rule_lines()]
    rule = plan.optimizer.rule
    followed = f" Followed here: its element {label}." if index else ""
    return UpdateExplanation(
        f"Update {symbols.display(parameter)}",
        f"{symbols.display(parameter)} takes step {state.iteration + 1} of {rule.title}.{followed}",
        (*found.first_lines(), *lines),
    )


def lines_of(rule: str) -> tuple[RuleLine, ...]:
    """The lines of a rule by its name, without what is done to the gradient before."""
    return _LINES[rule]


class _Quantities:
    """The numbers of one update; each line adds or replaces one."""

    def __init__(self, plan: Plan, state: State, measured: Measurement, parameter: str, index: tuple[int, ...]) -> None:
        self._plan, self._state = plan, state
        rule, settings = plan.optimizer.rule, plan.optimizer.settings

        def pick(array: Any) -> Any:
            return np.asarray(array)[index]

        t = state.iteration + 1
        self.known: Quantities = {
            "theta": pick(state.parameters[parameter]),
            "g": pick(measured.gradients[parameter]),
            "rate": plan.rate_at(state.iteration),
        }
        if rule.searches:
            after = plan.following(state, measured).parameters[parameter]
            self.known["step"] = pick(np.asarray(after) - np.asarray(state.parameters[parameter]))
        else:
            self.known |= {kept: pick(value) for kept, value in zip(rule.remembers, state.memory[parameter])}  # noqa: B905
        self.known |= {_SETTINGS[key]: value for key, value in settings.items()}
        if "beta1" in settings:
            self.known |= {"corr1": 1 - settings["beta1"] ** t, "corr2": 1 - settings["beta2"] ** t}
        treatment = plan.treatment
        limited = measured.gradients
        if treatment.clip_value is not None:
            limited = {key: np.clip(g, -treatment.clip_value, treatment.clip_value) for key, g in limited.items()}
        self.known |= {"part": treatment.norm_part(limited), "limit": treatment.clip_value, "lam2": treatment.decay}

    def rule_lines(self) -> list[RuleLine]:
        """What is done to the gradient, and then the rule's own lines."""
        treatment, found = self._plan.treatment, []
        if self._plan.optimizer.rule.searches:
            return list(_LINES[self._plan.optimizer.rule.name])
        if treatment.clip_value is not None and np.any(np.abs(self.known["g"]) > treatment.clip_value):
            found.append(RuleLine("g", "{g} cut to ±{limit}", lambda q: np.clip(q["g"], -q["limit"], q["limit"])))
        if self.known["part"] < 1:
            found.append(RuleLine("g", "{g} · {part}", lambda q: q["g"] * q["part"]))
        if treatment.decay:
            found.append(RuleLine("g", "{g} + {lam2} · {theta}", lambda q: q["g"] + q["lam2"] * q["theta"]))
        return [*found, *_LINES[self._plan.optimizer.rule.name]]

    def first_lines(self) -> list[Equation]:
        """The rate of this iteration where it changes."""
        schedule, k = self._plan.schedule, self._state.iteration
        if schedule.is_constant or self._plan.optimizer.rule.searches:
            return []
        told = SCHEDULES[schedule.name].plain.replace("ε", "ε₀")
        if k < schedule.warmup:
            told = f"{told} · {k + 1}/{schedule.warmup}"
        rate = numbers.typeset(self._plan.rate_at(k))
        left = f"ε (k = {k}) = {told}"
        return [equation(Part(left, rf"\text{{{left}}}"), sign("="), Part(rate, rate))]

    def line(self, line: RuleLine, label: str) -> Equation:
        """The line in symbols and numbers; its result is known from here on."""
        pieces = re.split(r"\{([^}]+)\}", line.formula)
        with np.errstate(all="ignore"):
            result = line.compute(self.known)
        in_symbols = [_symbol(piece, label) if place % 2 else _text(piece) for place, piece in enumerate(pieces)]
        in_numbers = [
            _number(piece, self.known, is_first=place == 1 and not pieces[0], follows=pieces[place + 1])
            if place % 2
            else _text(piece)
            for place, piece in enumerate(pieces)
        ]
        self.known[line.result] = result
        left = _symbol(line.result, label)
        shown = quantity(as_value(result), _KINDS.get(line.result, PartKind.DERIVATIVE))
        return equation(left, sign("←"), *in_symbols, sign("="), *in_numbers, sign("="), shown)


_SETTINGS = {
    "momentum": "mu",
    "delta": "delta",
    "decay": "rho",
    "beta1": "beta1",
    "beta2": "beta2",
    "weight_decay": "lam",
}
_SYMBOLS: Mapping[str, tuple[str, str]] = {
    "g": ("g", "g"),
    "rate": ("ε", r"\varepsilon"),
    "mu": ("μ", r"\mu"),
    "rho": ("ρ", r"\rho"),
    "delta": ("δ", r"\delta"),
    "beta1": ("β₁", r"\beta_1"),
    "beta2": ("β₂", r"\beta_2"),
    "lam": ("λ", r"\lambda"),
    "lam2": ("λ", r"\lambda"),
    "v": ("v", "v"),
    "s": ("s", "s"),
    "m": ("m", "m"),
    "mhat": ("m̂", r"\hat{m}"),
    "shat": ("ŝ", r"\hat{s}"),
    "root s": ("√s", r"\sqrt{s}"),
    "root shat": ("√ŝ", r"\sqrt{\hat{s}}"),
    "corr1": ("(1 − β₁ᵗ)", r"(1-\beta_1^t)"),
    "corr2": ("(1 − β₂ᵗ)", r"(1-\beta_2^t)"),
    "part": ("c/|g|", "c/|g|"),
    "limit": ("c", "c"),
    "step": ("α p", r"\alpha p"),
}
_KINDS = {"theta": PartKind.VALUE} | dict.fromkeys(
    ("rate", "mu", "rho", "delta", "beta1", "beta2", "lam", "lam2", "corr1", "corr2", "part", "limit"), PartKind.PLAIN
)
_TEX = {"·": r"\cdot", "−": "-", "²": "^2", "±": r"\pm", "cut to": r"\text{ cut to }"}


def _symbol(token: str, label: str) -> Part:
    kind = _KINDS.get(token, PartKind.DERIVATIVE)
    if token == "theta":  # noqa: S105 - a name of a quantity
        return name(label, kind) if "[" not in label else Part(label, label, kind)
    return Part(*_SYMBOLS[token], kind)


def _number(token: str, known: Quantities, *, is_first: bool, follows: str) -> Part:
    if token.startswith("root "):
        inner = quantity(as_value(known[token.removeprefix("root ")]), PartKind.DERIVATIVE)
        return Part(f"√{inner.text}", rf"\sqrt{{{inner.latex}}}", PartKind.DERIVATIVE)
    is_bracketed = not is_first or follows.startswith("²")
    return quantity(as_value(known[token]), _KINDS.get(token, PartKind.DERIVATIVE), bracketed=is_bracketed)


def _text(text: str) -> Part:
    tex = text
    for plain, latex in _TEX.items():
        tex = tex.replace(plain, latex)
    return Part(text, tex)


def _root(q: Quantities, key: str) -> Any:
    return np.sqrt(q[key])


_MOVE = RuleLine("theta", "{theta} − {rate} · {v}", lambda q: q["theta"] - q["rate"] * q["v"])
_VELOCITY = RuleLine("v", "{mu} · {v} + {g}", lambda q: q["mu"] * q["v"] + q["g"])
_DIVIDED = RuleLine(
    "theta",
    "{theta} − {rate} · {g} / ({root s} + {delta})",
    lambda q: q["theta"] - q["rate"] * q["g"] / (_root(q, "s") + q["delta"]),
)
_ADAM_LINES = (
    RuleLine("m", "{beta1} · {m} + (1 − {beta1}) · {g}", lambda q: q["beta1"] * q["m"] + (1 - q["beta1"]) * q["g"]),
    RuleLine(
        "s",
        "{beta2} · {s} + (1 − {beta2}) · {g}²",
        lambda q: q["beta2"] * q["s"] + (1 - q["beta2"]) * (q["g"] * q["g"]),
    ),
    RuleLine("mhat", "{m} / {corr1}", lambda q: q["m"] / q["corr1"]),
    RuleLine("shat", "{s} / {corr2}", lambda q: q["s"] / q["corr2"]),
)

_LINES: Mapping[str, tuple[RuleLine, ...]] = {
    "sgd": (RuleLine("theta", "{theta} − {rate} · {g}", lambda q: q["theta"] - q["rate"] * q["g"]),),
    "momentum": (_VELOCITY, _MOVE),
    "nesterov": (
        _VELOCITY,
        RuleLine(
            "theta",
            "{theta} − {rate} · ({g} + {mu} · {v})",
            lambda q: q["theta"] - q["rate"] * (q["g"] + q["mu"] * q["v"]),
        ),
    ),
    "adagrad": (RuleLine("s", "{s} + {g}²", lambda q: q["s"] + q["g"] * q["g"]), _DIVIDED),
    "rmsprop": (
        RuleLine(
            "s", "{rho} · {s} + (1 − {rho}) · {g}²", lambda q: q["rho"] * q["s"] + (1 - q["rho"]) * (q["g"] * q["g"])
        ),
        _DIVIDED,
    ),
    "adam": (
        *_ADAM_LINES,
        RuleLine(
            "theta",
            "{theta} − {rate} · {mhat} / ({root shat} + {delta})",
            lambda q: q["theta"] - q["rate"] * (q["mhat"] / (_root(q, "shat") + q["delta"])),
        ),
    ),
    "adamw": (
        *_ADAM_LINES,
        RuleLine(
            "theta",
            "{theta} − {rate} · ({mhat} / ({root shat} + {delta}) + {lam} · {theta})",
            lambda q: q["theta"] - q["rate"] * (q["mhat"] / (_root(q, "shat") + q["delta"]) + q["lam"] * q["theta"]),
        ),
    ),
    "lbfgs": (RuleLine("theta", "{theta} + {step}", lambda q: q["theta"] + q["step"]),),
}
