"""Runs as JSON and CSV."""

import csv
import io
import json

import numpy as np

from gradviz.train.descent import descend
from gradviz.train.output import history_csv, json_value, rates_json, run_json
from gradviz.train.rates import compare
from unit.train.formulas import PARABOLA


def test_a_run_is_json_with_the_promised_keys() -> None:
    shown = json.loads(json.dumps(run_json(descend(PARABOLA, {"x": 10}, rate=0.25, steps=2)), allow_nan=False))
    assert shown == {
        "parameters": {"x": 2.5},
        "loss": 6.25,
        "iterations": 2,
        "diverged": False,
        "history": {"iteration": [0, 1, 2], "loss": [100, 25, 6.25]},
    }


def test_what_is_not_finite_is_a_string() -> None:
    assert json_value(np.array([np.nan, np.inf, -np.inf, 1])) == ["nan", "inf", "-inf", 1]


def test_a_comparison_is_json_with_the_promised_keys() -> None:
    shown = json.loads(json.dumps(rates_json(compare(PARABOLA, {"x": 10}, rates=[0.2], steps=10)), allow_nan=False))
    assert shown["limit"] == 1
    assert shown["runs"][0]["verdict"] == "good"
    assert {"rate", "parameters", "loss", "verdict"} <= shown["runs"][0].keys()


def test_a_history_is_csv_that_reads_back_to_the_last_bit() -> None:
    history = descend(PARABOLA, {"x": 10}, rate=0.05, steps=10).history
    rows = list(csv.DictReader(io.StringIO(history_csv(history))))
    assert [float(row["loss"]) for row in rows] == history.loss.tolist()
    assert [int(row["iteration"]) for row in rows] == list(range(11))
