"""Teacher mode in a document: kept in the file, undone like any change, and refused where it makes no sense."""

import json

import pytest

from gradviz.errors import DocumentError
from gradviz.project.changes import ChangeFlags, changes
from gradviz.project.commands import set_formula
from gradviz.project.document import Document
from gradviz.project.format import decode, encode
from gradviz.project.lesson import PARTS, said, set_lesson
from gradviz.project.project import project_from_formula

SQUARE = project_from_formula("x = 2\n(x^2)^2")


def test_hidden_parts_are_written_and_read_back() -> None:
    project = set_lesson(["derivatives", "explain"])(SQUARE)
    assert json.loads(encode(project))["lesson"] == {"hidden": ["derivatives", "explain"]}
    assert decode(encode(project)).lesson == {"derivatives", "explain"}


def test_document_without_teacher_mode_has_no_such_key() -> None:
    assert "lesson" not in json.loads(encode(SQUARE))
    assert decode(encode(SQUARE)).lesson == frozenset()


@pytest.mark.parametrize("key", PARTS)
def test_every_part_survives_the_file(key: str) -> None:
    assert decode(encode(set_lesson([key])(SQUARE))).lesson == {key}


def test_unknown_part_in_a_file_is_refused_with_the_nearest() -> None:
    tree = json.loads(encode(SQUARE)) | {"lesson": {"hidden": ["derivativs"]}}
    with pytest.raises(DocumentError, match="there is no part derivativs, did you mean derivatives"):
        decode(json.dumps(tree))


@pytest.mark.parametrize("broken", [{"hidden": "values"}, {"hidden": [3]}, {"shown": []}, []])
def test_damaged_lesson_is_refused(broken: object) -> None:
    tree = json.loads(encode(SQUARE)) | {"lesson": broken}
    with pytest.raises(DocumentError, match="the file is damaged"):
        decode(json.dumps(tree))


def test_change_is_told_and_undone() -> None:
    document = Document(SQUARE)
    told: list[ChangeFlags] = []
    document.changed.connect(listen := told.append)
    document.apply(set_lesson(["values"]), "Teacher mode")
    assert told[-1] & ChangeFlags.LESSON
    assert changes(SQUARE, document.project) == ChangeFlags.LESSON
    document.undo()
    assert document.project.lesson == frozenset()
    assert listen is not None


def test_what_is_hidden_is_said_in_a_sentence() -> None:
    assert said(SQUARE) == ""
    assert said(set_lesson(["timeline"])(SQUARE)) == "Teacher mode: this document hides timeline."
    hidden = set_lesson(["derivatives", "values", "labs"])(SQUARE)
    words = "the values on the graph, the derivatives on the graph and laboratories"
    assert said(hidden) == f"Teacher mode: this document hides {words}."


def test_editing_the_formula_keeps_it() -> None:
    document = Document(set_lesson(["derivatives"])(SQUARE))
    document.apply(set_formula("x^3"), "Edit formula")
    assert document.project.lesson == {"derivatives"}
