"""What cards say, and that their size depends on nothing that changes while stepping."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.core.graph import GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.types import Role
from gradviz.export.cards import CardKind, boxes_and_slots, card_texts, pill_text, pill_width, slot_size
from pictured import LINE_ROLES, least_squares, quartic


def test_product_names_its_operands():
    graph = least_squares()
    texts = {text.subtitle.split(" · ")[0]: text for text in card_texts(graph, LINE_ROLES)}
    assert texts["matmul"].title == "W · x"


def test_product_of_long_names_is_not_called_by_other_names():
    graph = least_squares(parameter="coefficients")
    assert "coefficients · x" in {text.title for text in card_texts(graph, {})}


def test_operation_says_its_name_and_the_symbol_of_its_value():
    graph = quartic()
    assert [text.subtitle for text in card_texts(graph, {})] == ["parameter", "sq · v₁", "sq · L"]


def test_leaf_says_its_role_and_data_its_sample():
    graph = least_squares()
    texts = card_texts(graph, LINE_ROLES, sample=12)
    assert texts[graph.find("W")].subtitle == "parameter"
    assert texts[graph.find("x")].subtitle == "data · sample 12"


def test_literal_is_a_card_of_its_own_kind():
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["mul"], build.literal(-2.0), build.leaf("x")))
    literal = card_texts(graph, {})[0]
    assert (literal.kind, literal.title, literal.role) == (CardKind.LITERAL, "−2", None)


def test_setting_of_an_op_is_written_below_its_title():
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["sum"], build.leaf("x"), axis=-1))
    assert card_texts(graph, {})[1].subtitle == "sum · axis −1 · L"


def test_long_name_is_cut():
    build = GraphBuilder()
    graph = build.graph(build.leaf("a" * 5000))
    boxes, _ = boxes_and_slots(graph, {})
    assert card_texts(graph, {})[0].title.endswith("…")
    assert boxes[0].width <= 230


def test_card_has_room_for_all_its_edges():
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["stack"], *(build.leaf(f"x{i}") for i in range(10))))
    boxes, _ = boxes_and_slots(graph, {})
    assert boxes[graph.output].height >= 10 * 16


def test_role_without_a_name_in_the_table_is_parameter():
    assert card_texts(quartic(), {})[0].role is Role.PARAMETER


@given(st.floats())
def test_no_number_is_wider_than_the_room_and_its_clearance(x: float):
    assert pill_width(pill_text(np.float64(x))) <= slot_size()[0] + 10


def test_small_array_is_written_in_full_and_a_large_one_as_its_shape():
    assert pill_text(np.array([1.0, 2.0, 3.0])) == "[1, 2, 3]"
    assert pill_text(np.zeros((10, 64))) == "(10×64)"
    assert pill_text(np.array([1.23456, 2.34567, 3.45678])) == "(3)"


@pytest.mark.parametrize(("value", "text"), [(-2.071234e-220, "−2.1e−220"), (-1.2345678e-308, "−1.2e−308")])
def test_a_number_too_long_for_its_pill_loses_digits_and_not_its_meaning(value: float, text: str) -> None:
    assert pill_text(np.float64(value)) == text
