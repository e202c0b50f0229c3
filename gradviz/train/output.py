"""Runs as text for other programs: JSON-ready dictionaries and CSV.

JSON has no NaN and no infinity: there a number that is not finite is the string "nan", "inf" or "-inf".
"""

import csv
import io
import math
from typing import Any

import numpy as np

from gradviz.train.descent import Run
from gradviz.train.history import History
from gradviz.train.rates import RateComparison, RateRun


def json_value(value: Any) -> Any:
    """A number or an array as JSON can hold it: floats, nested lists, and strings for what is not finite."""
    listed = np.asarray(value, dtype=np.float64).tolist()
    return _json_list(listed)


def run_json(run: Run) -> dict[str, Any]:
    """A run as `gradviz train --json` prints it."""
    return {
        "parameters": {name: json_value(value) for name, value in run.parameters.items()},
        "loss": json_value(run.loss),
        "iterations": run.iterations,
        "diverged": run.diverged,
        "history": {"iteration": run.history.iteration.tolist(), "loss": json_value(run.history.loss)},
    }


def rates_json(comparison: RateComparison) -> dict[str, Any]:
    """A comparison as `gradviz rates --json` prints it."""
    limit = None if comparison.limit is None else json_value(comparison.limit)
    return {"limit": limit, "runs": [_rate_json(run) for run in comparison.runs]}


def history_csv(history: History) -> str:
    """Iteration, loss and gradient norm as CSV with a header, each number in full."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["iteration", "loss", "gradient_norm"])
    rows = zip(history.iteration.tolist(), history.loss.tolist(), history.gradient_norm.tolist(), strict=True)
    writer.writerows((iteration, repr(loss), repr(norm)) for iteration, loss, norm in rows)
    return text.getvalue()


def _rate_json(run: RateRun) -> dict[str, Any]:
    return {
        "rate": json_value(run.rate),
        "parameters": {name: json_value(value) for name, value in run.parameters.items()},
        "loss": json_value(run.loss),
        "verdict": run.verdict,
        "reason": run.reason,
    }


def _json_list(value: Any) -> Any:
    if isinstance(value, list):
        return [_json_list(part) for part in value]
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value
