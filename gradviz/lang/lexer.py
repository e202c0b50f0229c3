"""Text into tokens.

    2x² − W_1·x      NUMBER 2   WORD x   SUPERSCRIPT 2   SIGN -   WORD W_1   SIGN ·   WORD x   END

A WORD is a run of letters that is not yet cut into names (words.py does that, for it takes all that is declared).
Signs have one spelling each: `−` is "-", `**` is "^", `×` is "*". LaTeX is read in latex_reader.py.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import Enum, auto

from gradviz.errors import FormulaError, Span
from gradviz.lang import names
from gradviz.lang.reading import fault


class Kind(Enum):
    """What a token is."""

    NUMBER = auto()
    WORD = auto()
    NAME = auto()
    FUNCTION = auto()
    SUPERSCRIPT = auto()
    SIGN = auto()
    BREAK = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula.

    positions: for a WORD, where each of its characters stands, and where it ends.
    """

    kind: Kind
    text: str
    span: Span
    positions: tuple[int, ...] = field(default=(), repr=False)

    def is_sign(self, *texts: str) -> bool:
        """True for one of these signs."""
        return self.kind is Kind.SIGN and self.text in texts


_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_QUOTED = re.compile(r'"([^"\n]*)"')
_SPELLINGS = {
    "**": "^", "==": "==", "!=": "!=", "<=": "<=", ">=": ">=", ":=": "=", ".*": "*", "./": "/",
    "+": "+", "-": "-", "*": "*", "/": "/", "^": "^", "@": "@", "<": "<", ">": ">", "=": "=",
    "(": "(", ")": ")", "[": "[", "]": "]", ",": ",", ":": ":", "|": "|", "?": "?", "□": "?",
    "−": "-", "–": "-", "—": "-", "×": "*", "∗": "*", "⊙": "*", "∘": "*", "÷": "/", "∕": "/", "⁄": "/",
    "·": "·", "⋅": "·", "∙": "·", "•": "·", "≤": "<=", "≥": ">=", "≠": "!=", "⩽": "<=", "⩾": ">=", "≔": "=", "←": "=",
    "√": "√", "∑": "Σ", "Σ": "Σ", "‖": "‖", "⊤": "⊤", "ᵀ": "⊤",
}  # fmt: skip
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱˣʸᵏ", "0123456789+-nixyk", strict=True))
_SUPERSCRIPT = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[ⁿⁱˣʸᵏ]")
_BRACED = re.compile(r"\{([A-Za-z0-9, ]*)\}")
_ELEMENT = re.compile("_([0-9]+|[A-Za-z][0-9]*)|[₀-₉]+")
_BREAKS = ";\n\r\u2028\u2029\x85\v\f"


class Lexer:
    """Walks through a text once; `tokens` is what it has found so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.tokens: list[Token] = []

    def run(self) -> list[Token]:
        """All tokens, with END as the last one; raises FormulaError at a character that has no meaning."""
        self.at = 1 if self.text.startswith("\ufeff") else 0
        while self.at < len(self.text):
            self.one()
        self.emit(Kind.END, "", Span(len(self.text), len(self.text)))
        return self.tokens

    def one(self) -> None:
        """Read one token, or skip a space or a comment."""
        character = self.text[self.at]
        if character in _BREAKS:
            self.take(Kind.BREAK, 1, character)
        elif character.isspace():
            self.at += 1
        elif character == "#":
            self.at = self._line_end()
        elif names.letter(character) and character not in _SPELLINGS:
            self.word()
        elif match := _NUMBER.match(self.text, self.at):
            self._number(match[0])
        elif match := _SUPERSCRIPT.match(self.text, self.at):
            self.take(Kind.SUPERSCRIPT, len(match[0]), "".join(_SUPERSCRIPTS[c] for c in match[0]))
        elif match := _QUOTED.match(self.text, self.at):
            self._quoted(match)
        else:
            self.sign()

    def sign(self) -> None:
        """Read an operator, a bracket or another sign."""
        for length in (2, 1):
            typed = self.text[self.at : self.at + length]
            if typed in _SPELLINGS:
                self.take(Kind.SIGN, len(typed), _SPELLINGS[typed])
                return
        if self.text.startswith(".T", self.at) and not self._continues_word(self.at + 2):
            self.take(Kind.SIGN, 2, "⊤")
        elif self.text[self.at] == "_" or names.subscript_digit(self.text[self.at]):
            self.subscript_of_bracket()
        else:
            raise self.unexpected()

    def word(self) -> None:
        """Read a run of letters, digits and subscripts."""
        start = self.at
        spelled: list[str] = []
        positions: list[int] = []
        while self.at < len(self.text):
            piece, length = self._word_piece()
            if not piece:
                break
            spelled.append(piece)
            positions += [self.at] * len(piece)
            self.at += length
            if self.text[self.at - 1] == "}":  # x_{ab}y: what follows the subscript is another name
                break
        self.tokens.append(Token(Kind.WORD, "".join(spelled), Span(start, self.at), (*positions, self.at)))

    def _word_piece(self) -> tuple[str, int]:
        """The next piece of a word as it is spelled inside, and how many characters it takes."""
        character = self.text[self.at]
        digit = names.subscript_digit(character)
        if digit is not None:
            follows_subscript = names.subscript_digit(self.text[self.at - 1]) is not None
            return (digit if follows_subscript else f"_{digit}"), 1
        if character == "_":
            return self._subscript()
        if character.isascii() and character.isdigit():
            return character, 1
        plain = None if character in _SPELLINGS else names.letter(character)
        return (plain or ""), 1

    def _subscript(self) -> tuple[str, int]:
        following = self.text[self.at + 1 : self.at + 2]
        if following.isalnum() and following.isascii():
            return "_", 1
        if following == "{" and (match := _BRACED.match(self.text, self.at + 1)):
            inner = re.sub("[, ]", "", match[1])
            if inner:
                return f"_{inner}", 1 + len(match[0])
        raise fault(
            self.text,
            Span(self.at, self.at + 1),
            "`_` has no subscript",
            "write a letter or digits after it, as in x_1",
        )

    def subscript_of_bracket(self) -> None:
        """Read `_2` after a bracket as `[2]`."""
        start = self.at
        if not (self.tokens and self.tokens[-1].is_sign(")", "]")):
            raise fault(
                self.text, Span(start, start + 1), "`_` has no name before it", "a subscript follows a name, as in x_1"
            )
        match = _ELEMENT.match(self.text, start)
        if match is None:
            raise fault(
                self.text, Span(start, start + 1), "`_` has no subscript", "write the number of an element, as in (a)_2"
            )
        inner = match[1] or "".join(names.subscript_digit(c) or "" for c in match[0])
        span = Span(start, match.end())
        self.emit(Kind.SIGN, "[", span)
        kind = Kind.NUMBER if inner.isdigit() else Kind.WORD
        self.tokens.append(Token(kind, inner, span, tuple(range(start + 1, start + 2 + len(inner)))))
        self.emit(Kind.SIGN, "]", span)
        self.at = match.end()

    def take(self, kind: Kind, length: int, text: str) -> None:
        """Add the token of the next `length` characters and step over them."""
        self.emit(kind, text, Span(self.at, self.at + length))
        self.at += length

    def emit(self, kind: Kind, text: str, span: Span) -> None:
        """Add a token."""
        self.tokens.append(Token(kind, text, span))

    def unexpected(self) -> FormulaError:
        """The error for a character that has no meaning here."""
        character, span = self.text[self.at], Span(self.at, self.at + 1)
        code = f"U+{ord(character):04X}"
        if unicodedata.category(character)[0] == "C":
            return fault(self.text, span, f"control character {code}", "delete it")
        plain = unicodedata.normalize("NFKC", character)
        if not character.isascii() and (plain in _SPELLINGS or (plain.isascii() and plain.isalnum())):
            return fault(
                self.text, span, f"unexpected character `{character}` ({code})", f", did you mean `{plain}`?", plain
            )
        shown = (
            f"`{character}`"
            if character.isascii()
            else f"`{character}` ({code} {unicodedata.name(character, '').lower()})"
        )
        return fault(
            self.text, span, f"unexpected character {shown}", "delete it, or write what it stands for in words"
        )

    def _number(self, digits: str) -> None:
        before = self.tokens[-1] if self.tokens else None
        if digits.startswith(".") and before and before.span.stop == self.at and before.kind is Kind.WORD:
            raise self.unexpected()
        self.take(Kind.NUMBER, len(digits), digits)

    def _quoted(self, match: re.Match[str]) -> None:
        if not names.is_name(match[1]):
            raise fault(
                self.text,
                Span(*match.span()),
                "no name between the quotes",
                'a name has letters, digits and _, as in "rate"',
            )
        self.take(Kind.NAME, len(match[0]), names.canonical(match[1]))

    def _continues_word(self, at: int) -> bool:
        return at < len(self.text) and (self.text[at].isalnum() or self.text[at] == "_")

    def _line_end(self) -> int:
        ends = [place for c in "\n\r" if (place := self.text.find(c, self.at)) >= 0]
        return min(ends, default=len(self.text))
