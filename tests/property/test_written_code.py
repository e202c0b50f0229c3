"""Random graphs written as NumPy code give the numbers of the recorded run."""

import runpy
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from gradviz.core.record import record
from gradviz.text.code import code
from property.random_graphs import TWINS, Case, graphs


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(graphs(twins=TWINS))
@settings(max_examples=40, deadline=None)
def test_numpy_code_of_a_random_graph_gives_its_value_and_gradients(case: Case) -> None:
    trace = record(case.graph, case.values)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "written.py")
        path.write_text(code(case.graph, case.values, "numpy"))
        found = runpy.run_path(str(path))
    np.testing.assert_allclose(found["loss"](), trace.result, rtol=1e-10, atol=1e-12)
    gradients = found["gradient"]()
    for given_one, expected in zip(gradients.values(), trace.gradients.values(), strict=True):
        scale = max(1.0, float(np.max(np.abs(expected))))
        np.testing.assert_allclose(given_one, expected, rtol=1e-10, atol=1e-11 * scale)
