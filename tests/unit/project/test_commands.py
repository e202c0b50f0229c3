"""Commands change a project, or raise and change nothing."""

import numpy as np
import pytest

from gradviz.core.types import NodeId, Role
from gradviz.data import builtin
from gradviz.data.tables import Table
from gradviz.errors import DataError, FormulaError, GraphError, TrainingError, ValueTextError
from gradviz.project import commands
from gradviz.project.changes import ChangeFlags, changes
from gradviz.project.project import BreakPhase, Breakpoint, Project, project_from_formula


@pytest.fixture
def squared_error() -> Project:
    return project_from_formula("(y-(Wx+b))^2")


def test_half_typed_formula_keeps_the_last_graph(squared_error: Project) -> None:
    project = commands.set_formula("(y-(Wx+")(squared_error)
    assert project.formula == "(y-(Wx+"
    assert project.error is not None
    assert project.graph is squared_error.graph


def test_finished_formula_has_no_error(squared_error: Project) -> None:
    project = commands.set_formula("x^2")(commands.set_formula("(y-(Wx+")(squared_error))
    assert project.error is None


def test_emptied_formula_has_no_graph_and_no_error(squared_error: Project) -> None:
    project = commands.set_formula("  ")(squared_error)
    assert (project.graph, project.error, dict(project.leaves)) == (None, None, {})


def test_same_formula_is_the_same_project(squared_error: Project) -> None:
    assert commands.set_formula(squared_error.formula)(squared_error) is squared_error


def test_value_of_an_unknown_leaf_is_refused(squared_error: Project) -> None:
    with pytest.raises(GraphError, match=r"no q; its leaves are y, W, x, b"):
        commands.set_value("q", 1)(squared_error)


def test_value_that_is_no_number_is_refused(squared_error: Project) -> None:
    with pytest.raises(ValueTextError):
        commands.set_value("x", [[1, 2], [3]])(squared_error)


def test_value_rewrites_the_line_that_declares_it() -> None:
    project = commands.set_value("x", -0.25)(project_from_formula("x = 2\n(x^2)^2"))
    assert project.formula == "x = -0.25\n(x^2)^2"
    assert float(project.leaves["x"].value) == -0.25


def test_array_rewrites_the_line_that_declares_it() -> None:
    project = commands.set_value("v", [1, 2.5])(project_from_formula("v = [3, 4]; sum(v)"))
    assert project.formula.startswith("v = [1, 2.5]")


def test_value_that_no_formula_can_say_stands_beside_it() -> None:
    project = commands.set_value("x", np.nan)(project_from_formula("x = 2\nx^2"))
    assert np.isnan(project.leaves["x"].value)


def test_renaming_a_leaf_keeps_the_rest_as_typed(squared_error: Project) -> None:
    project = commands.rename_leaf("W", "theta")(commands.set_value("W", 5)(squared_error))
    assert project.formula == "(y-(theta x+b))^2"
    assert float(project.leaves["theta"].value) == 5


def test_renaming_to_a_taken_name_is_refused(squared_error: Project) -> None:
    with pytest.raises(FormulaError, match="already"):
        commands.rename_leaf("W", "b")(squared_error)


@pytest.mark.parametrize("name", ["", "2x", "a b", "sin", "a+b"])
def test_renaming_to_what_is_no_name_is_refused(squared_error: Project, name: str) -> None:
    with pytest.raises(FormulaError):
        commands.rename_leaf("W", name)(squared_error)


@pytest.mark.parametrize(
    "settings", [{"optimizer": "magic"}, {"steps": 0}, {"batch": 0}, {"seed": -1}, {"reduce": "median"}]
)
def test_senseless_training_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(TrainingError):
        commands.set_training(**settings)(Project())


def test_table_feeds_leaves_of_the_same_name(squared_error: Project) -> None:
    project = commands.bind_table(builtin.load("line"))(squared_error)
    assert dict(project.bindings) == {"x": ("x",), "y": ("y",)}
    assert commands.bound_samples(project)["x"].shape == (40,)


def test_bound_columns_give_parameters_their_shapes() -> None:
    project = project_from_formula("-log(softmax(Wx+b))[y]")
    table = builtin.load("iris")
    sizes = tuple(table.columns)[:4]
    project = commands.bind_table(table, {"x": sizes, "y": ["species"]})(project)
    assert project.leaves["W"].value.shape == (3, 4)
    assert project.leaves["b"].value.shape == (3,)


def test_chosen_value_outlives_binding_data(squared_error: Project) -> None:
    project = commands.bind_table(builtin.load("line"))(commands.set_value("W", -7)(squared_error))
    assert float(project.leaves["W"].value) == -7


def test_unknown_column_is_refused(squared_error: Project) -> None:
    with pytest.raises(DataError, match="no column z"):
        commands.bind_table(builtin.load("line"), {"x": ["z"]})(squared_error)


def test_column_without_a_table_is_refused(squared_error: Project) -> None:
    with pytest.raises(DataError, match="no table"):
        commands.bind_column("x", ["x"])(squared_error)


def test_rows_with_gaps_are_left_out(squared_error: Project) -> None:
    table = Table("gaps", {"x": np.array([1, np.nan, 3]), "y": np.array([1, 2, 3])})
    project = commands.bind_table(table)(squared_error)
    assert commands.bound_samples(project)["y"].tolist() == [1, 3]


def test_formula_can_be_edited_whatever_the_data_are(squared_error: Project) -> None:
    table = Table("gaps", {"x": np.array([1.0, 2]), "y": np.array([1.0, 2]), "q": np.array([np.nan, np.nan])})
    project = commands.bind_table(table)(squared_error)
    project = commands.bind_column("y", [])(project)
    edited = commands.set_formula("(q-(Wx+b))^2")(project)
    assert edited.error is None


def test_breakpoint_follows_its_node_through_an_edit(squared_error: Project) -> None:
    project = commands.toggle_breakpoint(NodeId(6), BreakPhase.BACKWARD)(squared_error)  # sub
    project = commands.set_formula("(y-(Wx+b))^2 + 1")(project)
    assert project.graph is not None
    assert project.graph.nodes[project.breakpoints[0].node] == squared_error.graph.nodes[6]  # type: ignore[union-attr]


def test_breakpoint_is_toggled_away(squared_error: Project) -> None:
    toggle = commands.toggle_breakpoint(NodeId(6))
    assert toggle(squared_error).breakpoints == (Breakpoint(NodeId(6)),)
    assert toggle(toggle(squared_error)).breakpoints == ()


def test_breakpoint_on_no_node_is_refused(squared_error: Project) -> None:
    with pytest.raises(GraphError):
        commands.toggle_breakpoint(NodeId(99))(squared_error)


def test_disabled_breakpoint_stays(squared_error: Project) -> None:
    project = commands.toggle_breakpoint(NodeId(6))(squared_error)
    project = commands.enable_breakpoint(NodeId(6), BreakPhase.FORWARD, is_enabled=False)(project)
    assert [point.is_enabled for point in project.breakpoints] == [False]


@pytest.mark.parametrize(
    ("command", "flags"),
    [
        (commands.set_value("W", 9), ChangeFlags.VALUES),
        (commands.set_role("W", Role.CONSTANT), ChangeFlags.ROLES),
        (commands.set_training(rate=0.5), ChangeFlags.TRAINING),
        (commands.set_notes("n"), ChangeFlags.NOTES),
        (commands.toggle_breakpoint(NodeId(6)), ChangeFlags.BREAKPOINTS),
        (commands.set_formula("(y - (Wx + b))^2"), ChangeFlags.FORMULA),
        (commands.set_formula("(y - (Wx + b)"), ChangeFlags.FORMULA),
    ],
)
def test_flags_say_what_changed_and_no_more(
    squared_error: Project, command: commands.Command, flags: ChangeFlags
) -> None:
    assert changes(squared_error, command(squared_error)) == flags


def test_another_number_in_the_formula_is_no_new_structure() -> None:
    before = project_from_formula("3(a+b)")
    assert ChangeFlags.STRUCTURE not in changes(before, commands.set_formula("4(a+b)")(before))


def test_another_op_is_a_new_structure() -> None:
    before = project_from_formula("3(a+b)")
    assert ChangeFlags.STRUCTURE in changes(before, commands.set_formula("3(a-b)")(before))
