"""A table is written once: saving and recovering a document of many rows again costs next to nothing."""

import json
import time
from dataclasses import replace

import numpy as np

from gradviz.data.tables import Table
from gradviz.project import json_text
from gradviz.project.format import decode, encode
from gradviz.project.project import Project


def test_columns_of_a_table_are_written_once() -> None:
    numbers = np.random.default_rng(0).normal(size=100_000)
    project = Project(table=Table("t", {"x": numbers}))
    began = time.thread_time()
    first = encode(project)
    took = time.thread_time() - began
    began = time.thread_time()
    again = encode(replace(project, title="renamed"))
    assert time.thread_time() - began < took / 3
    assert again.replace('  "title": "renamed",\n', "") == first
    table = decode(first).table
    assert table is not None
    assert np.array_equal(table.columns["x"], numbers)


def test_numbers_written_in_one_go_are_as_those_written_one_by_one() -> None:
    numbers = [0.0, -0.0, 1.0, -3.0, 0.1, 1e15, 999999999999999.0, -999999999999999.0, 1e16, 1e300, 5e-324, 7, 10, 0.5]
    one_by_one = [json_text.write(number).strip() for number in numbers]
    assert json.loads(f"[{', '.join(one_by_one)}]") == numbers
    whole = json_text.write(numbers * 20)
    assert whole.replace("\n", " ").replace(",", " ").strip("[] ").split() == one_by_one * 20
