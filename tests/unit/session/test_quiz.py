"""The quiz: what is asked, what counts as right, and whether the mistake is named. Numbers are worked out by hand."""

import numpy as np
import pytest

from gradviz.core.graph import Apply
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.project.examples import examples, load_example
from gradviz.project.project import project_from_formula
from gradviz.session.quiz import Asked, Question, Quiz, Selected, State, questions
from gradviz.session.quiz.mistakes import agrees
from gradviz.session.quiz.questions import chosen
from gradviz.session.quiz.quiz import given_by, hints
from gradviz.session.session import Session
from gradviz.session.veil import DERIVATIVE, VALUE, Veil

FAN_OUT = "a = 2; b = 1; h = a b; h^2 + 3 h"
SQUARED_ERROR = "y = 1; W = 2; x = 3; b = 1; (y - (Wx + b))^2"


def run(formula: str) -> Trace:
    project = project_from_formula(formula.replace("; ", "\n"))
    assert project.graph is not None
    return record(project.graph, project.values)


def quiz_on(formula: str) -> Quiz:
    trace = run(formula)
    return Quiz(trace, questions(trace), Veil())


def index_of(quiz: Quiz, asked: Asked, name: str, through: str = "") -> int:
    """The question about a node by the start of its name, along the edge into the op of that name."""
    graph = quiz.trace.graph
    for index, question in enumerate(quiz.questions):
        if question.asked is not asked or question.node != graph.find(name):
            continue
        if through and question.edge is not None:
            target = graph.nodes[question.edge.target]
            if not isinstance(target, Apply) or target.op.name != through:
                continue
        return index
    raise AssertionError(f"no question {asked} {name} {through}")


def said(quiz: Quiz, index: int, text: str) -> str:
    verdict = quiz.answer(index, text)
    assert not verdict.is_right
    return verdict.words


def test_every_op_every_edge_and_every_fan_out_is_asked() -> None:
    asked = [question.asked for question in questions(run(FAN_OUT))]
    assert asked.count(Asked.VALUE) == 4
    assert asked.count(Asked.CONTRIBUTION) == 6
    assert asked.count(Asked.ADJOINT) == 1


def test_value_is_hidden_on_all_edges_that_carry_it() -> None:
    trace = run(FAN_OUT)
    value = next(q for q in questions(trace) if q.asked is Asked.VALUE and q.node == trace.graph.find("h"))
    assert len(value.places) == 2
    assert {mark for mark, _ in value.places} == {VALUE}


def test_output_is_hidden_on_its_stub() -> None:
    trace = run(SQUARED_ERROR)
    value = next(q for q in questions(trace) if q.asked is Asked.VALUE and q.node == trace.graph.output)
    assert value.places == {(VALUE, None)}


def test_same_seed_asks_the_same_and_another_seed_others() -> None:
    trace = run(SQUARED_ERROR)
    every = questions(trace)
    first = chosen(trace, every, Selected.RANDOM, seed=3, count=4)
    assert first == chosen(trace, every, Selected.RANDOM, seed=3, count=4)
    assert len(first) == 4
    assert any(first != chosen(trace, every, Selected.RANDOM, seed=seed, count=4) for seed in range(5))


def test_path_asks_what_flows_back_to_the_selected_leaf() -> None:
    trace = run(SQUARED_ERROR)
    asked = chosen(trace, questions(trace), Selected.PATH, nodes=[trace.graph.find("W")])
    assert [float(question.answer) for question in asked] == [-12.0, 12.0, 12.0, 36.0]


def test_values_and_derivatives_part_the_questions() -> None:
    trace = run(FAN_OUT)
    every = questions(trace)
    both = [*chosen(trace, every, Selected.VALUES), *chosen(trace, every, Selected.DERIVATIVES)]
    assert set(both) == set(every)


@pytest.mark.parametrize(
    ("formula", "name", "through", "wrong", "words"),
    [
        ("x = 2; (x^2)^2", "x", "", "8", "local derivative"),  # ∂L/∂v₁ = 2·4 sent on unchanged
        ("x = 2; (x^2)^2", "x", "", "4", "only the local derivative"),  # 2x
        ("x = 2; (x^2)^2", "x", "", "-32", "sign"),
        ("x = 2; (x^2)^2", "x", "", "2", "value of x"),
        ("x = 2; (x^2)^2", "x", "", "12", "added"),  # 8 + 4
        ("x = 5; (x^2)^2", "x", "", "250", "value of x, not by"),  # 50·5 for 50·10
        ("a = 2; b = 5; 3 a b", "a", "", "7.5", "factor of 2"),
        (SQUARED_ERROR, "W", "", "24", "other operand"),  # ȳ·W instead of ȳ·x
        (FAN_OUT, "b", "", "8", "forgotten the one through"),  # (7 − 3)·2
        (FAN_OUT, "b", "", "6", "forgotten the one through"),  # (7 − 4)·2
        (FAN_OUT, "b", "", "7", "local derivative"),
    ],
)
def test_wrong_contribution_is_told_by_its_cause(formula: str, name: str, through: str, wrong: str, words: str) -> None:
    quiz = quiz_on(formula)
    assert words in said(quiz, index_of(quiz, Asked.CONTRIBUTION, name, through), wrong)


@pytest.mark.parametrize(
    ("wrong", "words"), [("4", "forgotten"), ("3", "forgotten"), ("12", "multiplied"), ("3.5", "averaged")]
)
def test_wrong_sum_at_a_fan_out_is_told_by_its_cause(wrong: str, words: str) -> None:
    quiz = quiz_on(FAN_OUT)  # ∂L/∂h = 2h + 3 = 4 + 3
    assert words in said(quiz, index_of(quiz, Asked.ADJOINT, "h"), wrong)


def test_whole_sum_is_no_single_contribution() -> None:
    quiz = quiz_on(FAN_OUT)
    assert "this one edge" in said(quiz, index_of(quiz, Asked.CONTRIBUTION, "h", "mul"), "7")


@pytest.mark.parametrize(
    ("formula", "wrong", "words"),
    [
        ("a = 7; b = 2; h = a - b; h + 1", "-5", "wrong way round"),
        ("a = 7; b = 2; h = a - b; h + 1", "9", "what add gives"),
        ("a = 3; h = tanh(a); h + 1", "3", "still a"),
        ("a = 3; h = exp(a); h + 1", "10.018", "what sinh gives"),
    ],
)
def test_wrong_value_is_told_by_its_cause(formula: str, wrong: str, words: str) -> None:
    quiz = quiz_on(formula)
    assert words in said(quiz, index_of(quiz, Asked.VALUE, "h"), wrong)


@pytest.mark.parametrize("formula", ["x = 2; (x^2)^2", FAN_OUT, SQUARED_ERROR, "x = [1, 2]; sum(x^2)"])
def test_right_answers_are_right_and_end_the_quiz(formula: str) -> None:
    quiz = quiz_on(formula)
    for index, question in enumerate(quiz.questions):
        assert quiz.answer(index, str(question.answer.tolist())).is_right
    assert quiz.is_over
    assert quiz.score == len(quiz.questions)
    assert quiz.hidden == frozenset()


def test_mistake_that_gives_the_right_number_is_no_mistake() -> None:
    quiz = quiz_on("a = 2; b = 5; a + b")  # the local derivative is 1
    assert quiz.answer(index_of(quiz, Asked.CONTRIBUTION, "a"), "1").is_right
    assert said(quiz, index_of(quiz, Asked.CONTRIBUTION, "b"), "-1") == "The sign is wrong."


@pytest.mark.parametrize("asked", [Asked.VALUE, Asked.CONTRIBUTION])
def test_mistake_that_would_give_infinity_explains_no_number(asked: Asked) -> None:
    quiz = quiz_on("x = -2; 3 relu(x)")  # value and slope of relu are 0 here: dividing by them gives ±∞
    index = next(i for i, q in enumerate(quiz.questions) if q.asked is asked and q.answer == 0)
    words = said(quiz, index, "5")
    assert "divide" not in words
    assert "other way up" not in words


def test_five_digits_are_enough_and_a_percent_off_is_not() -> None:
    assert agrees(0.73106, 0.7310585786)
    assert agrees(32.1, 32.0)
    assert not agrees(32.4, 32.0)
    assert not agrees(1e-6, 0.0)
    assert not agrees([1.0, 2.0], 1.0)


def test_answer_may_be_a_calculation() -> None:
    quiz = quiz_on("x = 2; (x^2)^2")
    assert quiz.answer(index_of(quiz, Asked.CONTRIBUTION, "x"), "8 * 2*2").is_right


@pytest.mark.parametrize("text", ["x", "2 +", "", "?", "9" * 300, "import os"])
def test_what_is_no_number_is_refused_in_words(text: str) -> None:
    quiz = quiz_on("x = 2; (x^2)^2")
    assert said(quiz, 0, text).startswith("This can't be read")
    assert quiz.misses[0] == 0


def test_array_is_judged_entry_by_entry() -> None:
    quiz = quiz_on("x = [1, 2, 3]; sum(x^2)")
    index = index_of(quiz, Asked.CONTRIBUTION, "x")
    assert said(quiz, index, "[2, 5, 6]") == "2 of 3 elements are right; look at [1]."
    assert "shape" in said(quiz, index, "[2, 4]")
    assert "sign" in said(quiz, index, "[-2, -4, -6]")
    assert quiz.answer(index, "[2, 4, 6]").is_right


def test_large_array_is_asked_for_its_shape() -> None:
    quiz = quiz_on("W = [[1, 2, 3, 4], [5, 6, 7, 8]]; x = [1, 1, 1, 1]; sum((W x)^2)")
    index = index_of(quiz, Asked.CONTRIBUTION, "W")
    assert quiz.questions[index].wants_shape
    assert "shape of what it is taken by" in said(quiz, index, "(4, 2)")
    assert quiz.answer(index, "(2, 4)").is_right


def test_shape_of_a_vector_is_typed_with_or_without_the_comma() -> None:
    assert given_by("(7,)").tolist() == given_by("(7, )").tolist() == [7.0]
    assert float(given_by("(3 + 2)")) == 5.0


def test_points_are_lost_by_hints_mistakes_and_giving_up() -> None:
    quiz = quiz_on(SQUARED_ERROR)
    quiz.hint(0)
    quiz.answer(0, "6")
    quiz.answer(1, "99")
    quiz.answer(1, "7")
    quiz.show(2)
    quiz.answer(3, "36")
    assert quiz.states[:4] == [State.RIGHT, State.RIGHT, State.SHOWN, State.RIGHT]
    assert quiz.score == 0.5 + 0.5 + 0.0 + 1.0


def test_hints_name_the_rule_and_tell_no_number_of_the_run() -> None:
    trace = run("x = 2.7; W = 3.1; tanh(W x)^2")
    known = {f"{abs(float(v)):.4g}" for v in (*trace.values, *trace.contributions.values()) if v is not None and v != 1}
    for question in questions(trace):
        for hint in hints(trace, question):
            assert not any(number in hint for number in known if len(number) > 2)


def test_veil_covers_what_is_asked_until_it_is_answered() -> None:
    trace, veil = run("x = 2; (x^2)^2"), Veil()
    quiz = Quiz(trace, questions(trace), veil)
    assert veil.is_quiz
    place = (DERIVATIVE, next(q.edge for q in quiz.questions if q.edge is not None))
    assert veil.hides(place)
    for index in range(len(quiz.questions)):
        quiz.show(index)
    assert not veil.hides(place)
    assert veil.is_on  # explanations would tell the rest
    quiz.end()
    assert not veil.is_on


def test_kinds_that_a_teacher_hides_stay_hidden_beside_a_quiz() -> None:
    veil = Veil()
    veil.cover_kinds([VALUE])
    veil.cover([], in_quiz=True)
    veil.cover([], in_quiz=False)
    assert veil.hides((VALUE, None))
    assert not veil.hides((DERIVATIVE, None))


def test_numbers_that_are_not_finite_are_not_asked() -> None:
    with np.errstate(all="ignore"):
        found = questions(run("x = 0; log(x) + x"))
    assert all(np.isfinite(question.answer).all() for question in found)
    assert isinstance(found[0], Question)


@pytest.mark.parametrize("key", [example.key for example in examples()])
def test_every_example_can_be_asked_and_every_wrong_answer_is_told(key: str) -> None:
    trace = Session(project=load_example(key)).debugger.trace
    assert trace is not None
    every = questions(trace)
    quiz = Quiz(trace, every[:40], Veil())
    for index, question in enumerate(quiz.questions):
        right = np.array(question.answer.shape) if question.wants_shape else question.answer
        for wrong in (-right - 1, 2 * right + 1, np.zeros((2, 2)), np.float64(0.123)):
            if agrees(wrong, right):
                continue
            assert len(said(quiz, index, str(np.asarray(wrong).tolist()))) > 8
        assert quiz.hint(index)
        assert quiz.answer(index, str(np.asarray(right).tolist())).is_right
    assert quiz.is_over
