"""The guided lecture: every number that it states is computed from the stop's own document."""

import re
from dataclasses import replace

import numpy as np
import pytest

from gradviz.project import commands
from gradviz.project.lecture import Claim, Stop, lecture
from gradviz.session.conditions import question
from gradviz.session.recipe import recipe_of
from gradviz.session.scene import TraceScene, number
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.train.descent import Descent
from gradviz.train.rates import RateComparison, compare_plan

STOPS = lecture().stops
CLAIMS = [(stop, claim) for stop in STOPS for claim in stop.claims()]


def computed(stop: Stop, asked: str) -> str:
    """What a claim should say, by the engine."""
    session = Session(project=replace(stop.project(), position=None))
    if asked == "samples":
        return str(session.sample_count)
    if asked == "steps":
        return str(session.document.project.training.steps)
    if asked in ("mean loss",) or asked.startswith("after "):
        return _trained(session, asked)
    if asked in ("limit", "proposed") or asked.startswith("verdict "):
        return _rated(session, asked)
    trace = session.debugger.trace
    assert trace is not None
    found = number(question(asked, trace.graph), TraceScene(trace))
    assert found is not None
    return numbers.value(found.value)


def _trained(session: Session, asked: str) -> str:
    iterations, _, name = asked.removeprefix("after ").partition(": ")
    descent = Descent(session.recipe()())
    count = 0 if asked == "mean loss" else int(iterations)
    descent.run(count)
    state = descent.state_at(count)
    wanted = "loss" if asked == "mean loss" else name
    if wanted == "loss":
        return numbers.number(float(descent.plan.measure(state).loss))
    return numbers.number(float(np.asarray(state.parameters[wanted])))


def _rated(session: Session, asked: str) -> str:
    rate = float(asked.removeprefix("verdict ")) if asked.startswith("verdict ") else 0.2
    project = session.document.project
    data = commands.bound_samples(project)
    found: RateComparison = compare_plan(recipe_of(project, data)(), [rate], 10)
    if asked == "limit":
        assert found.limit is not None
        return numbers.number(found.limit)
    if asked == "proposed":
        assert found.proposed is not None
        return numbers.number(found.proposed)
    return found.runs[0].verdict


def says(shown: str, exact: str) -> bool:
    """The shown number is the computed one, to the digits that are shown."""
    try:
        value, digits = float(exact.replace("−", "-")), len(re.sub(r"[-.]", "", shown).lstrip("0"))
        return float(shown) == float(f"{value:.{max(digits, 1)}g}")
    except ValueError:
        return shown == exact


@pytest.mark.parametrize(("stop", "claim"), CLAIMS, ids=lambda found: found.key if isinstance(found, Stop) else None)
def test_number_in_the_words_is_what_the_document_gives(stop: Stop, claim: Claim) -> None:
    exact = computed(stop, claim.asked)
    assert says(claim.shown, exact), f"{stop.key}: {claim.asked} is {exact}, not {claim.shown}"


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.key)
def test_stop_is_a_document_that_runs(stop: Stop) -> None:
    project = stop.project()
    assert project.error is None
    session = Session(project=project)
    trace = session.debugger.trace
    assert trace is not None
    assert trace.is_complete
    assert stop.position is None or 0 <= stop.position <= len(trace.steps)
    assert stop.paragraphs
    assert stop.play


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.key)
def test_people_read_no_marks(stop: Stop) -> None:
    assert not any(mark in paragraph for paragraph in stop.paragraphs for mark in "{}|")


def test_every_point_of_the_course_has_a_stop() -> None:
    assert [stop.key for stop in STOPS] == [
        "loss", "likelihood", "graph", "forward", "chain-rule", "backward", "squared-error", "fan-out", "softmax",
        "sum", "descent", "rate",
    ]  # fmt: skip


def test_forward_stop_stands_at_the_end_of_the_forward_pass() -> None:
    stop = next(stop for stop in STOPS if stop.key == "forward")
    session = Session(project=stop.project())
    trace = session.debugger.trace
    assert trace is not None
    assert session.debugger.current is not None
    assert session.debugger.current.node == trace.graph.output
