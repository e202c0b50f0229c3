"""Updates in symbols and numbers: what is shown is what was done."""

import numpy as np
import pytest

from gradviz.data.binding import bind_columns
from gradviz.data.builtin import load
from gradviz.train.descent import Descent, plan_of
from gradviz.train.explaining import UpdateExplanation, explain_update
from gradviz.train.optimizer import OPTIMIZERS
from gradviz.train.settings import TrainingSettings
from unit.train.formulas import PARABOLA, STABLE_LIKELIHOOD

IRIS = bind_columns(load("iris"), {"x": ("sepal_length..petal_width",), "y": ("species",)})


def explained(settings: TrainingSettings, steps: int = 0, start: float = 2.0) -> tuple[UpdateExplanation, float]:
    descent = Descent(plan_of(PARABOLA, {"x": start}, settings))
    descent.run(steps)
    found = explain_update(descent.plan, descent.state, descent.measured, "x")
    return found, float(descent.plan.following(descent.state, descent.measured).parameters["x"])


def lines(settings: TrainingSettings, steps: int = 0, start: float = 2.0) -> list[str]:
    return [line.plain for line in explained(settings, steps, start)[0].equations]


def test_gradient_descent_is_one_line() -> None:
    assert lines(TrainingSettings(rate=0.1)) == ["x ← x − ε · g = 2 − 0.1 · 4 = 1.6"]


def test_momentum_shows_what_it_remembers() -> None:
    assert lines(TrainingSettings(rate=0.1, optimizer="momentum"), steps=1) == [
        "v ← μ · v + g = 0.9 · 4 + 3.2 = 6.8",
        "x ← x − ε · v = 1.6 − 0.1 · 6.8 = 0.92",
    ]


def test_adam_has_five_lines_at_the_first_step() -> None:
    assert lines(TrainingSettings(rate=0.1, optimizer="adam"), start=-2.0) == [
        "m ← β₁ · m + (1 − β₁) · g = 0.9 · 0 + (1 − 0.9) · (−4) = −0.4",
        "s ← β₂ · s + (1 − β₂) · g² = 0.999 · 0 + (1 − 0.999) · (−4)² = 0.016",
        "m̂ ← m / (1 − β₁ᵗ) = −0.4 / 0.1 = −4",
        "ŝ ← s / (1 − β₂ᵗ) = 0.016 / 0.001 = 16",
        "x ← x − ε · m̂ / (√ŝ + δ) = −2 − 0.1 · (−4) / (√16 + 1×10⁻⁸) = −1.9",
    ]


def test_clipping_and_decay_come_before_the_rule() -> None:
    assert lines(TrainingSettings(rate=0.1, clip_norm=1.0, weight_decay=0.5)) == [
        "g ← g · c/|g| = 4 · 0.25 = 1",
        "g ← g + λ · x = 1 + 0.5 · 2 = 2",
        "x ← x − ε · g = 2 − 0.1 · 2 = 1.8",
    ]


def test_a_schedule_says_the_rate_of_the_iteration() -> None:
    first = lines(TrainingSettings(rate=0.1, schedule="step", schedule_period=2), steps=2)[0]
    assert first == "ε (k = 2) = ε₀ γ^⌊k/n⌋ = 0.05"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("more", [{}, {"clip_value": 0.5, "clip_norm": 0.3, "weight_decay": 0.1, "warmup": 5}])
def test_the_last_line_ends_at_the_update_that_is_made(optimizer: str, more: dict[str, float]) -> None:
    settings = TrainingSettings(rate=0.1, optimizer=optimizer, **more)  # type: ignore[arg-type]  # names and numbers
    found, after = explained(settings, steps=3)
    shown = found.equations[-1].parts[-1].text
    assert float(
        shown.replace("−", "-").replace("×10", "e").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    ) == (pytest.approx(after, rel=1e-4))


def test_of_a_long_array_the_element_with_the_largest_gradient_is_followed() -> None:
    descent = Descent(plan_of(STABLE_LIKELIHOOD, None, TrainingSettings(optimizer="adam"), data=IRIS))
    found = explain_update(descent.plan, descent.state, descent.measured, "W")
    gradient = descent.measured.gradients["W"]
    i, j = np.unravel_index(np.argmax(np.abs(gradient)), gradient.shape)
    assert f"W[{i}, {j}]" in found.sentence
    assert found.equations[-1].plain.startswith(f"W[{i}, {j}] ← W[{i}, {j}] − ε")


def test_every_piece_is_sound_latex_by_itself() -> None:
    found, _ = explained(TrainingSettings(optimizer="adamw", schedule="cosine", clip_norm=0.1))
    for line in found.equations:
        for part in line.parts:
            assert part.latex.count("{") == part.latex.count("}")
            assert not set("·−²√ŝ") & set(part.latex.replace(r"\text", "")) or r"\text" in part.latex
