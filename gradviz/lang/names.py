"""Letters and names: which characters may stand in a name, and the one spelling that each name has inside.

    θ theta \\theta     theta        x₁ x_1 x_{1}     x_1        𝑥     x

Greek names come from the Unicode names of their letters.
"""

import difflib
import re
import unicodedata
from collections.abc import Collection
from functools import cache

from gradviz.core import ops as _ops  # noqa: F401  # fills OPS
from gradviz.core.op import OPS, public_ops

_ALIASES = {
    "square": "sq",
    "ln": "log",
    "logistic": "sigmoid",
    "sigma": "sigmoid",
    "power": "pow",
    "negative": "neg",
    "plus": "add",
    "minus": "sub",
    "times": "mul",
    "divide": "div",
    "average": "mean",
    "lse": "logsumexp",
    "sgn": "sign",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arsinh": "asinh",
    "arcosh": "acosh",
    "artanh": "atanh",
    "tr": "trace",
    "inv": "inverse",
    "nll": "cross_entropy",
    "crossentropy": "cross_entropy",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "clamp": "clip",
    "swish": "silu",
    "leakyrelu": "leaky_relu",
    "concatenate": "concat",
    "determinant": "det",
    "product": "prod",
    "variance": "var",
    "onehot": "one_hot",
    "avg_pool1d": "mean_pool1d",
    "avg_pool2d": "mean_pool2d",
}

RESERVED = frozenset(
    ("if", "else", "elif", "for", "while", "def", "class", "return", "import", "from", "lambda", "None", "True",
     "False", "and", "not", "try", "with", "yield", "del", "pass")
)  # fmt: skip
"""Words of programming languages: as a whole word they are refused, not read as a product of letters."""

NO_NUMBERS = ("inf", "nan")
"""What floats have beside the numbers; they can't be declared as names."""

CONSTANTS = {"pi": 3.141592653589793, "inf": float("inf"), "nan": float("nan")}
"""Numbers with a name; pi is a name where it is declared."""

_SUBSCRIPTS = {chr(0x2080 + digit): str(digit) for digit in range(10)}


def _greek() -> dict[str, str]:
    found = {}
    for code in range(0x391, 0x3F6):
        words = unicodedata.name(chr(code), "").split()
        match words:
            case ["GREEK", "SMALL", "LETTER", name]:
                found[chr(code)] = name.lower()
            case ["GREEK", "CAPITAL", "LETTER", name]:
                found[chr(code)] = name.capitalize()
            case ["GREEK", *_, name, "SYMBOL"]:
                found[chr(code)] = name.lower()
    found["ς"] = "sigma"
    return {letter: name.replace("amda", "ambda") for letter, name in found.items() if len(name) < 8}


GREEK = _greek()
"""Greek letters and their names."""

GREEK_NAMES = frozenset(GREEK.values())


@cache
def function_names() -> dict[str, str]:
    """What may stand before a bracket as a function, and the op that it means."""
    names = {op.name: op.name for op in public_ops()}
    return names | {alias: name for alias, name in _ALIASES.items() if name in OPS and alias not in names}


def closest_function(name: str) -> str | None:
    """The function that a misspelt name was probably meant as: one of the same letters before any other."""
    functions = function_names()
    same_letters = [function for function in functions if sorted(function) == sorted(name)]
    close = same_letters or difflib.get_close_matches(name[:100], functions, 1)
    return close[0] if close else None


def letter(character: str) -> str | None:
    """The letter that a character stands for in a name, None when it is no letter for names."""
    if character.isascii():
        return character if character.isalpha() else None
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and not _is_mathematical(character):
        return None
    named = unicodedata.name(plain[0], "")
    is_cased = unicodedata.category(plain[0]) in ("Lu", "Ll")
    return plain if len(plain) == 1 and is_cased and named.startswith(("LATIN ", "GREEK ", "CYRILLIC ")) else None


def subscript_digit(character: str) -> str | None:
    """The digit of ₀ … ₉, None for anything else."""
    return _SUBSCRIPTS.get(character)


def canonical(name: str) -> str:
    """The one spelling of a name: θ and theta are theta, x₁ is x_1."""
    spelled = ""
    for character in name:
        digit = subscript_digit(character)
        if digit is not None:
            spelled += digit if spelled and spelled[-1].isdigit() and "_" in spelled else f"_{digit}"
        else:
            plain = letter(character) or character
            spelled += GREEK.get(plain, plain)
    return spelled


def spellings(name: str) -> Collection[str]:
    """How a canonical name may stand in a run of letters: as itself, or with a Greek letter at its head."""
    stem = re.match("[A-Za-z]*", name)
    head = stem[0] if stem else ""
    return [name, *(greek + name[len(head) :] for greek, spelled in GREEK.items() if spelled == head)]


def lookalike(character: str) -> str | None:
    """The Latin letter that a Cyrillic or Greek one is easily taken for."""
    twins = dict(zip("асеорхуАВСЕНІКМОРТХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aceopxyABCEHIKMOPTXABEZHIKMNOPTYX", strict=True))
    return twins.get(character)


def _is_mathematical(character: str) -> bool:
    heads = ("MATHEMATICAL ", "SCRIPT ", "DOUBLE-STRUCK ", "GREEK ", "MICRO ")
    return unicodedata.name(character, "").startswith(heads)


def is_name(text: str) -> bool:
    """True for text that can be a leaf's name: a letter, then letters, digits and underscores, 100 at most."""
    head = text[:1]
    rest_is_sound = all(letter(c) or c == "_" or (c.isascii() and c.isdigit()) for c in text)
    return len(text) <= 100 and bool(head) and letter(head) is not None and rest_is_sound
