"""What can be done to a project for its training, beside its settings: new first values of the parameters."""

from dataclasses import replace

from gradviz.core.types import Role
from gradviz.errors import TrainingError
from gradviz.project.project import Project
from gradviz.train.initial import draw
from gradviz.train.initialisers import Initialiser


def draw_anew(project: Project) -> Project:
    """Draw every parameter as the settings say, in the shape that it has; the formula's own values stay.

    Raises TrainingError when there is no parameter to draw.
    """
    training = project.training
    initialiser = Initialiser(training.initialiser, training.initial_scale)
    defaults = project.graph.defaults if project.graph is not None else {}
    names = [name for name, leaf in project.leaves.items() if leaf.role is Role.PARAMETER and name not in defaults]
    if not names:
        raise TrainingError("there is no parameter to draw: each has its value in the formula, or none is trained")
    drawn = {
        name: replace(
            project.leaves[name],
            value=draw(name, project.leaves[name].value.shape, training.seed, initialiser),
            is_value_given=True,
        )
        for name in names
    }
    return replace(project, leaves={**project.leaves, **drawn})
