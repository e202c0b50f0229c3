"""What a descent is made from: the document's formula, values and data, as far as they lead to the output."""

from collections.abc import Mapping
from functools import partial

from gradviz.core.graph import needed
from gradviz.core.types import Array, Role
from gradviz.errors import TrainingError
from gradviz.project.project import Project
from gradviz.session.worker import Recipe
from gradviz.train.descent import Plan, plan_of


def recipe_of(project: Project, data: Mapping[str, Array]) -> Recipe:
    """What makes the plan of a descent from a project as it is; to be called in a worker. data: of all samples."""
    if project.graph is None:
        return _no_plan
    graph = needed(project.graph)
    present = graph.leaves()
    samples = {name: values for name, values in data.items() if name in present}
    values = {name: value for name, value in project.values.items() if name in present and name not in samples}
    fixed = [name for name in values if project.leaves[name].role is not Role.PARAMETER]
    return partial(plan_of, graph, values, project.training, data=samples or None, fixed=fixed)


def _no_plan() -> Plan:
    raise TrainingError("there is nothing to train; type a formula first")
