"""A new formula gets roles and values that make a first picture."""

import numpy as np
import pytest

from gradviz.core.record import record
from gradviz.core.types import Role
from gradviz.project.commands import set_formula, set_role, set_value
from gradviz.project.project import Project, project_from_formula


def numbers(project: Project) -> dict[str, object]:
    return {name: leaf.value.tolist() for name, leaf in project.leaves.items()}


def test_lonely_x_is_a_parameter_and_two() -> None:
    project = project_from_formula("(x^2)^2")
    assert project.roles == {"x": Role.PARAMETER}
    assert numbers(project) == {"x": 2}


def test_squared_error_starts_as_in_the_lecture() -> None:
    project = project_from_formula("(y-(Wx+b))^2")
    assert numbers(project) == {"y": 1, "W": 2, "x": 3, "b": 1}
    assert project.roles == {"y": Role.DATA, "W": Role.PARAMETER, "x": Role.DATA, "b": Role.PARAMETER}


def test_numbered_x_are_data_beside_weights() -> None:
    roles = project_from_formula("w0 x0 + w_1 x_1").roles
    assert [name for name, role in roles.items() if role is Role.DATA] == ["x0", "x_1"]


def test_x_and_y_alone_are_both_parameters() -> None:
    assert set(project_from_formula("x^2 + x y").roles.values()) == {Role.PARAMETER}


def test_softmax_gets_shapes_that_fit() -> None:
    project = project_from_formula("-log(softmax(Wx+b))[y]")
    shapes = {name: leaf.value.shape for name, leaf in project.leaves.items()}
    assert shapes == {"W": (3, 2), "x": (2,), "b": (3,), "y": ()}


def test_an_index_that_is_not_called_y_is_a_constant() -> None:
    assert project_from_formula("v[k]").roles == {"v": Role.PARAMETER, "k": Role.CONSTANT}


@pytest.mark.parametrize("formula", ["log(1-x)", "sqrt(1-a^2-b^2)", "1/(1+exp(-(w0 x0+w1 x1+w2)))", "log(a)/(a-2)"])
def test_first_values_are_ones_that_show_every_derivative(formula: str) -> None:
    project = project_from_formula(formula)
    assert project.graph is not None
    gradients = record(project.graph, project.values).gradients
    assert all(np.isfinite(g) and abs(g) > 1e-3 for g in gradients.values())


def test_formula_that_no_shape_fits_keeps_its_error_for_the_trace() -> None:
    project = project_from_formula("[1, 2] + [1, 2, 3] + x")
    assert project.graph is not None
    assert record(project.graph, project.values).failure is not None


def test_value_in_the_formula_is_the_leafs_value() -> None:
    assert numbers(project_from_formula("x = 5\n(x^2)^2")) == {"x": 5}


def test_chosen_value_and_role_outlive_an_edit() -> None:
    project = set_role("x", Role.CONSTANT)(set_value("x", 7)(project_from_formula("x^2")))
    project = set_formula("(Wx+b)^2")(project)
    assert (float(project.leaves["x"].value), project.leaves["x"].role) == (7, Role.CONSTANT)


def test_leaf_that_comes_back_has_its_former_value() -> None:
    project = set_value("W", 7)(project_from_formula("Wx+b"))
    project = set_formula("Wx+b")(set_formula("x+b")(project))
    assert float(project.leaves["W"].value) == 7


def test_shapes_nobody_chose_follow_the_formula_as_it_is_typed() -> None:
    project = Project()
    for text in ("W", "Wx", "Wx+b", "softmax(Wx+b)", "softmax(Wx+b)[y]"):
        project = set_formula(text)(project)
    assert project.leaves["W"].value.shape == (3, 2)
