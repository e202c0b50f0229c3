"""What a picture stresses beyond the run itself: how much flows where, or what differs from another run.

strength   0 … 1 on a logarithmic scale: thickness and colour of a wire or a card's outline
below      small words under a card, about its value, in blue:          16 + 9
back       small words beside these, about its adjoint, in orange:   8 + 12
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from gradviz.core.comparison import Change, Comparison
from gradviz.core.flow import LogScale, Magnitudes, magnitudes
from gradviz.core.graph import Edge
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.text import numbers

DIGITS = 3
WEAKEST = 0.02


@dataclass(frozen=True, slots=True)
class Accent:
    """What is stressed about one card or wire. strength: None where nothing is said about it.

    is_poisoned: a NaN or an infinity came this way.
    """

    strength: float | None = None
    below: str = ""
    back: str = ""
    is_poisoned: bool = False


@dataclass(frozen=True, slots=True)
class Legend:
    """What the thickness of lines means: the magnitudes at the weak and at the strong end."""

    title: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Accents:
    """The accents of a picture, by node and by edge (None: the stub of the output)."""

    cards: Mapping[NodeId, Accent] = field(default_factory=dict)
    wires: Mapping[Edge | None, Accent] = field(default_factory=dict)
    legend: Legend | None = None
    scale: LogScale | None = None
    """Of the strengths: for what is made of several edges."""

    def strength_of(self, size: float) -> Accent | None:
        """The accent for a magnitude that flows back; None where no flow is shown."""
        return _flowing(self.scale, size) if self.scale is not None else None

    def with_notes(self, other: "Accents") -> "Accents":
        """These strengths with the other's words."""
        cards = {
            node: Accent(
                self.cards.get(node, Accent()).strength,
                other.cards.get(node, Accent()).below,
                other.cards.get(node, Accent()).back,
            )
            for node in self.cards.keys() | other.cards.keys()
        }
        return replace(self, cards=cards)

    def with_poison(self, nodes: Collection[NodeId], edges: Collection[Edge]) -> "Accents":
        """These accents, and the way of a NaN or an infinity."""
        cards = dict(self.cards) | {n: replace(self.cards.get(n, Accent()), is_poisoned=True) for n in nodes}
        wires = dict(self.wires) | {e: replace(self.wires.get(e, Accent()), is_poisoned=True) for e in edges}
        return replace(self, cards=cards, wires=wires)


NONE = Accents()


def flow_accents(trace: Trace, position: int | None = None) -> Accents:
    """Thickness by |adjoint| and |contribution|, as far as they are known after `position` steps (None: all)."""
    whole, scale = _whole(trace)  # of the whole run, so that nothing changes its meaning while stepping
    found = whole if position is None else magnitudes(trace, position, whole)
    seed = found.nodes.get(trace.graph.output)
    wires: dict[Edge | None, Accent] = {edge: _flowing(scale, size) for edge, size in found.edges.items()}
    if seed is not None:
        wires[None] = _flowing(scale, seed)
    if len(found.edges) == len(trace.contributions) and seed is not None:  # all has flowed: what is left gets nothing
        wires |= {edge: Accent(0.0) for edge in trace.graph.edges() if edge not in found.edges}
    cards = {node: _flowing(scale, size) for node, size in found.nodes.items()}
    legend = Legend("|adjoint|", numbers.number(scale.low, DIGITS), numbers.number(scale.high, DIGITS))
    return Accents(cards, wires, legend, scale)


@lru_cache(maxsize=2)
def _whole(trace: Trace) -> tuple[Magnitudes, LogScale]:
    found = magnitudes(trace)
    return found, found.scale()


def _flowing(scale: LogScale, size: float) -> Accent:
    """Nothing at all has strength 0, the least that flows a little more."""
    return Accent(max(scale.strength(size), WEAKEST) if size else 0.0)


def change_accents(comparison: Comparison) -> Accents:
    """What each number was before, and by how much it differs; nothing where it is the same."""
    cards = {}
    for node in comparison.changed:
        below, back = note_words(comparison.values[node]), note_words(comparison.adjoints[node])
        cards[node] = Accent(None, below, back)
    return Accents(cards)


def note_words(change: Change) -> str:
    """What a number was and what came to it: 16 + 9; for an array the length of its change; "" for no change."""
    difference = change.difference
    if change.size == 0 or change.before is None:
        return ""
    if difference is None or np.ndim(change.before):
        return f"Δ {numbers.number(change.size, DIGITS)}" if difference is not None else "another"
    text = signed(float(difference))
    return f"{_short(change.before)} {text[0]} {text[1:]}" if text[:1] in ("+", numbers.MINUS) else text


def change_words(change: Change) -> str:
    """was 16 · +9; for an array the length of its change; "" for no change."""
    if change.size == 0 or change.before is None:
        return ""
    if change.after is None:
        return f"was {_short(change.before)}"
    difference = change.difference
    if np.ndim(change.before) or difference is None:
        return f"changed by {numbers.number(change.size, DIGITS)}"
    return f"was {_short(change.before)} · {signed(float(difference))}"


def signed(x: float, digits: int = DIGITS) -> str:
    """The number with its sign: +9, −3."""
    text = numbers.number(x, digits)
    return text if text.startswith(numbers.MINUS) or text in ("0", "NaN") else f"+{text}"


def _short(value: object) -> str:
    return numbers.number(float(value), DIGITS) if np.ndim(value) == 0 else "another"  # type: ignore[arg-type]
