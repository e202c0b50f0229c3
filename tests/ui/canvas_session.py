"""Sessions for the tests of canvas and timeline."""

from typing import Any

import numpy as np

from gradviz.project.commands import set_formula, set_value
from gradviz.project.project import project_from_formula
from gradviz.session.runner import InlineRunner, Runner
from gradviz.session.session import Session


def session_of(formula: str, runner: Runner | None = None, **values: Any) -> Session:
    """A session for a formula, with the given values for leaves."""
    session = Session(runner or InlineRunner(), project_from_formula(formula))
    for name, value in values.items():
        session.document.apply(set_value(name, value), f"Set {name}")
    session.debugger.overview()
    return session


def retype(session: Session, formula: str) -> None:
    """Type another formula."""
    session.document.apply(set_formula(formula), "Edit formula")


def positions(session: Session) -> range:
    """Every position of the session's trace."""
    trace = session.debugger.trace
    assert trace is not None
    return range(len(trace.steps) + 1)


def random_formula(seed: int, size: int = 12) -> str:
    """A formula of that many lines in which each line uses two earlier ones."""
    choice = np.random.default_rng(seed)
    lines = [f"n0 = a{seed % 7} + b"]
    for index in range(1, size):
        left, right = choice.integers(0, index, 2)
        outer, inner = choice.choice(["tanh", "sigmoid", "sq"]), choice.choice(["+", "-", "*"])
        lines.append(f"n{index} = {outer}(n{left} {inner} n{right})")
    return "\n".join([*lines, " + ".join(f"n{index}" for index in range(size))])
