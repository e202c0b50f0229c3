"""A short name for every node, so that ∂L/∂v₁ can be written, and how names are typeset.

sq(sub(y, matmul(W, x)))     y   W   x   v1   v2   L          symbols(graph)
                             y   W   x   v₁   v₂   L          display(name)
h = tanh(x); h^2             x   h   L
"""

import re

from gradviz.core.graph import Graph, Hole, Leaf, Literal
from gradviz.core.types import NodeId
from gradviz.text import numbers

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip
_LATEX_GREEK = {letter: f"\\{name}" for name, letter in _GREEK.items()}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_FROM_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_DERIVATIVE = re.compile("∂(.+)/∂(.+)")
_OUTPUT_NAMES = ("L", "J", "f", "out")
_LATEX_ESCAPES = {c: f"\\{c}" for c in "{}$&#%_"} | {"\\": r"\textbackslash ", "^": r"\^{}", "~": r"\~{}"}


def symbols(graph: Graph) -> tuple[str, ...]:
    """One name a node, plain text: its leaf's or given name, "L" for the output, else v1, v2, …

    Names differ from each other; a literal has its number instead of a name, an open port is "?".
    """
    taken = set(graph.leaves()) | set(graph.names.values())
    found: list[str] = []
    count = 0
    for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
        if isinstance(node, Leaf):
            found.append(node.name)
        elif isinstance(node, Literal):
            found.append(numbers.value(node.value))
        elif isinstance(node, Hole):
            found.append(graph.names.get(node_id, "?"))
        elif node_id in graph.names:
            found.append(graph.names[node_id])
        elif node_id == graph.output:
            found.append(_output_name(taken))
        else:
            count += 1
            while f"v{count}" in taken:
                count += 1
            found.append(f"v{count}")
    return tuple(found)


def symbol(graph: Graph, node: NodeId) -> str:
    """The name of one node."""
    return symbols(graph)[node]


def display(name: str) -> str:
    """The name as in a book: v1 → v₁, w_0 → w₀, theta → θ, ∂L/∂v1 → ∂L/∂v₁; what has no such form stays."""
    if (quotient := _DERIVATIVE.fullmatch(name)) is not None:
        return f"∂{display(quotient[1])}/∂{display(quotient[2])}"
    stem, subscript = _parts(name)
    stem = _GREEK.get(stem, stem)
    if not subscript:
        return stem
    return stem + subscript.translate(_SUBSCRIPTS) if subscript.isdecimal() else f"{stem}_{display(subscript)}"


def latex(name: str) -> str:
    r"""The name as LaTeX: v1 → v_{1}, theta → \theta, loss → \mathrm{loss}, ∂L/∂x → \frac{\partial L}{\partial x}."""
    if (quotient := _DERIVATIVE.fullmatch(name)) is not None:
        return rf"\frac{{\partial {latex(quotient[1])}}}{{\partial {latex(quotient[2])}}}"
    stem, subscript = _parts(name)
    head = _latex_stem(stem)
    if not subscript:
        return head
    return rf"{head}_{{{subscript if subscript.isdecimal() else latex(subscript)}}}"


def _output_name(taken: set[str]) -> str:
    for name in _OUTPUT_NAMES:
        if name not in taken:
            return name
    count = 1
    while f"L{count}" in taken:
        count += 1
    return f"L{count}"


def _parts(name: str) -> tuple[str, str]:
    """Stem and subscript: ("w", "1") for w1, w_1 and w₁, ("w", "in") for w_in."""
    match = re.fullmatch(r"([^\W\d_]+)_?(\d+)|([^_]+)_([^_]+)", name.translate(_FROM_SUBSCRIPTS))
    if match is None:
        return name, ""
    return (match[1], match[2]) if match[1] else (match[3], match[4])


def _latex_stem(stem: str) -> str:
    letter = _GREEK.get(stem, stem)
    if letter in _LATEX_GREEK:
        return _LATEX_GREEK[letter]
    if len(letter) == 1 and letter.isalpha():
        return letter
    escaped = "".join(_LATEX_ESCAPES.get(c, c) for c in stem)
    return rf"\mathrm{{{escaped}}}" if stem.isalnum() else rf"\text{{{escaped}}}"
