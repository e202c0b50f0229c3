"""Copying within and between windows: cut, copy, paste, duplicate and delete, of nodes with the notes about them.

What is copied is formula text, so it can be pasted in the formula field or anywhere else; the notes travel beside it.
An arrow leads to the copied node then.

text/plain                      neuron(w, x, b)
application/x-gradviz-notes     [{"text": "the error", "x": 0, "y": 60, "node": 3}]     node: of the text's own graph
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from gradviz.core.graph import Graph, Use
from gradviz.core.types import NodeId
from gradviz.errors import FormulaError, GradvizError
from gradviz.lang.lower import read_all
from gradviz.lang.unparse import formula
from gradviz.project import editing
from gradviz.project.commands import set_formula
from gradviz.project.placing import COLOURS, MAX_COMMENT_TEXT, MAX_COMMENTS, Comment
from gradviz.session.session import Session
from gradviz.text.symbols import display, symbol
from gradviz.ui.adding import port_of
from gradviz.ui.canvas.notes import Notes
from gradviz.ui.commands.run import Handlers

NOTES = "application/x-gradviz-notes"
MOST_PASTED = 100_000
"""Characters of a text that is pasted."""
_MOST_NOTES_TEXT = 4_000_000


class Surface(Protocol):
    """The canvas, as far as copying is concerned."""

    notes: Notes


class ClipboardCommands:
    """Copies parts of the session's graph; each change is one entry of the history."""

    def __init__(self, session: Session, surface: Surface, say: Callable[[str], None]) -> None:
        self._session = session
        self._surface = surface
        self._say = say

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {
            "delete": self.delete,
            "duplicate": self.duplicate,
            "cut": self.cut,
            "copy": self.copy,
            "paste": self.paste,
        }

    def cut(self) -> None:
        """Copy what is selected, then delete it."""
        graph, nodes, chosen = self._session.graph, self._session.selection.nodes, self._notes.selected
        if chosen is not None:
            self.copy()
            self._notes.remove(chosen, "Cut a note")
        elif graph is not None and nodes:
            part = editing.part(graph, nodes)
            self._put(formula(part.graph), part.places)
            self._remove("Cut", are_notes_removed=True)
        else:
            self._say("Select what to cut: click it in the graph.")

    def copy(self) -> None:
        """Copy what is selected as formula text: one node with all that leads to it, several as they are; else all."""
        graph, nodes, chosen = self._session.graph, self._session.selection.nodes, self._notes.selected
        if chosen is not None:
            _fill_clipboard(self._comments[chosen].text, [self._notes.standing(chosen)])
        elif graph is not None and nodes:
            part = editing.copied(graph, nodes)
            self._put(formula(part.graph), part.places)
        elif graph is not None:
            self._put(self._session.document.project.formula, {node: node for node in graph.node_ids()})

    def paste(self) -> None:
        """Put copied formula text into the selected open port, else beside the rest; what is no formula is refused."""
        notes = _notes_in(QGuiApplication.clipboard().mimeData())
        text = QGuiApplication.clipboard().text()[:MOST_PASTED].strip()
        if notes and all(note.target is None for note in notes) and text == notes[0].text.strip():
            self._notes.paste(notes)
            return
        if not text:
            self._say("The clipboard holds no text; copy a part of a graph or a formula first.")
            return
        graph = self._session.graph
        try:
            read_all(text, tuple(graph.leaves()) if graph is not None else ())
        except GradvizError as error:
            self._say(f"What was copied is no formula: {error.message}")
            return
        if graph is None:
            one_change = object()
            self._session.document.apply(set_formula(text), "Paste a formula", one_change)
            self._add(notes, {note.target: note.target for note in notes if note.target is not None}, one_change)
            return
        node = self._session.selection.node
        self._paste_part(text, port_of(graph, node) if node is not None else None, notes)

    def duplicate(self) -> None:
        """Add a copy of what is selected beside it."""
        graph, nodes, chosen = self._session.graph, self._session.selection.nodes, self._notes.selected
        if chosen is not None:
            self._notes.duplicate(chosen)
            return
        if graph is None or not nodes:
            self._say("Select what to duplicate: click it in the graph.")
            return
        about, places = self._about(nodes), dict[NodeId, NodeId]()

        def change(now: Graph | None) -> editing.Edit:
            edit, found = editing.duplicate_with(_there(now), nodes, unfolded=self._unfolded)
            places.update(found)
            return edit

        one_change = object()
        if self._change(change, f"Duplicate {_called(graph, nodes)}", one_change):
            self._add(about, places, one_change, "Duplicate")

    def delete(self) -> None:
        """Take the selected nodes out of the graph, or the selected edge's end off its port; notes about them stay."""
        graph, edge, chosen = self._session.graph, self._session.selection.edge, self._notes.selected
        if chosen is not None:
            self._notes.remove(chosen)
        elif graph is not None and edge is not None:
            self._change(lambda now: editing.detach(_there(now), edge, unfolded=self._unfolded), "Detach a wire")
        elif graph is None or not self._session.selection.nodes:
            self._say("Select what to delete: click it in the graph.")
        else:
            self._remove("Delete", are_notes_removed=False)

    # -- help ---------------------------------------------------------------------------------------

    @property
    def _notes(self) -> Notes:
        return self._surface.notes

    @property
    def _comments(self) -> tuple[Comment, ...]:
        return self._session.document.project.comments

    @property
    def _unfolded(self) -> frozenset[Use]:
        return self._session.document.project.unfolded

    def _about(self, nodes: Sequence[NodeId]) -> list[Comment]:
        """The notes about these nodes."""
        return [comment for comment in self._comments if comment.target in nodes]

    def _put(self, text: str, places: Mapping[NodeId, NodeId]) -> None:
        """To the clipboard, with the notes about these nodes; places: node → node of the text's own graph."""
        about = [one for one in self._comments if one.target is not None and one.target in places]
        _fill_clipboard(text, [replace(one, target=places[one.target]) for one in about if one.target is not None])

    def _paste_part(self, text: str, port: tuple[NodeId, int] | None, notes: Sequence[Comment]) -> None:
        wanted = [note.target for note in notes if note.target is not None]
        places: dict[NodeId, NodeId] = {}

        def change(graph: Graph | None) -> editing.Edit:
            made, found = editing.paste_with(graph, text, wanted)
            if port is None:
                places.update(found)
                return made
            source, target = made.focus[0], made.moved[port[0]]
            unfolded = editing.moved_uses(self._unfolded, made.moved)
            done = made.then(lambda now: editing.connect(now, source, target, port[1], unfolded=unfolded))
            onward = editing.connect(made.graph, source, target, port[1], unfolded=unfolded).moved
            places.update({node: onward[place] for node, place in found.items() if place in onward})
            return done

        one_change = object()
        if self._change(change, "Paste", one_change):
            self._add(notes, places, one_change)

    def _add(
        self, notes: Sequence[Comment], places: Mapping[NodeId, NodeId], one_change: object, name: str = "Paste"
    ) -> None:
        """Add the notes that are about nodes that were copied."""
        copies = [
            replace(one, target=places[one.target]) for one in notes if one.target is not None and one.target in places
        ]
        if copies:
            self._notes.add_all(copies, name, one_change)
        self._session.document.seal()

    def _remove(self, word: str, *, are_notes_removed: bool) -> None:
        """Delete the selected nodes; notes about them go too, or stay where they are."""
        graph, nodes, one_change = self._session.graph, self._session.selection.nodes, object()
        assert graph is not None
        standing = [number for number, comment in enumerate(self._comments) if comment.target is not None]
        places = {number: rect for number in standing if (rect := self._notes.rect(number)) is not None}
        about = [number for number in standing if self._comments[number].target in nodes]
        if len(nodes) >= len(graph):
            name = f"{word} everything"
            self._session.document.seal()
            self._session.document.apply(set_formula(""), name, one_change)
        else:
            name = f"{word} {_called(graph, nodes)}"
            remove = partial(_removed, nodes, self._unfolded)
            if not self._change(remove, name, one_change):
                return
        left = [number for number in places if self._comments[number].target is None]
        self._notes.leave({number: places[number] for number in left}, name, one_change)
        if are_notes_removed:
            self._notes.remove_all(about, name, one_change)
        self._session.document.seal()

    def _change(self, change: editing.Change, name: str, merge_key: object | None = None) -> bool:
        try:
            self._session.document.seal()
            self._session.edit(change, name, merge_key)
        except GradvizError as error:
            self._session.reported.emit(error)
            return False
        return True


def _fill_clipboard(text: str, notes: Sequence[Comment]) -> None:
    data = QMimeData()
    data.setText(text)
    if notes:
        written = [
            {"text": n.text, "x": n.x, "y": n.y, "width": n.width, "node": n.target, "colour": n.colour} for n in notes
        ]
        data.setData(NOTES, json.dumps(written).encode())
    QGuiApplication.clipboard().setMimeData(data)


def _notes_in(data: QMimeData | None) -> list[Comment]:
    """The notes on the clipboard; none when they are not what we would have written. None: nothing was ever copied."""
    raw = bytes(data.data(NOTES).data()) if data is not None and data.hasFormat(NOTES) else b""
    if not raw or len(raw) > _MOST_NOTES_TEXT:
        return []
    try:
        found = json.loads(raw)
        return [_note(one) for one in found[:MAX_COMMENTS]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []


def _note(found: Any) -> Comment:
    width, node, colour = found["width"], found["node"], found["colour"]
    return Comment(
        str(found["text"])[:MAX_COMMENT_TEXT],
        float(found["x"]),
        float(found["y"]),
        None if width is None else float(width),
        None if node is None else NodeId(int(node)),
        colour if colour in COLOURS else None,
    )


def _removed(nodes: tuple[NodeId, ...], unfolded: frozenset[Use], graph: Graph | None) -> editing.Edit:
    return editing.remove(_there(graph), nodes, unfolded=unfolded)


def _called(graph: Graph, nodes: Sequence[NodeId]) -> str:
    return display(symbol(graph, nodes[0])) if len(nodes) == 1 else f"{len(nodes)} nodes"


def _there(graph: Graph | None) -> Graph:
    if graph is None:
        raise FormulaError("there is no graph yet")
    return graph
