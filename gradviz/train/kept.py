"""Runs that are kept to be compared: what they were, and their history."""

from dataclasses import dataclass, replace

from gradviz.text.numbers import number
from gradviz.train.history import History
from gradviz.train.settings import TrainingSettings, unusual

MOST_KEPT = 8


@dataclass(frozen=True, slots=True, eq=False)
class KeptRun:
    """A run as it was when it was kept."""

    name: str
    settings: TrainingSettings
    history: History

    @property
    def loss(self) -> float:
        """The last loss."""
        return float(self.history.loss[-1])


def with_run(kept: tuple[KeptRun, ...], settings: TrainingSettings, history: History) -> tuple[KeptRun, ...]:
    """The kept runs and one more, named by what sets it apart; the oldest goes when there are too many."""
    name = run_name(settings)
    taken = {run.name for run in kept}
    count = 2
    unique = name
    while unique in taken:
        unique, count = f"{name} ({count})", count + 1
    return (*kept, KeptRun(unique, settings, history))[-MOST_KEPT:]


def run_name(settings: TrainingSettings) -> str:
    """The optimizer and the rate, and what else is unusual."""
    parts = [settings.optimizer, f"ε {number(settings.rate, 3)}"]
    usual_parts = ("rate", "steps", "optimizer", "options")
    more = unusual(replace(settings, rate=0.1, steps=100))
    parts += [f"{name.replace('_', ' ')} {value}" for name, value in more.items() if name not in usual_parts]
    return ", ".join(parts)
