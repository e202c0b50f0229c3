"""Runs as JSON and CSV."""

import csv
import io
import json

import numpy as np
import pytest

from gradviz.errors import TrainingError
from gradviz.train.descent import descend
from gradviz.train.output import history_csv, json_value, parameters_bytes, rates_json, run_json
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


def test_parameters_come_back_from_each_format() -> None:
    parameters = {"W": np.array([[1.5, -2.0], [0.1, 1e-300]]), "b": np.array(0.25)}
    archive = np.load(io.BytesIO(parameters_bytes(parameters, ".npz")))
    assert sorted(archive.files) == ["W", "b"]
    np.testing.assert_array_equal(archive["W"], parameters["W"])
    alone = np.load(io.BytesIO(parameters_bytes({"W": parameters["W"]}, ".npy")))
    np.testing.assert_array_equal(alone, parameters["W"])
    rows = list(csv.DictReader(io.StringIO(parameters_bytes(parameters, ".csv").decode())))
    assert [(row["parameter"], row["index"], float(row["value"])) for row in rows][3:] == [
        ("W", "1 1", 1e-300),
        ("b", "", 0.25),
    ]


def test_one_array_a_file_is_said_where_there_are_two() -> None:
    with pytest.raises(TrainingError, match=r"write \.npz"):
        parameters_bytes({"W": np.zeros(2), "b": np.zeros(1)}, ".npy")
    with pytest.raises(TrainingError, match=r"not as \.txt"):
        parameters_bytes({"W": np.zeros(2)}, ".txt")
