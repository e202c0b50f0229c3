"""Laws of undo: whatever is done can be taken back, and what is taken back can be done again."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from gradviz.core.types import Role
from gradviz.errors import GradvizError
from gradviz.project import commands
from gradviz.project.commands import Command
from gradviz.project.document import Document
from gradviz.project.placing import Comment, Direction, Point
from gradviz.project.placing_commands import add_comment, paint, pin, remove_comment, set_direction
from gradviz.project.project import Project, project_from_formula

FORMULAS = ("(x^2)^2", "(y-(Wx+b))^2", "Wx+b", "-log(softmax(Wx+b))[y]", "x = 3\nx^2", "", "(x", "a b + c")


def edits() -> st.SearchStrategy[Command]:
    """Any command, many of which make no sense for the project at hand."""
    names = st.sampled_from(("x", "W", "b", "y", "q"))
    return st.one_of(
        st.sampled_from(FORMULAS).map(commands.set_formula),
        st.builds(commands.set_value, names, st.floats(-10, 10)),
        st.builds(commands.set_role, names, st.sampled_from(Role)),
        st.builds(commands.rename_leaf, names, st.sampled_from(("z", "w1", "2"))),
        st.builds(lambda rate: commands.set_training(rate=rate), st.floats(0, 2)),
        st.builds(commands.toggle_breakpoint, st.integers(0, 9)),
        st.builds(commands.set_notes, st.text(max_size=5)),
        st.builds(pin, st.integers(0, 9), st.none() | st.builds(Point, st.floats(), st.floats())),
        st.builds(paint, st.lists(st.integers(0, 9), max_size=3), st.none() | st.sampled_from(("red", "pink"))),
        st.builds(add_comment, st.builds(Comment, st.text(max_size=3), st.floats(), st.floats())),
        st.builds(remove_comment, st.integers(-1, 2)),
        st.builds(set_direction, st.sampled_from(Direction)),
    )


def apply_all(document: Document, chosen: list[Command]) -> list[Project]:
    """The projects that the document went through, the first included."""
    states = [document.project]
    for command in chosen:
        before = document.project
        try:
            document.apply(command, "Edit")
        except GradvizError:
            assert document.project is before, "a command that raises leaves no trace"
        if document.project is not states[-1]:
            states.append(document.project)
    return states


@given(chosen=st.lists(edits(), max_size=12))
def test_undo_goes_back_through_every_state_and_redo_forth(chosen: list[Command]) -> None:
    document = Document(project_from_formula("(y-(Wx+b))^2"))
    states = apply_all(document, chosen)
    for state in reversed(states[:-1]):
        document.undo()
        assert document.project is state
    assert not document.history.can_undo
    for state in states[1:]:
        document.redo()
        assert document.project is state
    assert not document.history.can_redo


@given(chosen=st.lists(edits(), max_size=8), count=st.integers(0, 8), last=edits())
def test_an_edit_after_undo_forgets_what_was_undone(chosen: list[Command], count: int, last: Command) -> None:
    document = Document(project_from_formula("(y-(Wx+b))^2"))
    apply_all(document, chosen)
    for _ in range(count):
        document.undo()
    before = document.project
    apply_all(document, [last])
    if document.project is not before:
        assert not document.history.can_redo
        document.undo()
        assert document.project is before


@given(chosen=st.lists(edits(), min_size=1, max_size=8))
def test_edits_with_one_merge_key_are_undone_together(chosen: list[Command]) -> None:
    document = Document(project_from_formula("(y-(Wx+b))^2"))
    first = document.project

    def merged(command: Command) -> Callable[[], None]:
        return lambda: document.apply(command, "Drag", merge_key="drag")

    for command in chosen:
        try:
            merged(command)()
        except GradvizError:
            continue
    document.undo()
    assert document.project is first


@given(chosen=st.lists(edits(), max_size=8))
def test_document_is_unmodified_exactly_when_it_is_back_at_what_was_opened(chosen: list[Command]) -> None:
    document = Document(project_from_formula("(y-(Wx+b))^2"))
    states = apply_all(document, chosen)
    assert document.is_modified == (len(states) > 1)
    for _ in states[1:]:
        document.undo()
    assert not document.is_modified
