"""What is wrong with a document is said in its author's words, with the key that it is about."""

import json
from typing import Any

import pytest

from gradviz.errors import DocumentError
from gradviz.project.format import decode

SMALL: dict[str, Any] = {
    "format": "gradviz",
    "version": 2,
    "formula": "x^2",
    "leaves": {"x": {"role": "parameter", "value": 2}},
}
TRAINING = {"rate": 0.1, "steps": 1, "optimizer": "sgd", "batch": None, "reduce": "mean", "seed": 0}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tittle": "A"}, "there is no key `tittle` here, did you mean title?"),
        ({"title": 5}, "title: a text is wanted, not a whole number"),
        ({"leaves": {"x": {"role": "parameter"}}}, "leaves.x: the key `value` is missing"),
        (
            {"leaves": {"x": {"role": "boss", "value": 1}}},
            'leaves.x.role: "boss" is not possible here; there is parameter, data, constant',
        ),
        (
            {"training": {**TRAINING, "rate": "fast"}},
            'training.rate: "fast" is not possible here; there is a number, nan, inf, -inf',
        ),
        ({"training": {**TRAINING, "steps": -1}}, "training.steps: a whole number from 0 is wanted"),
        (
            {"training": {**TRAINING, "steps": 1.5}},
            "training.steps: a whole number is wanted, not a number with decimals",
        ),
        (
            {"canvas": {"pins": [{"node": 0, "x": 1e300, "y": 0}]}},
            "canvas.pins[0].x: a number up to 1,000,000 is wanted",
        ),
        (
            {"canvas": {"comments": [{"text": "a" * 10_001, "x": 0, "y": 0}]}},
            "canvas.comments[0].text: a text of at most 10,000 characters is wanted",
        ),
        ({"data": {"bindings": {"x": ["u"], "y": "v"}}}, "data.bindings.y: a list […] is wanted, not a text"),
        ({"formula": 5}, "formula: a text or a list […] is wanted, not a whole number"),
    ],
)
def test_damage_is_said_in_words(change: dict[str, Any], words: str) -> None:
    with pytest.raises(DocumentError) as found:
        decode(json.dumps({**SMALL, **change}))
    assert found.value.message == f"the file is damaged: {words}"
