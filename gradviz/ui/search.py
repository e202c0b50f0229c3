"""What somebody means who types a few letters to add something: an operation, a part, a number, a leaf, a node.

    square, ^2, ²       the operation sq            squared error    the part (y − ?)²
    2.5                 a number                    x_1              a new leaf, or the one that is there
    sofmax, sfmx        softmax                     (a+b)^2          a part written as a formula

Lower ranks come first. A rank says how the text was found: as the very name or sign, as the beginning of a word, as
words in any order, as letters in order, or as a near miss. Nothing here knows Qt.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, IntEnum, auto

import gradviz.core.ops  # noqa: F401  # fills the table of ops
from gradviz.core.graph import Graph, Leaf
from gradviz.core.op import OPS, Op, public_ops
from gradviz.core.types import NodeId
from gradviz.data.cells import is_number
from gradviz.errors import GradvizError
from gradviz.lang.lower import read
from gradviz.lang.names import CONSTANTS, RESERVED, canonical, function_names, is_name
from gradviz.text.symbols import display

MOST_FOUND = 40
_OPERATORS = set("+-*/^=()[]?·²³√−×@\\")
"""Words without any of these are words, not a product of letters."""
_NEAR = 0.74
"""How alike a mistyped word is to the right one."""


class Kind(Enum):
    """What is added."""

    OP = auto()
    PART = auto()
    """Text of a formula, with ? for open ports."""
    FUNCTION = auto()
    """An op of the user's own: the line that defines it."""
    NUMBER = auto()
    LEAF = auto()
    NODE = auto()
    """A node that is there already."""


class Rank(IntEnum):
    """How well a text fits, best first."""

    SAME = 0
    KEYWORD = 1
    BEGINS = 2
    WORD_BEGINS = 3
    WORDS = 4
    INSIDE = 5
    LETTERS = 6
    NEAR = 7


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that may be meant. key: an op's name, a part's text, a definition, a number, a name, or a node's id."""

    kind: Kind
    key: str
    title: str
    symbol: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """An op of the user's own: its name and the line that defines it."""

    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is built often: its name, its text, and what else finds it."""

    name: str
    text: str
    summary: str
    keywords: tuple[str, ...] = ()


PARTS: tuple[Part, ...] = (
    Part("squared error", "(y - ?)^2", "The squared distance of a prediction from y.", ("least squares", "residual")),
    Part("linear", "W x + b", "A weight times the data, plus a bias.", ("affine", "layer", "dense", "wx+b")),
    Part("neuron", "tanh(w x + b)", "A weighted sum through an S-curve.", ("perceptron",)),
    Part("logistic regression", "sigmoid(w x + b)", "The chance of class 1.", ("classifier", "logit")),
    Part("weight decay", "sum(?^2)", "The sum of the squares, to keep parameters small.", ("l2", "ridge", "penalty")),
    Part("reciprocal", "1 / ?", "One over x.", ("inverse of a number", "1/x", "one over")),
    Part("cube", "?^3", "The third power.", ("cubed", "^3", "³")),
)
_COMMON = ("add", "sub", "mul", "div", "pow", "sq", "matmul", "sum", "mean", "exp", "log", "tanh", "sigmoid", "relu",
           "softmax", "max", "sqrt", "neg", "stack", "cross_entropy")  # fmt: skip
"""Of two that fit alike, these come first."""
_PLACES = {OPS[name]: place for place, name in enumerate(_COMMON)}
_SPELLINGS = {"**": "^", "²": "^2", "³": "^3", "−": "-", "×": "*", "÷": "/", "∑": "Σ", "∏": "Π", "lambda": "λ"}


def find(
    text: str,
    graph: Graph | None = None,
    *,
    own: Sequence[Own] = (),
    fits: Collection[Op] | None = None,
) -> list[Found]:
    """What may be meant by a text, the likeliest first; everything that can be added when it is empty.

    own: the user's own ops. fits: only these ops (for a wire that leads somewhere), and no leaves or numbers.
    """
    typed = text.strip()
    listed = _operations(typed, fits) + (_parts(typed) if fits is None else [])
    others = [op for op in own if graph is None or op.name not in graph.functions]
    listed += _functions(typed, graph) + _own(typed, others)
    listed.sort(key=lambda item: item[:2])
    known = [found for _, _, found in listed]
    if fits is not None or not typed:
        return known[: MOST_FOUND if typed else None]
    number, name, part = _number(typed), _name(typed, graph), _formula(typed, graph)
    is_sure = bool(listed) and listed[0][0] <= Rank.KEYWORD
    if number is not None:
        return [number, *known][:MOST_FOUND]
    if name is None:
        return (known + part if is_sure else part + known)[:MOST_FOUND]
    is_leaf_like = len(typed.rstrip("0123456789_")) == 1 or "_" in typed or name.kind is Kind.NODE
    if is_sure or (known and not is_leaf_like):
        return [*known[: MOST_FOUND - 1], name]
    return [name, *known][:MOST_FOUND]


def _operations(typed: str, fits: Collection[Op] | None) -> list[tuple[Rank, int, Found]]:
    found = []
    for index, op in enumerate(public_ops()):
        if fits is not None and op not in fits:
            continue
        rank = _rank(typed, op.name, _signs(op), (*op.help.keywords, *_readings(op)), op.help.summary)
        if rank is not None:
            place = _PLACES.get(op, 100 + index)
            symbol = op.notation.symbol or ""
            shown = "" if symbol == op.name else symbol
            found.append((rank, place, Found(Kind.OP, op.name, op.name, shown, op.help.summary)))
    return found


def _parts(typed: str) -> list[tuple[Rank, int, Found]]:
    return [
        (rank, 50 + index, Found(Kind.PART, part.text, part.name, part.text, part.summary))
        for index, part in enumerate(PARTS)
        if (rank := _rank(typed, part.name, (part.text,), part.keywords, part.summary)) is not None
    ]


def fitting_functions(text: str, functions: Sequence[Found]) -> list[Found]:
    """Those of the functions whose name fits a text, the likeliest first."""
    ranked = [(rank, one) for one in functions if (rank := _rank(text.strip(), one.title, (), (), "")) is not None]
    return [one for _, one in sorted(ranked, key=lambda item: item[0])]


def _functions(typed: str, graph: Graph | None) -> list[tuple[Rank, int, Found]]:
    """The functions of the formula itself, to be used once more."""
    return [
        (rank, -2, Found(Kind.FUNCTION, name, name, "", f"a block of this formula, of {', '.join(function.params)}"))
        for name, function in (graph.functions.items() if graph is not None else ())
        if (rank := _rank(typed, name, (), (), "")) is not None
    ]


def _own(typed: str, own: Sequence[Own]) -> list[tuple[Rank, int, Found]]:
    return [
        (rank, -1, Found(Kind.FUNCTION, op.definition, op.name, "", op.definition))
        for op in own
        if (rank := _rank(typed, op.name, (), (), op.definition)) is not None
    ]


def _rank(typed: str, name: str, signs: Collection[str], keywords: Collection[str], summary: str) -> Rank | None:
    wanted = _plain(typed)
    called = name.lower().replace("_", " ")
    words = [_plain(word) for word in keywords]
    if not wanted or wanted in (name.lower(), called) or _spelled(typed) in map(_spelled, signs):
        return Rank.SAME
    if wanted in words:
        return Rank.KEYWORD
    if called.startswith(wanted):
        return Rank.BEGINS
    if any(word.startswith(wanted) for word in (*words, *called.split())):
        return Rank.WORD_BEGINS
    said = [*called.split(), *" ".join(words).split(), *summary.lower().replace(":", " ").replace(",", " ").split()]
    if len(wanted) > 1 and all(any(one.startswith(each) for one in said) for each in wanted.split()):
        return Rank.WORDS
    if len(wanted) > 2 and (wanted in called or any(wanted in word for word in words)):
        return Rank.INSIDE
    if len(wanted) > 2 and wanted[0] == called[0] and _is_in_order(wanted, called):
        return Rank.LETTERS
    likest = max((SequenceMatcher(None, wanted, each).ratio() for each in (called, *words)), default=0.0)
    return Rank.NEAR if len(wanted) > 3 and likest >= _NEAR else None


def _signs(op: Op) -> tuple[str, ...]:
    """What is written for the op: its symbol, and its pattern without operands."""
    pattern = (op.notation.plain or "").replace("{0}", "").replace("{1}", "").strip()
    return tuple(sign for sign in (op.notation.symbol, op.notation.card, pattern) if sign)


def _readings(op: Op) -> tuple[str, ...]:
    """Other names by which formulas call the op, such as ln for log."""
    return tuple(spelling for spelling, called in function_names().items() if OPS[called] is op)


def _spelled(text: str) -> str:
    text = text.strip()
    for spelling, usual in _SPELLINGS.items():
        text = text.replace(spelling, usual)
    return text


def _plain(text: str) -> str:
    return _spelled(text).lower()


def _is_in_order(letters: str, word: str) -> bool:
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _number(typed: str) -> Found | None:
    text = typed.replace("−", "-")
    if is_number(text) and "," not in text:
        return Found(Kind.NUMBER, text, typed, "", "a number that stays as it is")
    value = CONSTANTS.get(canonical(typed))
    return Found(Kind.NUMBER, repr(float(value)), typed, "", f"the constant {float(value):.5g}") if value else None


def _name(typed: str, graph: Graph | None) -> Found | None:
    name = canonical(typed)
    if not is_name(name):
        return None
    shown = display(name)
    node = _node_called(graph, name)
    if node is not None:
        assert graph is not None
        what = "the leaf" if isinstance(graph.nodes[node], Leaf) else "the part"
        return Found(Kind.NODE, str(node), shown, "", f"{what} that is there already")
    if name in function_names() or name in RESERVED or name in CONSTANTS:
        return None
    return Found(Kind.LEAF, name, shown, "", "a new leaf")


def _node_called(graph: Graph | None, name: str) -> NodeId | None:
    if graph is None:
        return None
    named = {called: node for node, called in graph.names.items()}
    return graph.leaves().get(name, named.get(name))


def _formula(typed: str, graph: Graph | None) -> list[Found]:
    """The text as a part, when it can be read as one."""
    is_meant = bool(set(typed) & _OPERATORS) or all(len(word.rstrip("0123456789_")) == 1 for word in typed.split())
    if len(typed) < 2 or not is_meant:
        return []
    try:
        read(typed, tuple(graph.leaves()) if graph is not None else ())
    except GradvizError:
        return []
    return [Found(Kind.PART, typed, typed, "", "this part, as a formula says it")]
