"""Sessions with data, for the tests of the plots."""

from gradviz.data.builtin import load
from gradviz.project.commands import bind_table, set_training
from gradviz.project.project import project_from_formula
from gradviz.session.runner import Runner
from gradviz.session.session import Session


def line_session(runner: Runner | None = None) -> Session:
    """Least squares on the line that comes with gradviz."""
    session = Session(runner, project_from_formula("(y-(Wx+b))^2"))
    session.document.apply(bind_table(load("line"), data_set="line"), "Load data")
    return session


def iris_session() -> Session:
    """Softmax likelihood on the irises."""
    session = Session(project=project_from_formula("-log(softmax(Wx+b))[y]"))
    bindings = {"x": ("sepal_length..petal_width",), "y": ("species",)}
    session.document.apply(bind_table(load("iris"), bindings, data_set="iris"), "Load data")
    return session


def parabola_session(steps: int = 10) -> Session:
    """x² from 10."""
    session = Session(project=project_from_formula("x^2"))
    session.set_value("x", 10.0)
    session.document.apply(set_training(steps=steps), "Set steps")
    return session
