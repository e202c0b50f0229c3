"""Layout by Graphviz: numbers out, numbers in. No text of a person ever reaches it.

Each edge becomes source → room → target, with the room a node of fixed size, so Graphviz makes real place
for the pills. Cards with several operands have one port an operand, so edges arrive in operand order.

    n0:e -> s0:w;  s0:e -> n2:p0:w        n… are cards, s… rooms, x is the room on the output's stub
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from gradviz.core.types import NodeId
from gradviz.errors import LayoutError
from gradviz.layout import fallback
from gradviz.layout.clusters import enclose
from gradviz.layout.engine import Engine, LayoutCancelledError, find_engine, never, run
from gradviz.layout.sketch import Sketch, Task, Track, finish, task
from gradviz.layout.source import digraph, ports
from gradviz.layout.types import Box, Direction, Placement, Point, Slot

SECONDS = 3.0
"""Time for a graph of ordinary size; a larger one is given more."""

LIMIT = 4000
"""Cards and rooms together beyond which Graphviz isn't asked: its time would be felt as a hang."""

_SIMPLEX_ROUNDS = "2"
"""Times the number of nodes: never reached by ordinary graphs, and x·x·…·x takes 0.3 s instead of minutes."""
_POINTS = 72.0
_BETWEEN_RANKS = 10.0
_MORE_BETWEEN_RANKS = 20.0
"""Reached at _DENSE edges, or where more than _FAN leave one card: steep curves need room."""
_DENSE = 60
_FAN = 4
_BETWEEN_NEIGHBOURS = 14.0


def place(
    boxes: Iterable[Box],
    slots: Iterable[Slot],
    output: NodeId,
    *,
    direction: Direction = Direction.LR,
    groups: Iterable[frozenset[NodeId]] = (),
    engine: Engine | None = None,
    order: Mapping[NodeId, float] = MappingProxyType({}),
    cancelled: Callable[[], bool] = never,
    notice: Callable[[LayoutError], None] = lambda error: None,
) -> Placement:
    """Place cards and the rooms for pills; the same request always gives the same answer.

    groups: cards that stand together with nothing foreign between them, a group before those inside it.
    order: a place across the flow for cards that were there before, small first: a hint to keep their order.
    engine: the one that `find_engine` finds when None. Where there is none, or it fails or takes too long,
    the built-in layout answers, and `notice` hears why. Raises LayoutCancelledError when `cancelled()`
    becomes true.
    """
    asked = task(boxes, slots, output, direction, groups)
    try:
        sketch = ask(asked, engine or find_engine(), cancelled, order)
    except LayoutCancelledError:
        raise
    except LayoutError as error:
        notice(error)
        sketch = fallback.arrange(asked)
    return finish(asked, sketch, direction)


def ask(
    asked: Task,
    engine: Engine,
    cancelled: Callable[[], bool] = never,
    order: Mapping[NodeId, float] = MappingProxyType({}),
) -> Sketch:
    """Graphviz's answer to a request; raises LayoutError when it has none in time."""
    size = len(asked.boxes) + len(asked.slots)
    if size > LIMIT:
        raise LayoutError(f"{size} cards and edges are more than Graphviz places in good time")
    answer = run(engine, question(asked, order), seconds=SECONDS * max(1.0, size / 800), cancelled=cancelled)
    try:
        return _read(asked, json.loads(answer))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LayoutError(f"{engine.path.name} gave no sound layout") from error


def question(asked: Task, order: Mapping[NodeId, float] = MappingProxyType({})) -> str:
    """The request as DOT text: sizes, and names made of numbers.

    Cards stand in the given order, from which Graphviz starts.
    """
    last = max(order.values(), default=0.0)
    gaps = {"ranksep": _inches(_rank_gap(asked)), "nodesep": _inches(_BETWEEN_NEIGHBOURS)}
    graph = digraph(Direction.LR, splines="true", nslimit=_SIMPLEX_ROUNDS, **gaps)
    graph.attr("node", shape="box", fixedsize="true", label="")
    graph.attr("edge", dir="none")
    arities = asked.arities()
    for box in sorted(asked.boxes, key=lambda box: order.get(box.node, last)):
        arity = arities[box.node]
        shape = {"shape": "record", "label": ports(arity)} if arity > 1 else {}
        graph.node(f"n{box.node}", width=_inches(box.width), height=_inches(box.height), **shape)
    by_order = sorted(enumerate(asked.slots), key=lambda item: order.get(item[1].source, last))
    for index, slot in by_order:
        graph.node(f"s{index}", width=_inches(slot.width), height=_inches(slot.height))
        entry = f"n{slot.target}:p{slot.operand}:w" if arities[slot.target] > 1 else f"n{slot.target}:w"
        graph.edge(f"n{slot.source}:e", f"s{index}:w")
        graph.edge(f"s{index}:e", entry, weight="3")
    graph.node("x", width=_inches(asked.stub.width), height=_inches(asked.stub.height))
    graph.edge(f"n{asked.output}:e", "x:w", weight="20")
    enclose(graph, asked)
    return str(graph.source)


def _rank_gap(asked: Task) -> float:
    leaving = Counter(slot.source for slot in asked.slots)
    fan_out = max(leaving.values(), default=0)
    share = min(1.0, max(len(asked.slots) / _DENSE, (fan_out - 1) / _FAN))
    return _BETWEEN_RANKS + (_MORE_BETWEEN_RANKS - _BETWEEN_RANKS) * share


def _inches(pixels: float) -> str:
    return f"{pixels / _POINTS:.5f}"


def _read(asked: Task, answer: Any) -> Sketch:
    places: dict[str, Point] = {}
    names: dict[int, str] = {}
    for node in answer["objects"]:
        names[node["_gvid"]] = node["name"]
        if "pos" in node:  # a cluster has none
            places[node["name"]] = _point(node["pos"])
    tracks = {(names[edge["tail"]], names[edge["head"]]): _track(edge["pos"]) for edge in answer["edges"]}
    return Sketch(
        {box.node: places[f"n{box.node}"] for box in asked.boxes},
        tuple(places[f"s{index}"] for index in range(len(asked.slots))),
        places["x"],
        {
            slot.edge: (tracks[f"n{slot.source}", f"s{i}"], tracks[f"s{i}", f"n{slot.target}"])
            for i, slot in enumerate(asked.slots)
        },
    )


def _point(text: str) -> Point:
    x, y = (float(part) for part in text.split(",")[:2])
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("a place is no number")
    return Point(x, -y)  # y grows upwards in Graphviz


def _track(text: str) -> Track:
    points = tuple(_point(part) for part in text.split() if part[0] not in "se")
    if len(points) < 4 or len(points) % 3 != 1:
        raise ValueError("a path is not made of cubic curves")
    return points
