"""The last lines of a derivation: the closed form, at the present point, and for one element.

∂L/∂x = 4x³
      = 4·2³ = 32
∂L/∂b = softmax(Wx + b) − onehot(y)
(∂L/∂b)ⱼ = softmax(Wx + b)ⱼ − [y = j]
"""

from collections.abc import Mapping, Sequence

import numpy as np

from gradviz.core.graph import Edge, Graph
from gradviz.core.types import SCALAR, Array, Shape
from gradviz.text import readable
from gradviz.text.by_element import by_element
from gradviz.text.closed_form import ClosedForm
from gradviz.text.derivation_line import Line, Stage
from gradviz.text.equation import Part, PartKind, equation, expression, quantity, sign

FORM_WORDS = "All factors multiplied and simplified: the derivative as one formula."
POINT_WORDS = "The closed form with the values of the leaves: the same number once more."
ELEMENT_WORDS = (
    "Element j. The bracket is 1 where j is the class y, else 0: the probability, less 1 for the right class."
)


LONGEST_FILLED = 60
"""Characters of the closed form with numbers in it; a longer one is left out, for nobody would read it."""


def closing_lines(
    title: Part,
    form: ClosedForm,
    leaf_shapes: Mapping[str, Shape],
    values: Mapping[str, Array],
    value: Array | None,
    edges: Sequence[Edge],
) -> tuple[Line, ...]:
    """The lines after the numbers; none where no closed form was found."""
    if form.plain is None or form.latex is None:
        return ()
    whole = Part(form.plain, form.latex, PartKind.DERIVATIVE)
    lines = [Line(Stage.CLOSED, equation(title, sign("="), whole), tuple(edges), FORM_WORDS)]
    if value is not None:
        lines.append(Line(Stage.CLOSED, equation(*_at_point(form.graph, values, value)), tuple(edges), POINT_WORDS))
    by_name = by_element(form.graph, leaf_shapes) if form.graph is not None else None
    if by_name is not None:
        left = Part(f"({title.text})ⱼ", rf"\left({title.latex}\right)_{{j}}")
        right = expression(by_name, PartKind.DERIVATIVE)
        lines.append(Line(Stage.CLOSED, equation(left, sign("="), right), tuple(edges), ELEMENT_WORDS))
    return tuple(lines)


def _at_point(form: Graph | None, values: Mapping[str, Array], value: Array) -> list[Part]:
    result = [Part("= ", "= "), quantity(value, PartKind.DERIVATIVE)]
    if form is None or any(np.shape(values[leaf]) != SCALAR for leaf in form.leaves()) or not form.leaves():
        return result
    filled = expression(readable.with_numbers(form, values), PartKind.VALUE)
    if filled.text == result[1].text or len(filled.text) > LONGEST_FILLED:
        return result
    return [Part("= ", "= "), filled, sign("="), result[1]]
