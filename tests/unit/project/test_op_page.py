"""What a page about an op says, held against mathematics."""

import numpy as np
import pytest

import gradviz.core.ops  # noqa: F401  # fills the table of ops
from gradviz.core.op import OPS, public_ops
from gradviz.core.record import record
from gradviz.project.op_page import OpPage, page_of, pages

EVERY = [page_of(op) for op in public_ops()]
DRAWN = [(page, index) for page in EVERY for index in range(len(page.curves))]


def test_every_public_op_has_a_page_by_group() -> None:
    assert {page.op.name for page in pages()} == {op.name for op in public_ops()}
    groups = [page.op.group for page in pages()]
    assert groups == sorted(groups)


@pytest.mark.parametrize("page", EVERY, ids=lambda page: page.op.name)
def test_example_opens_as_a_document_that_runs(page: OpPage) -> None:
    project = page.project()
    assert project.error is None
    assert project.graph is not None
    trace = record(project.graph, project.values)
    assert trace.is_complete
    assert trace.graph.nodes[page.node].op is page.op  # type: ignore[union-attr]
    assert page.formulas
    assert page.forward[-1].plain.startswith(f"{page.result} = ")


@pytest.mark.parametrize("page", EVERY, ids=lambda page: page.op.name)
def test_page_has_words_for_all_that_it_shows(page: OpPage) -> None:
    assert page.op.help.summary.endswith((".", "?"))
    assert page.op.help.derivative
    assert page.call.startswith(f"{page.op.name}(")


@pytest.mark.parametrize(("page", "index"), DRAWN, ids=lambda found: getattr(getattr(found, "op", None), "name", found))
def test_slope_is_the_slope_of_the_curve_beside_it(page: OpPage, index: int) -> None:
    curve = page.curves[index]
    step = curve.x[1] - curve.x[0]
    differences = (curve.value[2:] - curve.value[:-2]) / (2 * step)
    slope = curve.slope[1:-1]
    bend = np.abs(curve.slope[2:] - curve.slope[:-2])
    is_smooth = np.isfinite(differences) & np.isfinite(slope) & (bend < 0.2 * (1 + np.abs(slope)))
    jumps = np.abs(np.diff(curve.value))[1:] > 0.4  # a step is no slope
    is_smooth &= ~jumps & ~(np.abs(np.diff(curve.value))[:-1] > 0.4)
    assert is_smooth.sum() > 100
    off = np.abs(differences - slope)[is_smooth] > 0.03 * (1 + np.abs(slope[is_smooth]))
    assert off.sum() <= 4, "beyond kinks"


def test_softmax_shows_what_flows_back_by_hand() -> None:
    page = page_of(OPS["softmax"])
    exact = np.exp([1.0, -2.0, 0.0]) / np.exp([1.0, -2.0, 0.0]).sum()
    shown = np.array(page.trace.adjoint("x"))
    assert np.allclose(shown, exact * (2 * exact - np.sum(2 * exact**2)))


def test_two_operands_are_drawn_along_each_with_the_other_held() -> None:
    page = page_of(OPS["mul"])
    assert [curve.title for curve in page.curves] == ["along a, with b = 3", "along b, with a = 2"]
    assert np.allclose(page.curves[0].slope, 3.0)


@pytest.mark.parametrize(
    ("name", "before", "beyond", "result"),
    [
        ("exp", 709.7, 709.9, np.inf),
        ("sq", 1.3e154, 1.4e154, np.inf),
        ("sinh", 710.4, 710.6, np.inf),
        ("cosh", 710.4, 710.6, np.inf),
        ("expm1", 709.7, 709.9, np.inf),
        ("tanh", 18.0, 19.1, 1.0),
        ("sigmoid", 35.0, 37.5, 1.0),
    ],
)
def test_trap_lies_where_the_page_says(name: str, before: float, beyond: float, result: float) -> None:
    with np.errstate(all="ignore"):
        assert OPS[name].evaluate(np.float64(beyond)) == result
        assert OPS[name].evaluate(np.float64(before)) != result


def test_exponential_of_very_negative_numbers_is_zero_where_the_page_says() -> None:
    assert OPS["exp"].evaluate(np.float64(-745.2)) == 0 < OPS["exp"].evaluate(np.float64(-745.0))
