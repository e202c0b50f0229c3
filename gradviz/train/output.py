"""Runs as text for other programs: JSON-ready dictionaries and CSV.

JSON has no NaN and no infinity: there a number that is not finite is the string "nan", "inf" or "-inf".
"""

import csv
import io
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradviz.core.types import Array
from gradviz.errors import TrainingError
from gradviz.train.descent import Run
from gradviz.train.history import History
from gradviz.train.rates import RangeTest, RateComparison, RateRun


def json_value(value: Any) -> Any:
    """A number or an array as JSON can hold it: floats, nested lists, and strings for what is not finite."""
    listed = np.asarray(value, dtype=np.float64).tolist()
    return _json_list(listed)


def run_json(run: Run) -> dict[str, Any]:
    """A run as `gradviz train --json` prints it; what was not measured is left out."""
    found = {
        "parameters": {name: json_value(value) for name, value in run.parameters.items()},
        "loss": json_value(run.loss),
        "iterations": run.iterations,
        "diverged": run.diverged,
        "history": history_json(run.history),
    }
    return found | ({"stopped": run.ending.reason} if run.ending is not None else {})


def history_json(history: History) -> dict[str, Any]:
    """A history as lists of one length; what was not measured is null."""
    found: dict[str, Any] = {"iteration": history.iteration.tolist(), "loss": json_value(history.loss)}
    for name in _measured(history):
        values = getattr(history, name).tolist()
        found[name] = [None if math.isnan(value) else json_value(value) for value in values]
    return found


def rates_json(comparison: RateComparison) -> dict[str, Any]:
    """A comparison as `gradviz rates --json` prints it."""
    limit = None if comparison.limit is None else json_value(comparison.limit)
    proposed = None if comparison.proposed is None else json_value(comparison.proposed)
    return {
        "limit": limit,
        "curvature": json_value(comparison.curvature),
        "proposed": proposed,
        "runs": [_rate_json(run) for run in comparison.runs],
    }


def range_json(found: RangeTest) -> dict[str, Any]:
    """A range test as `gradviz rates --range … --json` prints it."""
    return {"rates": json_value(found.rates), "losses": json_value(found.losses), "suggested": found.suggested}


def history_csv(history: History) -> str:
    """Iteration, loss, gradient norm and what else was measured, as CSV with a header, each number in full."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    columns = ["loss", "gradient_norm", *_measured(history)]
    writer.writerow(["iteration", *columns])
    values = (getattr(history, column).tolist() for column in columns)
    for iteration, *row in zip(history.iteration.tolist(), *values, strict=True):
        writer.writerow([iteration, *("" if math.isnan(x) and i > 1 else repr(x) for i, x in enumerate(row))])
    return text.getvalue()


def history_text(run: Run, suffix: str) -> str:
    """The run for a file: everything as JSON, or the history as CSV."""
    return json.dumps(run_json(run), indent=1) + "\n" if suffix.lower() == ".json" else history_csv(run.history)


PARAMETER_FORMATS = (".npz", ".npy", ".csv")


def check_suffix(suffix: str) -> None:
    """Raise TrainingError for a file that can't hold parameters."""
    if suffix.lower() not in PARAMETER_FORMATS:
        raise TrainingError(f"parameters are written as .npz, .npy or .csv, not as {suffix or 'a file without ending'}")


def parameters_bytes(parameters: Mapping[str, Array], suffix: str) -> bytes:
    """Parameters as a file: an archive of arrays, one array, or a table of elements with name and index.

    Raises TrainingError for .npy with several parameters, and for another ending.
    """
    check_suffix(suffix)
    file = io.BytesIO()
    match suffix.lower():
        case ".npz":
            arrays: dict[str, Any] = dict(parameters)
            np.savez(file, **arrays)
        case ".npy":
            if len(parameters) != 1:
                listed = ", ".join(parameters)
                raise TrainingError(f"a .npy file holds one array, and there are {listed}; write .npz instead")
            np.save(file, next(iter(parameters.values())))
        case _:
            file.write(_parameters_csv(parameters).encode())
    return file.getvalue()


def _parameters_csv(parameters: Mapping[str, Array]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["parameter", "index", "value"])
    for name, value in parameters.items():
        for index in np.ndindex(np.shape(value)):
            writer.writerow([name, " ".join(map(str, index)), repr(float(np.asarray(value)[index]))])
    return text.getvalue()


def _measured(history: History) -> list[str]:
    return [name for name in ("validation", "accuracy") if np.any(np.isfinite(getattr(history, name)))]


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
