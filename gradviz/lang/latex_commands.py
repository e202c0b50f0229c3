"""The LaTeX commands that can be read, by what they are; latex_reader.py says what is done with each kind."""

SIGNS = {
    "cdot": "·", "times": "*", "ast": "*", "odot": "*", "circ": "*", "div": "/", "le": "<=", "leq": "<=", "ge": ">=",
    "geq": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "leqslant": "<=", "geqslant": ">=", "mid": "|",
    "vert": "|", "lvert": "|", "rvert": "|", "Vert": "‖", "lVert": "‖", "rVert": "‖", "|": "‖", "top": "⊤",
    "intercal": "⊤", "{": "(", "}": ")", "lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")", "coloneqq": "=",
    "gets": "=", "leftarrow": "=",
}  # fmt: skip
"""Commands that are a sign, in its one spelling."""

FUNCTIONS = frozenset((
    "arccos", "arcsin", "arctan", "cos", "cosh", "det", "exp", "ln", "log", "max", "min", "sin", "sinh", "tan",
    "tanh",
))  # fmt: skip
"""Commands that are a function."""

SPACES = frozenset((
    "\n", " ", "!", "(", ")", ",", ":", ";", ">", "Big", "Bigg", "Biggl", "Biggr", "Bigl", "Bigr", "[", "]",
    "allowbreak", "big", "bigg", "biggl", "biggr", "bigl", "bigr", "displaystyle", "limits", "middle", "nolimits",
    "nonumber", "qquad", "quad", "textstyle",
))  # fmt: skip
"""Commands that only change the look."""

FACES = frozenset((
    "bm", "boldsymbol", "mathbb", "mathbf", "mathcal", "mathfrak", "mathit", "mathscr", "mathsf", "pmb", "underline",
    "vec",
))  # fmt: skip
"""Typefaces of a letter or of a longer formula."""

WORDS = frozenset((
    "mathrm", "mathtt", "operatorname", "text", "textbf", "textit", "textrm",
))  # fmt: skip
"""Commands whose argument is one name."""

ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
}  # fmt: skip
"""Accents, and what they add to a name."""

LETTERS = {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "ell": "ell",
}  # fmt: skip
"""Letters that are called otherwise in Unicode."""

REFUSED = {
    "int": "an integral is no computation graph",
    "prod": "write the factors with *",
    "partial": "gradviz derives by itself: write the function only",
    "nabla": "gradviz derives by itself: write the function only",
    "lim": "write the function only",
    "ldots": "write all terms, or sum(…) of a vector",
    "dots": "write all terms, or sum(…) of a vector",
    "cdots": "write all terms, or sum(…) of a vector",
    "pm": "write + or -",
    "argmin": "write the function only",
    "argmax": "write the function only",
    "in": "comparisons are <, <=, ==, !=, >=, >",
}
"""Commands that have no meaning in a computation graph, and what would do."""

MATRICES = frozenset((
    "Bmatrix", "array", "bmatrix", "matrix", "pmatrix", "smallmatrix", "vmatrix",
))  # fmt: skip
"""Environments that are a list of lists."""

LAYOUTS = frozenset((
    "align", "align*", "aligned", "displaymath", "eqnarray", "equation", "equation*", "gather", "gather*",
    "gathered", "math", "split",
))  # fmt: skip
"""Environments that only arrange lines."""
