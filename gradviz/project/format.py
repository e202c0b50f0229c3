"""The file format: JSON with `"format": "gradviz", "version": 2`, strict to read and pleasant in a diff.

    {
      "format": "gradviz",
      "version": 2,
      "formula": "(y - (Wx + b))^2",
      "leaves": {
        "y": {"role": "data", "value": 1},
        "W": {"role": "parameter", "value": [[1, 2], [3, 4]]}
      },
      …
    }

Each version has its keys (schema.py) and its decoder; a new version adds one and turns what the former gives into
what it has become. Version 1 knew no loose parts: a line that the last one doesn't use was no node.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import msgspec

from gradviz.core.graph import needed, select
from gradviz.core.types import NodeId
from gradviz.data import builtin
from gradviz.data.binding import Gaps
from gradviz.data.preparation import AS_READ, Preparation
from gradviz.data.tables import Table
from gradviz.errors import DocumentError, GradvizError
from gradviz.lang.order import formula_order
from gradviz.project import commands, json_text, schema
from gradviz.project.format_canvas import canvas, read_trained, trained, with_canvas
from gradviz.project.format_desk import desk, read_desk
from gradviz.project.format_numbers import plain, value_of
from gradviz.project.format_training import read_training, training
from gradviz.project.format_words import in_words
from gradviz.project.lesson import checked
from gradviz.project.project import Breakpoint, LeafSetting, Project
from gradviz.project.stops import Advice, moved_breakpoints

FORMAT = "gradviz"
_DEPTH_OF_COLUMNS = 2
VERSION = 2

V = TypeVar("V", bound=schema.Version1)


def encode(project: Project) -> str:
    """The project as the text of a document."""
    whole: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    if project.title:
        whole["title"] = project.title
    whole["formula"] = _lines(project.formula)
    if project.error is not None and project.reading is not None:
        whole["last_readable_formula"] = _lines(project.reading.text)
    whole["leaves"] = {n: {"role": leaf.role.value, "value": plain(leaf.value)} for n, leaf in project.leaves.items()}
    whole["training"] = training(project.training)
    if project.table is not None:
        whole["data"] = _data(project, project.table)
    whole["breakpoints"] = _breakpoints(project)
    if shown := canvas(project):
        whole["canvas"] = shown
    if project.trained is not None:
        whole["trained"] = trained(project.trained)
    if not project.desk.is_empty:
        whole["desk"] = desk(project.desk)
    if project.lesson:
        whole["lesson"] = {"hidden": sorted(project.lesson)}
    whole["view"] = {"position": project.position, "sample": project.sample}
    if project.notes:
        whole["notes"] = _lines(project.notes)
    return json_text.write(whole)


def decode(text: str | bytes) -> Project:
    """The project of a document's text; raises DocumentError saying what is wrong and where."""
    tree = json_text.read(text)
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise DocumentError('not a gradviz file: it does not begin with {"format": "gradviz", …}')
    version = tree.get("version")
    if type(version) is not int or version < 1:
        raise DocumentError("the file does not say its version, a whole number such as 1")
    if version not in _DECODERS:
        raise DocumentError(
            f"the file is of format version {version}; this gradviz reads up to {VERSION}: update gradviz to open it"
        )
    return _DECODERS[version](tree)


def _decode_version_1(tree: Mapping[str, Any]) -> Project:
    """Version 1 counted only the nodes that lead to the output."""
    project = _decoded(tree, schema.Version1, _project)
    if project.reading is None or not project.breakpoints:
        return project
    graph = project.reading.graph
    order = formula_order(needed(graph))
    moved = {order[then]: now for now, then in select((graph.output,), graph.nodes)[1].items()}
    return replace(project, breakpoints=moved_breakpoints(project.breakpoints, moved))


def _decode_version_2(tree: Mapping[str, Any]) -> Project:
    return _decoded(tree, schema.Version2, _project_2)


def _decoded(tree: Mapping[str, Any], version: type[V], project: Callable[[V], Project]) -> Project:
    try:
        whole = msgspec.convert(tree, version, strict=True)
    except msgspec.ValidationError as error:
        raise DocumentError(f"the file is damaged: {in_words(error, tree, version)}") from None
    try:
        return project(whole)
    except DocumentError:
        raise
    except GradvizError as error:
        raise DocumentError(f"the file is damaged: {error.message}") from None


def _project_2(whole: schema.Version2) -> Project:
    project = with_canvas(_project(whole), whole.canvas)
    lesson = checked(whole.lesson.hidden) if whole.lesson is not None else frozenset()
    return replace(
        project, trained=read_trained(project, whole.trained), desk=read_desk(project, whole.desk), lesson=lesson
    )


def _project(whole: schema.Version1) -> Project:
    former = {
        name: LeafSetting(
            leaf.role, value_of(f"the value of {name}", leaf.value), is_role_given=True, is_value_given=True
        )
        for name, leaf in whole.leaves.items()
    }
    table, bindings, data_set = _read_data(whole.data)
    project = Project(
        former=former, table=table, bindings=bindings, data_set=data_set, preparation=_preparation(whole.data)
    )
    for text in (whole.last_readable_formula, whole.formula):
        if text is not None:
            project = commands.set_formula(_joined(text))(project)
    project = commands.set_training(**read_training(whole.training))(project)
    points = whole.breakpoints or schema.Breakpoints()
    nodes = len(project.graph) if project.graph is not None else 0
    view = whole.view or schema.View()
    return replace(
        project,
        title=whole.title,
        notes=_joined(whole.notes),
        breakpoints=tuple(_breakpoint(place, p, nodes) for place, p in enumerate(points.nodes)),
        stops_at_non_finite=points.stop_at_non_finite,
        watches=tuple(points.watches),
        advice={key: Advice(told.enabled, told.stops, told.thresholds) for key, told in points.advice.items()},
        position=view.position,
        sample=_sample(project, view.sample),
    )


def _sample(project: Project, sample: int) -> int:
    """A sample that the data have; raises DocumentError for any other."""
    count = len(next(iter(project.table.columns.values()), ())) if project.table is not None else 1
    if sample >= max(count, 1):
        raise DocumentError(f"the file is damaged: view.sample: there is no sample {sample}")
    return sample


def _lines(text: str) -> str | list[str]:
    """A text of several lines as a list of them, so that a diff shows which one changed."""
    return text.split("\n") if "\n" in text else text


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "\n".join(text)


def _data(project: Project, table: Table) -> dict[str, Any]:
    bindings = {name: list(columns) for name, columns in project.bindings.items()}
    if project.data_set is not None:
        return {"data_set": project.data_set, "bindings": bindings} | _prepared(project.preparation)
    found: dict[str, Any] = {"name": table.name, "bindings": bindings} | _prepared(project.preparation)
    if table.labels:
        found["labels"] = {name: list(labels) for name, labels in table.labels.items()}
    found["columns"] = _columns(table)
    return found


_WRITTEN: WeakKeyDictionary[Table, json_text.Ready] = WeakKeyDictionary()
"""The columns of tables as text: a table never changes, and a million rows take seconds to write."""


def _columns(table: Table) -> json_text.Ready:
    found = _WRITTEN.get(table)
    if found is None:
        columns = {name: plain(values) for name, values in table.columns.items()}
        found = _WRITTEN[table] = json_text.ready(columns, _DEPTH_OF_COLUMNS)
    return found


def _prepared(preparation: Preparation) -> dict[str, Any]:
    """What is done to the columns, where anything is."""
    found: dict[str, Any] = {"standardised": list(preparation.standardised)} if preparation.standardised else {}
    return found | ({"gaps": preparation.gaps.value} if preparation.gaps is not Gaps.DROP else {})


def _preparation(data: schema.Data | None) -> Preparation:
    return AS_READ if data is None else Preparation(tuple(data.standardised), data.gaps)


def _read_data(data: schema.Data | None) -> tuple[Table | None, dict[str, tuple[str, ...]], str | None]:
    if data is None:
        return None, {}, None
    bindings = {name: tuple(columns) for name, columns in data.bindings.items()}
    if data.data_set is not None:
        return builtin.load(data.data_set), bindings, data.data_set
    if not data.columns:
        raise DocumentError("the file is damaged: its data are neither a data set nor columns")
    columns = {name: value_of(f"column {name}", values) for name, values in data.columns.items()}
    if len({values.shape for values in columns.values()}) != 1 or next(iter(columns.values())).ndim != 1:
        raise DocumentError("the file is damaged: the columns of its data are not of one length")
    labels = {name: tuple(texts) for name, texts in (data.labels or {}).items()}
    return Table(data.name or "table", columns, labels=labels), bindings, None


def _breakpoint(place: int, point: schema.Breakpoint, nodes: int) -> Breakpoint:
    if point.node is not None and point.node >= nodes:
        raise DocumentError(f"the file is damaged: breakpoints.nodes[{place}]: the formula has no node {point.node}")
    node = None if point.node is None else NodeId(point.node)
    return Breakpoint(node, point.phase, point.enabled, point.operand, point.condition, point.ignore, point.lasts)


def _breakpoints(project: Project) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "stop_at_non_finite": project.stops_at_non_finite,
        "nodes": [_plain_breakpoint(point) for point in project.breakpoints],
    }
    if project.watches:
        whole["watches"] = list(project.watches)
    if project.advice:
        whole["advice"] = {
            key: {"enabled": told.is_enabled, "stops": told.stops, "thresholds": dict(told.thresholds)}
            for key, told in project.advice.items()
        }
    return whole


def _plain_breakpoint(point: Breakpoint) -> dict[str, Any]:
    """A breakpoint as it is written; what is as usual is left out."""
    found: dict[str, Any] = {"node": point.node, "phase": point.phase.value, "enabled": point.is_enabled}
    usual = Breakpoint(point.node)
    for key in ("operand", "condition", "ignore", "lasts"):
        if getattr(point, key) != getattr(usual, key):
            found[key] = getattr(point, key)
    return found


_DECODERS: dict[int, Callable[[Mapping[str, Any]], Project]] = {1: _decode_version_1, 2: _decode_version_2}
